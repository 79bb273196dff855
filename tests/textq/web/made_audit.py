"""An audit of the small study, coded by two people."""

from textq.events import Draft
from textq.review.sample import SampleItem, SampleRecord, StratumPlan, dump_record
from textq.store.corpus import list_clauses
from textq.store.events import append
from textq.store.rows import StoredClause
from textq.store.store import Store

SAMPLE = "audit-1"


def draw_all(store: Store, n: int = 8) -> list[StoredClause]:
    """Draw the first clauses of the study, each for two coders; return them."""
    clauses = list(list_clauses(store))[:n]
    items = tuple(SampleItem(one.key, one.clause_sha256, "all", 0.5) for one in clauses)
    stratum = StratumPlan("all", 2 * n, n, 2 * n)
    record = SampleRecord(
        "clause", 1, "0" * 64, "run", "instruments", 2, (), (stratum,), (), items, (), {"supply": 5, "none": 5}
    )
    append(store, [Draft("sample", "lead", sample=SAMPLE, detail=dump_record(record))])
    return clauses


def code_both(store: Store, clauses: list[StoredClause]) -> None:
    """Let anna and bao code all; they differ on the first, bao is unsure of the second."""
    drafts = []
    for at, clause in enumerate(clauses):
        anna, bao = ("supply", "talent"), ("demand", "trade") if at == 0 else ("supply", "talent")
        drafts.append(_code("anna", clause, *anna, memo="培养人才" if at == 0 else ""))
        drafts.append(
            Draft("unsure", "bao", "audit", clause.key, sample=SAMPLE, memo="难定")
            if at == 1
            else _code("bao", clause, *bao)
        )
    append(store, drafts)


def _code(coder: str, clause: StoredClause, instrument: str, subtype: str, memo: str = "") -> Draft:
    return Draft("code", coder, "audit", clause.key, instrument=instrument, subtype=subtype, sample=SAMPLE, memo=memo)
