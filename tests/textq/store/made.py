"""Stores with made documents: for tests, benchmarks, and for looking at pages."""

import hashlib
import json
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from textq.events import Draft, Event
from textq.review.keys import hash_place, make_keys, match_lost
from textq.store.corpus import ClauseCells, LoadedRun, SuggestionCells, list_clauses, load_corpus, set_order
from textq.store.events import append
from textq.store.place import Journal
from textq.store.rows import StoredDocument
from textq.store.store import Store, open_store

CODES = (("supply", "talent"), ("supply", "capital"), ("environment", "tactical"), ("demand", "trade"), ("none", None))
UNITS = ("330100", "410100", "440300", "510100")
WORDS = re.findall(
    r"\S+",
    "支持 鼓励 跨境电子商务 企业 资金 人才 培训 平台 通关 海关 税收 优惠 仓储 物流 园区 监管 便利化 出口 退税 "
    "综合试验区 示范 融资 信贷 补贴 服务 体系 建设 推进 完善 机制 数据 共享 外汇 支付 检验 检疫 标准 品牌 市场 采购",
)
HEADING_EVERY = 10
"""Every so many clauses a heading stands, which is not coded."""


def make_store(
    path: Path, n_documents: int = 5, n_clauses_each: int = 20, seed: int = 0, journal: Journal | None = None
) -> Store:
    """Return a store with a made run: every tenth clause a heading, the others coded by a machine, FIX in order."""
    store = open_store(path, journal=journal)
    load_made(store, make_texts(n_documents, n_clauses_each, seed), seed=seed)
    return store


def make_texts(n_documents: int, n_clauses_each: int, seed: int = 0) -> dict[str, list[str]]:
    """Return the texts of made documents by their ids; headings begin with 一、."""
    chance = random.Random(seed)
    return {
        f"doc{number:04d}": [
            f"一、{''.join(chance.choices(WORDS, k=3))}"
            if at % HEADING_EVERY == 0
            else "".join(chance.choices(WORDS, k=chance.randint(5, 40))) + "。"
            for at in range(n_clauses_each)
        ]
        for number in range(n_documents)
    }


def load_made(
    store: Store, texts: Mapping[str, Sequence[str]], *, seed: int = 0, run_id: str = "made", ordered: bool = True
) -> LoadedRun:
    """Load a run of such texts; with ``ordered``, FIX serves the clauses in the order of the documents."""
    chance = random.Random(seed)
    names = [(doc_id, at) for doc_id, lines in texts.items() for at in range(len(lines))]
    lines = [texts[doc_id][at] for doc_id, at in names]
    headings = _find_headings(texts)
    places = [hash_place(heading, "") for heading in headings]
    shas = [hash_text(line) for line in lines]
    keys = make_keys([doc_id for doc_id, _ in names], places, shas)
    clauses: list[ClauseCells] = []
    suggestions: list[SuggestionCells] = []
    start = 0
    for (doc_id, at), key, place, sha, heading, line in zip(names, keys, places, shas, headings, lines, strict=True):
        start = 0 if at == 0 else start
        is_coded = not line.startswith("一、")
        instrument, subtype = chance.choice(CODES)
        confidence = round(chance.uniform(0.3, 1.0), 4)
        code = (instrument, subtype, confidence) if is_coded else (None, None, None)
        kind = "provision" if is_coded else "heading"
        span = (start, start + len(line))
        clauses.append(
            (
                key,
                f"{doc_id}#{at + 1}",
                doc_id,
                at + 1,
                sha,
                place,
                "",
                heading,
                "",
                kind,
                None,
                *span,
                line,
                is_coded,
                *code,
            )
        )
        if is_coded:
            evidence = json.dumps([[start, start + 2, f"{line[:2]} +1.0"]], ensure_ascii=False)
            unsure = confidence < 0.5
            suggestions.append((key, "model:made", instrument, subtype, None, confidence, unsure, evidence, "[]"))
        start += len(line) + 1
    documents = [_make_document(doc_id, number, len(texts[doc_id])) for number, doc_id in enumerate(texts)]
    loaded = load_corpus(store, run_id, f"/made/{run_id}", documents, clauses, suggestions, match_lost)
    if ordered:
        coded = [clause for clause in clauses if clause[14]]
        set_order(store, [(clause[0], rank, rank % 10 == 9, 0.2, 1.0) for rank, clause in enumerate(coded)])
    return loaded


def _find_headings(texts: Mapping[str, Sequence[str]]) -> list[str]:
    found = []
    for lines in texts.values():
        heading = ""
        for line in lines:
            found.append(heading)
            heading = line if line.startswith("一、") else heading
    return found


def _make_document(doc_id: str, number: int, n_clauses: int) -> StoredDocument:
    period = 2015 + number % 6
    return StoredDocument(
        doc_id=doc_id,
        title=f"关于促进跨境电子商务发展的意见（{number}）",
        doc_number=f"〔{period}〕{number + 1}号",
        issuers="人民政府",
        units=UNITS[number % len(UNITS)],
        level="prefecture",
        doc_type="意见",
        issued_on=f"{period}-03-01",
        published_on="",
        period=period,
        path=f"documents/{doc_id}.txt",
        sha256=hash_text(doc_id),
        url="",
        n_clauses=n_clauses,
    )


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def list_keys(store: Store) -> list[str]:
    """Return the keys of all clauses that can be coded, in the order of the documents."""
    return [clause.key for clause in list_clauses(store)]


def code(
    store: Store, coder: str, key: str, instrument: str = "supply", subtype: str | None = None, queue: str = "audit"
) -> Event:
    """Append one code."""
    kind = "adjudicate" if queue == "adjudicate" else "code"
    (event,) = append(store, [Draft(kind, coder, queue, key, instrument=instrument, subtype=subtype)])  # type: ignore[arg-type]
    return event


def turn(store: Store, kind: str, event: Event) -> Event:
    """Undo or redo an event by the one who made it."""
    (turned,) = append(store, [Draft(kind, event.draft.coder, undoes=event.uuid)])  # type: ignore[arg-type]
    return turned


def draw(
    store: Store, sample: str, keys: Sequence[str], each: int = 1, coders: Sequence[str] = (), coder: str = "lead"
) -> Event:
    """Append an audit sample of some clauses."""
    shas = {clause.key: clause.clause_sha256 for clause in list_clauses(store)}
    detail = {
        "unit": "clause",
        "seed": 1,
        "frame_sha256": "0" * 64,
        "run_id": "made",
        "codebook": "instruments@1.1",
        "each": each,
        "coders": list(coders),
        "strata": [{"name": "all", "n_frame": len(shas), "n_drawn": len(keys)}],
        "items": [[key, shas[key], "all", len(keys) / len(shas)] for key in keys],
    }
    (event,) = append(store, [Draft("sample", coder, sample=sample, detail=json.dumps(detail))])
    return event
