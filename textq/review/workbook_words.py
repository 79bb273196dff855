"""The headings and explanations of a workbook for coding, in Chinese and English."""

from collections.abc import Mapping

SHEETS: Mapping[str, tuple[str, str, str]] = {
    "zh": ("编码", "编码手册", "说明"),
    "en": ("Coding", "Codebook", "Guide"),
}
"""Names of the sheets: clauses, codebook, how to fill it in."""

LISTS, FACTS, ROWS = "_lists", "_meta", "_rows"
"""Names of the hidden sheets."""

KEY_COLUMNS = ("clause_id", "clause_key", "clause_sha")
"""Their headings are the same in every language."""

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "clause_id": {"zh": "clause_id", "en": "clause_id"},
    "clause_key": {"zh": "clause_key", "en": "clause_key"},
    "clause_sha": {"zh": "clause_sha", "en": "clause_sha"},
    "document": {"zh": "文件", "en": "Document"},
    "heading": {"zh": "所在标题", "en": "Heading"},
    "before": {"zh": "前文", "en": "Before"},
    "text": {"zh": "条款", "en": "Clause"},
    "after": {"zh": "后文", "en": "After"},
    "page": {"zh": "页", "en": "Page"},
    "suggestion": {"zh": "机器建议", "en": "Suggestion"},
    "confidence": {"zh": "把握", "en": "Confidence"},
    "class": {"zh": "类目", "en": "Class"},
    "subtype": {"zh": "子类", "en": "Subtype"},
    "unsure": {"zh": "拿不准", "en": "Unsure"},
    "memo": {"zh": "备注", "en": "Memo"},
}

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "clause_id": ("id", "条款编号"),
    "clause_key": ("key", "条款键"),
    "clause_sha": ("clause_sha256", "sha256"),
    "text": ("text", "条款内容", "clause text"),
    "suggestion": ("系统建议",),
    "class": ("类别", "编码类目", "instrument", "code", "编码", "政策工具", "工具类别", "label"),
    "subtype": ("sub-tool", "subtool", "子工具", "子类别"),
    "unsure": ("unsure?", "不确定", "存疑"),
    "memo": ("memo", "note", "notes", "comment", "备忘"),
}
"""What else a column may be called that comes back."""

YES = {"zh": "是", "en": "yes"}
YES_WORDS = (
    "是", "对", "有", "y", "yes", "true", "1", "x", "√", "✓", "✔", "t", "?", "unsure", "拿不准", "不确定", "存疑"
)  # fmt: skip
NO_WORDS = ("", "否", "不", "无", "n", "no", "false", "0", "-", "f", "×", "确定", "sure")

CODEBOOK_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "zh": ("代码", "名称", "英文名称", "定义", "包括", "不包括", "例子"),
    "en": ("Code", "Name", "Chinese name", "Definition", "Includes", "Excludes", "Examples"),
}
QUESTIONS = {"zh": "依次要问的问题", "en": "Questions, in this order"}
RULES = {"zh": "疑难条款的规则", "en": "Rules for doubtful clauses"}

GUIDE: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "每行是一条条款。请只填写四个白色的列：类目、子类、拿不准、备注。灰色的列请不要改动，也不要删除。",
        "“类目”和“子类”可以从下拉列表中选，也可以自己写：供给、供给型、S、supply、1（全角半角均可）。只选子类也可以，类目由它决定。",
        "判断不了的，在“拿不准”列写“是”：这一条会交给裁决。",
        "留空的行表示还没有编码。清空已有的编码，表示跳过，最后再编。",
        "需要排序时，先在“审阅”里取消工作表保护（没有密码），再对整个表排序，不要只排其中几列。",
        "填好后运行：textq review import 本文件。它先只列出差异，什么也不写；加上 --apply 才会写入。",
    ),
    "en": (
        "Each row is a clause. Fill in the four white columns alone: class, subtype, unsure, memo. Leave the grey "
        "columns as they are.",
        "Class and subtype can be chosen from the lists, or written: Supply, supply, S, 供给, 1 (in any width). The "
        "subtype alone will do: it tells the class.",
        "Where you cannot decide, write yes in the column unsure: the clause goes to the adjudication.",
        "An empty row is not coded yet. Emptying a code that was there skips the clause: it comes back at the end.",
        "To sort, take off the protection of the sheet (there is no password), and sort the whole table, never some "
        "columns of it.",
        "Then run: textq review import THIS FILE. It lists the differences first and writes nothing; --apply writes.",
    ),
}
BLIND = {
    "zh": "这是抽检：看不到机器的编码，也看不到别人的编码。请不要与其他编码员讨论。",
    "en": "This is an audit: neither the machine's codes nor those of others are shown. Do not discuss it with the "
    "other coders.",
}
FACT_WORDS: Mapping[str, Mapping[str, str]] = {
    "coder": {"zh": "编码员", "en": "Coder"},
    "queue": {"zh": "任务", "en": "Queue"},
    "codebook": {"zh": "编码手册", "en": "Codebook"},
    "run_id": {"zh": "运行", "en": "Run"},
}
QUEUE_WORDS: Mapping[str, Mapping[str, str]] = {
    "audit": {"zh": "抽检", "en": "audit"},
    "fix": {"zh": "校对", "en": "fix"},
    "all": {"zh": "全部条款", "en": "all clauses"},
}


def name_column(heading: str) -> str | None:
    """Return which column a heading names, in whatever language; None if it is none of a workbook for coding."""
    squeezed = heading.strip().casefold()
    for column, words in HEADINGS.items():
        names = (column, *words.values(), *OTHER_NAMES.get(column, ()))
        if squeezed in {name.casefold() for name in names}:
            return column
    return None
