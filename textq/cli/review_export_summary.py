"""What ``textq review export`` says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textq.cli.languages import Lang
from textq.provenance import SCHEMA_VERSION

_KINDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "xlsx": "a workbook for {coder} with {n:,} clauses",
        "csv": "{n:,} final codes",
        "decisions": "{n:,} decisions",
        "qdc": "the codebook, {n:,} codes (REFI-QDA)",
        "events": "{n:,} events",
    },
    "zh": {
        "xlsx": "{coder} 的编码工作簿，{n:,} 条条款",
        "csv": "{n:,} 条最终编码",
        "decisions": "{n:,} 个决定",
        "qdc": "编码手册，{n:,} 个编码（REFI-QDA）",
        "events": "{n:,} 个事件",
    },
}
_HIDDEN: Mapping[Lang, str] = {
    "en": " {n:,} clauses are left out: they are in audits (--queue audit), or have the text of one that {coder} has "
    "yet to code there",
    "zh": " 略去 {n:,} 条：属于抽检样本（--queue audit），或与 {coder} 尚未抽检的条款文本相同",
}
_NEXT: Mapping[Lang, str] = {
    "en": " next: fill in the white columns, then textq review import {path}",
    "zh": " 下一步：填写白色的列，然后运行 textq review import {path}",
}
_NOTHING: Mapping[Lang, str] = {
    "en": "nothing to write: nobody has done anything yet",
    "zh": "没有可写的内容：还没有人做过什么",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A file: what it is, its rows, whose it is, of which sample, and how many clauses had to stay out."""

    kind: str
    path: Path
    n: int
    coder: str = ""
    sample: str = ""
    n_hidden: int = 0


def describe_written(written: Sequence[Written], lang: Lang) -> Iterator[str]:
    """Yield a line a file, with what to do next."""
    if not written:
        yield _NOTHING[lang]
    for one in written:
        yield f"{one.path}: " + _KINDS[lang][one.kind].format(n=one.n, coder=one.coder)
        if one.n_hidden:
            yield _HIDDEN[lang].format(n=one.n_hidden, coder=one.coder)
        if one.kind == "xlsx":
            yield _NEXT[lang].format(path=one.path)


def summarise_written(written: Sequence[Written]) -> dict[str, Any]:
    """Return the files as JSON can hold them."""
    files = [
        {
            "kind": one.kind,
            "path": str(one.path),
            "rows": one.n,
            "coder": one.coder or None,
            "sample": one.sample or None,
            "hidden": one.n_hidden,
        }
        for one in written
    ]
    return {"schema_version": SCHEMA_VERSION, "files": files}
