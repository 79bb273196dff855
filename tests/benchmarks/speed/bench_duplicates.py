"""Time and judge the search for copies: ``python tests/benchmarks/speed/bench_duplicates.py LAWS.jsonl.gz``.

LAWS holds one law a line: ``title``, ``group``, ``text``. Prints MB of UTF-8 a second of sketching, of the search for
near-duplicates and of measuring what was copied, beside reading the same texts as plain files; then, for clauses
changed in known ways, how many are found to be copies, and how many of independent texts are.
"""

import gzip
import json
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from hashlib import md5
from itertools import islice
from pathlib import Path

import pandas as pd

from textq.ingest.duplicates import find_near_duplicates, sketch_document
from textq.ingest.read import read_file
from textq.records import CODED_KINDS, Document, Source
from textq.scoring.copies import measure_copying
from textq.segment.clauses import split_clauses

N_TIMED = 300
N_LAWS = 900
LOCAL = "地方"
"""Stands in the group of laws that are not national."""

PLACES = {"国务院": "省人民政府", "全国": "全省", "我国": "我省", "省、自治区、直辖市": "设区的市", "国家": "省"}
SYNONYMS = {"加强": "强化", "推进": "推动", "完善": "健全", "建立": "构建", "应当": "要", "按照": "依照",
            "规定": "要求", "提高": "提升", "开展": "组织", "进行": "予以", "可以": "能够", "制定": "出台"}  # fmt: skip


def main(path: Path) -> None:
    """Print the figures."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        laws = [json.loads(line) for line in file]
    texts = {f"{at:05}": law["text"] for at, law in enumerate(laws[:N_TIMED])}
    time_duplicates(texts)
    judge_copies([law for law in laws if LOCAL not in law["group"]][:N_LAWS])


def time_duplicates(texts: dict[str, str]) -> None:
    """Print the speed of reading, of sketching and of finding near-duplicates."""
    files = [text.encode() for text in texts.values()]
    report("read TXT", texts, lambda: [read_file(data, "law.txt") for data in files])
    documents = [Document(name, text, Source(name, "")) for name, text in texts.items()]
    sketches = report("sketch", texts, lambda: [sketch_document(document) for document in documents])
    report("find near-duplicates", texts, lambda: find_near_duplicates(sketches, texts.__getitem__))


def report(name: str, texts: dict[str, str], run: Callable[[], list]) -> list:
    """Print the MB/s of one call, and return its result."""
    start = time.process_time()
    result = run()
    spent = time.process_time() - start
    megabytes = sum(len(text.encode()) for text in texts.values()) / 1e6
    print(f"{name:24} {spent:8.3f} s {megabytes / spent:8.2f} MB/s")
    return result


def judge_copies(laws: Sequence[dict]) -> None:
    """Print which share of changed clauses, and of clauses of other laws, are found to be copies."""
    by_side: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
    for at, law in enumerate(laws):
        by_side[is_lender(law["title"])][f"{at}"] = cut_clauses(law["text"])
    lenders = by_side[True]
    clauses = {f"above/{name}": texts for name, texts in lenders.items()}
    clauses |= {f"other laws/{name}": texts for name, texts in by_side[False].items()}
    for name, change in CHANGES.items():
        clauses |= {f"{name}/{at}": [change(text) for text in texts] for at, texts in islice(lenders.items(), 60)}
    documents = pd.DataFrame({"doc_id": list(clauses)})
    documents["level"] = documents["doc_id"].str.startswith("above/").map({True: "central", False: "province"})
    start = time.process_time()
    copying = measure_copying(documents.assign(place="", issued_on="2020-01-01"), clauses.__getitem__)
    spent = time.process_time() - start
    megabytes = sum(len(text.encode()) for texts in clauses.values() for text in texts) / 1e6
    print(f"{'measure copying':24} {spent:8.3f} s {megabytes / spent:8.2f} MB/s")
    show_shares(copying.clauses["doc_id"], copying.new_share, pd.Series({name: len(c) for name, c in clauses.items()}))


def show_shares(copied: pd.Series, new_share: pd.Series, n_clauses: pd.Series) -> None:
    """Print the share of copied clauses, and the mean share of new letters, by kind of text."""
    counts = copied.value_counts().reindex(n_clauses.index).fillna(0)
    table = pd.DataFrame({"clauses": n_clauses, "copies": counts, "new": new_share.astype(float)})
    for name, rows in table.groupby(n_clauses.index.str.split("/").str[0]):
        share = rows["copies"].sum() / rows["clauses"].sum()
        print(f"{name:24} {rows['clauses'].sum():8} clauses {share:8.4f} copies {rows['new'].mean():8.4f} new letters")


def is_lender(title: str) -> bool:
    """Put laws into two halves by the beginning of their names, so that versions of one law lie in the same."""
    return md5(title[:9].encode(), usedforsecurity=False).digest()[0] % 2 == 0


def cut_clauses(text: str) -> list[str]:
    """Return the coded clauses of a text."""
    found = split_clauses(Document("law", text, Source("law", "")))
    return [clause.text for clause in found if clause.kind in CODED_KINDS]


def replace_all(text: str, words: dict[str, str]) -> str:
    """Exchange words."""
    for word, other in words.items():
        text = text.replace(word, other)
    return text


def shuffle(text: str, ends: str) -> str:
    """Put the parts of a text between ``ends`` in another order."""
    parts = re.findall(rf"[^{ends}]+[{ends}]?", text)
    random.Random(len(text)).shuffle(parts)
    return "".join(parts)


def insert_and_drop(text: str) -> str:
    """Drop one part of a sentence and insert another."""
    parts = re.findall("[^，；。]+[，；。]?", text)
    kept = parts[:1] + parts[2:] if len(parts) > 2 else parts
    return "".join([*kept[:1], "结合我市实际，", *kept[1:]])


CHANGES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "places": lambda text: replace_all(text, PLACES),
    "sentences moved": lambda text: shuffle(text, "；。"),
    "phrases moved": lambda text: shuffle(text, "，；。"),
    "synonyms": lambda text: replace_all(text, SYNONYMS),
    "part changed, places": lambda text: replace_all(insert_and_drop(text), PLACES),
    "all of these": lambda text: shuffle(replace_all(insert_and_drop(text), PLACES | SYNONYMS), "，；。"),
}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
