"""What ``textq doctor`` says: a line for each check, and below it what to do."""

import sys
from collections.abc import Iterator, Sequence

from textq.cli.doctor_checks import Check
from textq.cli.languages import Lang

_STATES = {
    "green": {"zh": "正常", "en": "ok     "},
    "yellow": {"zh": "注意", "en": "note   "},
    "red": {"zh": "缺失", "en": "missing"},
}
_NAMES = {
    "pdf": {"zh": "读取 PDF", "en": "reads PDF"},
    "html": {"zh": "读取网页 (HTML)", "en": "reads HTML"},
    "docx": {"zh": "读取 DOCX", "en": "reads DOCX"},
    "txt": {"zh": "读取 TXT、Markdown", "en": "reads TXT, Markdown"},
    "zip": {"zh": "读取 ZIP 压缩包内的文件", "en": "reads files inside ZIP archives"},
    "doc": {"zh": "读取 DOC、WPS、RTF", "en": "reads DOC, WPS, RTF"},
    "ofd": {"zh": "读取 OFD", "en": "reads OFD"},
    "ocr": {"zh": "识别扫描页 (OCR)", "en": "recognises scanned pages (OCR)"},
    "words": {"zh": "分词", "en": "cuts Chinese words"},
    "loops": {"zh": "检索文本", "en": "searches texts"},
    "xlsx": {"zh": "读写 Excel 表格", "en": "reads and writes Excel tables"},
    "parquet": {"zh": "读写 Parquet", "en": "reads and writes Parquet"},
    "textq": {"zh": "textq", "en": "textq"},
    "econ": {"zh": "econ 包", "en": "package econ"},
    "python": {"zh": "Python", "en": "Python"},
    "sqlite": {"zh": "SQLite", "en": "SQLite"},
    "folder": {"zh": "输出文件夹可写", "en": "output folder can be written"},
    "console": {"zh": "终端编码", "en": "encoding of the console"},
    "figures": {"zh": "作图", "en": "draws figures"},
    "font": {"zh": "中文字体 (作图用)", "en": "Chinese font, for figures"},
}
_ADVICE = {
    "reinstall": {
        "zh": "重新安装: {pip} --force-reinstall textq",
        "en": "install again: {pip} --force-reinstall textq",
    },
    "libreoffice": {
        "zh": "安装 LibreOffice (Windows: winget install TheDocumentFoundation.LibreOffice; macOS: brew install --cask "
        "libreoffice; Debian、Ubuntu: apt install libreoffice-writer), 或将文件另存为 .docx",
        "en": "install LibreOffice (Windows: winget install TheDocumentFoundation.LibreOffice; macOS: brew install "
        "--cask libreoffice; Debian, Ubuntu: apt install libreoffice-writer), or save the files as .docx",
    },
    "does_not_start": {
        "zh": "该程序无法启动: 请重新安装 LibreOffice",
        "en": "this program does not start: install LibreOffice again",
    },
    "only_doc": {
        "zh": "antiword 只能读取 .doc; 读取 .wps 和 .rtf 请安装 LibreOffice",
        "en": "antiword reads .doc alone; install LibreOffice for .wps and .rtf",
    },
    "ofd": {
        "zh": '安装: {pip} "textq[ofd]", 或将 OFD 转存为带文字的 PDF',
        "en": 'run {pip} "textq[ofd]", or print OFD files to PDF with their text',
    },
    "ocr": {
        "zh": '安装: {pip} "textq[ocr]", 或系统软件包 tesseract-ocr 与 tesseract-ocr-chi-sim',
        "en": 'run {pip} "textq[ocr]", or install the packages tesseract-ocr and tesseract-ocr-chi-sim',
    },
    "words_equal": {
        "zh": "切分与 jieba 一致, 速度约为十倍; 使用前还会用研究自己的文本核对",
        "en": "it cuts like jieba, some ten times as fast; a study's own texts are compared before it is used",
    },
    "words_different": {
        "zh": "已安装的 rjieba 切分不同, 因此使用 jieba",
        "en": "rjieba is installed but cuts otherwise, so that jieba is used",
    },
    "words_absent": {
        "zh": '未安装更快的 rjieba; 需要时: {pip} "textq[fast]"',
        "en": 'rjieba, which is faster, is not installed; if need be run {pip} "textq[fast]"',
    },
    "loops_absent": {
        "zh": '未安装可加速检索的 numba, 结果相同; 需要时: {pip} "textq[fast]"',
        "en": 'numba, which is faster with the same results, is not installed; if need be run {pip} "textq[fast]"',
    },
    "loops_broken": {
        "zh": "numba 无法加载或已被 NUMBA_DISABLE_JIT 停用, 因此使用 NumPy, 结果相同; 可取消该设置或重新安装 numba",
        "en": "numba cannot be loaded, or NUMBA_DISABLE_JIT switches it off, so that NumPy is used, with the same "
        "results; unset it, or install numba again",
    },
    "other_jieba": {
        "zh": "jieba 缺失或被同名的包、脚本替代: 卸载其他提供 jieba 模块的包, 然后 {pip} --force-reinstall jieba",
        "en": "jieba is missing, or a package or script of its name is in its place: uninstall other packages with a "
        "module jieba, then run {pip} --force-reinstall jieba",
    },
    "other_econ": {
        "zh": "这是另一个名为 econ 的包: 请在干净的环境中安装 textq",
        "en": "this is another package named econ: install textq in an environment of its own",
    },
    "sqlite": {"zh": "安装带有 sqlite3 模块的 Python", "en": "install a Python that has the module sqlite3"},
    "folder": {
        "zh": "换到可写的文件夹, 或用 --out 指定",
        "en": "go to a folder that can be written, or name one with --out",
    },
    "console": {
        "zh": "设置 PYTHONUTF8=1 (Windows 终端先运行 chcp 65001)",
        "en": "set PYTHONUTF8=1 (in a Windows console run chcp 65001 first)",
    },
    "figures": {
        "zh": '需要作图时安装: {pip} "textq[figures]"',
        "en": 'for figures run {pip} "textq[figures]"',
    },
    "font": {
        "zh": "安装中文字体, 如 Noto Sans SC (Windows: 设置 > 时间和语言 > 添加简体中文; macOS: 自带苹方; Debian、"
        "Ubuntu: apt install fonts-noto-cjk), 否则只能绘制英文图",
        "en": "install a Chinese font, for example Noto Sans SC (Windows: Settings > Time & language > add Chinese "
        "(Simplified); macOS comes with PingFang; Debian, Ubuntu: apt install fonts-noto-cjk); without one figures are "
        "drawn in English alone",
    },
    "font_unknown": {
        "zh": "安装 matplotlib 后才能查找字体",
        "en": "fonts are looked for once matplotlib is installed",
    },
}
_ENDS = {
    True: {"zh": "可以使用 textq", "en": "textq can be used here"},
    False: {"zh": "请先解决标为 “缺失” 的各项", "en": "solve what is missing first"},
}


def describe_checks(checks: Sequence[Check], lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary."""
    for check in checks:
        found = f": {check.found}" if check.found else ""
        yield f"{_STATES[check.state][lang]}  {_NAMES[check.name][lang]}{found}"
        if check.advice:
            yield f"{' ' * 9}→ {advise(check.advice, lang)}"
    yield _ENDS[all(check.state != "red" for check in checks)][lang]


def advise(key: str, lang: Lang) -> str:
    """Return what to do, "" where nothing is; packages go to the Python that runs textq."""
    return _ADVICE[key][lang].replace("{pip}", f"{sys.executable} -m pip install") if key else ""
