"""A small corpus whose scores can be counted by hand, its review, and what people do in it."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import textq
from textq.events import Draft
from textq.export.run_folder import find_run
from textq.pipeline.review_corpus import load_run_corpus
from textq.pipeline.review_open import STORE_NAME
from textq.store.corpus import find_clause, find_key
from textq.store.events import append
from textq.store.store import Store, open_store

TITLES = {"hz": "杭州市人民政府关于印发实施方案的通知", "zz": "郑州市人民政府关于印发实施方案的通知"}
PLACES = {"hz": ("330100", "2016-03-01"), "zz": ("410100", "2017-05-01")}
TEXTS: Mapping[str, tuple[str, ...]] = {
    "hz": (
        "一、加大财政资金扶持力度，设立专项资金。",
        "二、引进和培养跨境电子商务人才。",
        "三、落实税收优惠政策，减免相关税费。",
        "四、加强知识产权保护，打击侵权行为。",
        "五、支持企业建设海外仓。",
        "六、本方案自印发之日起施行。",
    ),
    "zz": (
        "一、加大财政资金扶持力度，设立专项资金。",
        "二、鼓励企业开拓国际市场，扩大出口。",
        "三、优化通关流程，提高通关效率。",
    ),
}
"""The rules code these supply, supply, environment, environment, demand, none; and supply, demand, environment."""

EDITION = "instruments@1.1"


def write_corpus(folder: Path, texts: Mapping[str, Sequence[str]] = TEXTS) -> Path:
    """Write the documents and their manifest."""
    folder.mkdir(exist_ok=True)
    rows = ["id,file,title,units,issued_on"]
    for doc_id, clauses in texts.items():
        (folder / f"{doc_id}.txt").write_text("\n".join([TITLES[doc_id], *clauses, ""]), encoding="utf-8")
        rows.append(",".join([doc_id, f"{doc_id}.txt", TITLES[doc_id], *PLACES[doc_id]]))
    (folder / "manifest.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    return folder


def score_corpus(folder: Path, out: Path, **settings: object) -> textq.Run:
    """Score by the rules, which load quickly."""
    return textq.score(folder, out=out, coder="rules", **settings)  # type: ignore[arg-type]


def open_review(out: Path) -> Store:
    """Open the review of the newest run."""
    store = open_store(out / STORE_NAME)
    load_run_corpus(store, find_run(out))
    return store


def correct(out: Path, codes: Mapping[str, str], coder: str = "anna", edition: str = EDITION) -> None:
    """Let somebody correct clauses, by their ids: "instrument/subtype"."""
    with closing(open_review(out)) as store:
        append(store, [_draft(store, clause_id, code, coder, edition) for clause_id, code in codes.items()])


def audit(out: Path, codes: Mapping[str, Mapping[str, str]], edition: str = EDITION) -> None:
    """Draw the clauses that ``codes`` names (coder → clause → code), and let the coders code them blind."""
    with closing(open_review(out)) as store:
        drawn = dict.fromkeys(clause_id for given in codes.values() for clause_id in given)
        items = [[key, _hash(store, key), "all", 0.5] for key in (_find(store, clause_id) for clause_id in drawn)]
        detail = {
            "unit": "clause", "seed": 1, "frame_sha256": "0" * 64, "run_id": find_run(out).name, "codebook": edition,
            "each": len(codes), "coders": list(codes), "items": items, "strata": [],
        }  # fmt: skip
        append(store, [Draft("sample", "anna", sample="first", detail=json.dumps(detail))])
        for coder, given in codes.items():
            append(store, [_draft(store, name, code, coder, edition, "first") for name, code in given.items()])


def adjudicate(out: Path, clause_id: str, code: str) -> None:
    """Let somebody settle a clause."""
    with closing(open_review(out)) as store:
        instrument, _, subtype = code.partition("/")
        draft = Draft(
            "adjudicate", "chen", "adjudicate", _find(store, clause_id), instrument=instrument,
            subtype=subtype or None, memo="rule 1", codebook=EDITION, detail='{"rule": "1"}',
        )  # fmt: skip
        append(store, [draft])


def _draft(store: Store, clause_id: str, code: str, coder: str, edition: str, sample: str = "") -> Draft:
    instrument, _, subtype = code.partition("/")
    return Draft(
        "code", coder, "audit" if sample else "fix", _find(store, clause_id), instrument=instrument,
        subtype=subtype or None, suggestion_shown=not sample, sample=sample, codebook=edition,
    )  # fmt: skip


def _find(store: Store, clause_id: str) -> str:
    key = find_key(store, clause_id)
    assert key is not None, clause_id
    return key


def _hash(store: Store, key: str) -> str:
    clause = find_clause(store, key)
    assert clause is not None
    return clause.clause_sha256
