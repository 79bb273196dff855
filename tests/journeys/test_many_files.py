"""A thousand files of all formats, one in twenty of them broken: the run ends, names them, and memory stays flat."""

import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import textq

N_FILES = 1000
N_FIRST = 100
EVERY_BROKEN = 20

CITIES = ("杭州", "宁波", "郑州", "天津", "上海", "重庆", "合肥", "广州", "深圳", "成都", "大连", "青岛", "苏州")
MEANS = (
    "安排专项资金",
    "给予财政补贴",
    "落实税收优惠",
    "建设公共海外仓",
    "组织企业参加境外展会",
    "引进高层次人才",
    "简化通关手续",
)
ENDS = (
    "支持企业开拓国际市场",
    "扩大跨境电子商务零售出口",
    "完善线上综合服务平台",
    "加强知识产权保护",
    "发展保税备货模式",
)

SCRIPT = """
import json, resource, sys
import textq
run = textq.score(sys.argv[1], out=sys.argv[2])
peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"run": str(run.run_dir), "peak": sum(peaks)}))
"""


def write_text(number: int) -> str:
    """Return a document that resembles none of the others closely."""
    draw = random.Random(number)
    city = CITIES[number % len(CITIES)]
    lines = [
        f"{city}市人民政府关于促进跨境电子商务发展的意见（之{number}）",
        f"{city[0]}政发〔{2014 + number % 10}〕{number}号",
    ]
    for at in range(1, 31):
        amount = draw.randrange(1, 9999)
        body = "，".join(f"{draw.choice(MEANS)}{draw.randrange(1, 9999)}项，{draw.choice(ENDS)}" for _ in range(4))
        lines.append(f"第{at}条 对第{amount}号项目{body}。")
    return "\n".join([*lines, f"{city}市人民政府", f"{2014 + number % 10}年{1 + number % 12}月{1 + number % 28}日", ""])


def make_txt(text: str) -> bytes:
    return text.encode("gb18030")


def make_html(text: str) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return f"<html><head><meta charset=utf-8></head><body><div id=zoom>{paragraphs}</div></body></html>".encode()


def make_docx(text: str) -> bytes:
    import docx

    document, buffer = docx.Document(), io.BytesIO()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(buffer)
    return buffer.getvalue()


def make_pdf(text: str) -> bytes:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=24)
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build([Paragraph(line, style) for line in text.splitlines()])
    return buffer.getvalue()


def make_zip(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("正文.txt", text)
    return buffer.getvalue()


FORMATS: Mapping[str, Callable[[str], bytes]] = {
    "txt": make_txt, "html": make_html, "docx": make_docx, "pdf": make_pdf, "zip": make_zip,
}  # fmt: skip


def break_pdf(text: str) -> bytes:
    whole = make_pdf(text)
    return whole[: len(whole) // 2]


BROKEN: Mapping[str, tuple[Callable[[str], bytes], str]] = {
    "pdf": (break_pdf, "truncated"),
    "docx": (lambda text: make_docx(text)[:3000], "DOCX"),
    "txt": (lambda text: b"", "0 bytes"),
    "html": (lambda text: b"<html><body><script>show()</script></body></html>", "no text"),
    "zip": (lambda text: make_zip(text)[:-40], ""),
}


def write_files(folder: Path, n_files: int) -> dict[str, str]:
    """Write the files; return what the reason of each broken one must hold, by its path."""
    folder.mkdir()
    expected = {}
    for number in range(n_files):
        ending = list(FORMATS)[number % len(FORMATS)]
        name = f"{number:04d}.{ending}"
        if number % EVERY_BROKEN == number // EVERY_BROKEN % EVERY_BROKEN:
            make, reason = BROKEN[ending]
            expected[name] = reason
        else:
            make = FORMATS[ending]
        (folder / name).write_bytes(make(write_text(number)))
    return expected


def score_apart(folder: Path, out: Path) -> tuple[textq.Run, int]:
    """Score in a process of its own; return the run and the peak of its memory and its worker's (kB)."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, folder, out], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return textq.load_run(told["run"]), told["peak"]


def check_run(run: textq.Run, expected: Mapping[str, str], n_files: int) -> None:
    documents = run.documents
    unread = documents[documents["status"] != "read"].set_index("path")["reason"]
    assert set(unread.index) == set(expected)
    assert all(part in unread[path] for path, part in expected.items())
    assert len(documents) == n_files
    clauses = run.clauses.groupby("doc_id")["kind"].value_counts().unstack()
    assert (clauses["provision"] == 30).all()


def test_forty_mixed_files_with_broken_ones_among_them(tmp_path: Path) -> None:
    expected = write_files(tmp_path / "files", 40)
    run, _ = score_apart(tmp_path / "files", tmp_path / "out")
    assert len(expected) == 2
    check_run(run, expected, 40)


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="needs getrusage")
def test_memory_stays_flat_over_a_thousand_files(tmp_path: Path) -> None:
    expected = write_files(tmp_path / "all", N_FILES)
    first = tmp_path / "first"
    first.mkdir()
    for path in sorted((tmp_path / "all").iterdir())[:N_FIRST]:
        (first / path.name).write_bytes(path.read_bytes())

    _, peak_first = score_apart(first, tmp_path / "out-first")
    run, peak = score_apart(tmp_path / "all", tmp_path / "out")

    assert len(expected) == N_FILES // EVERY_BROKEN
    check_run(run, expected, N_FILES)
    print(f"peak {peak / 1024:.0f} MB over {N_FILES} files, {peak_first / 1024:.0f} MB over {N_FIRST}")
    assert peak <= 1.3 * peak_first
