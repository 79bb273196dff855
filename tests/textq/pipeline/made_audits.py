"""Reviews of a study folder that was never scored: made clauses, and audits with the codings that a test gives."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.textq.store.made import hash_text, list_keys, load_made
from textq.events import Draft
from textq.lexicon.codebook import Codebook
from textq.lexicon.read import read_codebook
from textq.review.sample import SampleItem, SampleRecord, StratumPlan, dump_record
from textq.store.corpus import find_clause
from textq.store.events import append
from textq.store.store import Store, open_store

NONE = "none"


def write_study(out: Path, n_classes: int = 4) -> Codebook:
    """Write what a study folder needs for a review: a run, and a codebook of so many classes, ``none`` among them."""
    run = out / "runs" / "made"
    run.mkdir(parents=True)
    examples = "[{text: 一。, code: %s}, {text: 二。, code: none}]"
    instruments = "".join(
        f"  - {{name: c{at}, zh: 类{at}, en: class {at}, definition: 定义, examples: {examples % f'c{at}'}}}\n"
        for at in range(1, n_classes)
    )
    (run / "codebook.yaml").write_text(
        f'name: made\nversion: "1"\nlanguage: zh\ndecision: [有没有手段？]\ninstruments:\n{instruments}'
        "none: {zh: 无, en: none, definition: 没有手段, examples: [{text: 三。, code: none}]}\n"
        "rules:\n  - rule: money given is c1\n    examples: [{text: 一。, code: c1}, {text: 二。, code: none}]\n",
        encoding="utf-8",
    )
    meta = {"kind": "scores", "run_id": "made", "codebook": "made@1"}
    (run / "run.json").write_text(json.dumps(meta), encoding="utf-8")
    (out / "latest.txt").write_text("runs/made\n", encoding="utf-8")
    return read_codebook(run / "codebook.yaml")


def make_review(out: Path, n_clauses: int, n_documents: int = 5) -> Store:
    """Return the store of a study folder, with made clauses that can all be coded."""
    each = -(-n_clauses // n_documents)
    texts = {f"doc{at}": [f"第{at}份文件的第{one}条。" for one in range(each)] for at in range(n_documents)}
    store = open_store(out / "review.sqlite")
    load_made(store, texts)
    return store


def draw_audit(
    store: Store,
    keys: Sequence[str],
    name: str = "audit-1",
    *,
    each: int = 2,
    coders: Sequence[str] = (),
    pi: float = 0.5,
) -> None:
    """Write the event of an audit sample of single clauses, all drawn with one probability."""
    items = tuple(SampleItem(key, _hash(store, key), "all", pi) for key in keys)
    stratum = StratumPlan("all", round(len(keys) / pi), len(keys), round(len(keys) / pi))
    record = SampleRecord(
        "clause",
        1,
        hash_text("frame"),
        "made",
        "made@1",
        each,
        tuple(coders),
        (stratum,),
        (),
        items,
        (),
        {"c1": 5, "none": 5},
    )
    append(store, [Draft("sample", "lead", sample=name, codebook="made@1", detail=dump_record(record))])


def code_audit(store: Store, given: Mapping[str, Mapping[str, str | None]], name: str = "audit-1") -> None:
    """Write blind codes: coder → key → ``"instrument/subtype"`` or ``"instrument"``; None: no coding."""
    drafts = []
    for coder, codes in given.items():
        for key, code in codes.items():
            if code is not None:
                instrument, _, subtype = code.partition("/")
                drafts.append(
                    Draft("code", coder, "audit", key, instrument=instrument, subtype=subtype or None, sample=name)
                )
    append(store, drafts)


def make_published(out: Path, rows: Sequence[Sequence[int | None]]) -> Codebook:
    """Make a review of codings with published answers: a row a clause, a place a coder, numbers for categories."""
    numbers = sorted({value for row in rows for value in row if value is not None})
    codebook = write_study(out, len(numbers))
    codes = {number: NONE if at == 0 else f"c{at}" for at, number in enumerate(numbers)}
    store = make_review(out, len(rows))
    keys = list_keys(store)[: len(rows)]
    draw_audit(store, keys, each=len(rows[0]))
    names = [f"coder{at:02d}" for at in range(len(rows[0]))]
    code_audit(
        store,
        {
            name: {key: None if row[at] is None else codes[row[at]] for key, row in zip(keys, rows, strict=True)}
            for at, name in enumerate(names)
        },
    )
    store.close()
    return codebook


def _hash(store: Store, key: str) -> str:
    clause = find_clause(store, key)
    assert clause is not None
    return clause.clause_sha256
