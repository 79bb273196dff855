"""What ``textq review merge`` says."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from textq.cli.languages import Lang
from textq.provenance import SCHEMA_VERSION
from textq.store.transfer import Merged

_SAY: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "merged": "{files} files, {origins} logs: {new:,} new events, {known:,} known",
        "look": " look at: {what}",
        "next": " next: textq review status {run}",
    },
    "zh": {
        "merged": "{files} 个文件，{origins} 个日志：新事件 {new:,} 个，已有 {known:,} 个",
        "look": " 请注意：{what}",
        "next": " 下一步：textq review status {run}",
    },
}


def describe_merge(merged: Merged, files: Sequence[Path], run: Path, lang: Lang) -> Iterator[str]:
    """Yield what came in, and what to look at."""
    say = _SAY[lang]
    yield say["merged"].format(files=len(files), origins=len(merged.origins), new=merged.n_new, known=merged.n_known)
    for what in merged.clashes:
        yield say["look"].format(what=what)
    if merged.n_new:
        yield say["next"].format(run=run)


def summarise_merge(merged: Merged, files: Sequence[Path]) -> dict[str, Any]:
    """Return a merge as JSON can hold it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "files": [str(path) for path in files],
        "new": merged.n_new,
        "known": merged.n_known,
        "origins": list(merged.origins),
        "clashes": list(merged.clashes),
    }
