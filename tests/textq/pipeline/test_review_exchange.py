import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.textq.review.sheets import fill
from tests.textq.store.made import code, draw, list_keys, load_made, make_store
from textq.errors import ReviewError
from textq.events import Draft
from textq.lexicon.read import builtin_codebook
from textq.pipeline.review_exchange import apply_import, build_sheet, plan_import
from textq.pipeline.review_status import measure_status
from textq.pipeline.review_tables import build_decisions_csv, build_finals_csv
from textq.store.corpus import find_suggestion, list_clauses
from textq.store.decisions import find_decisions, find_memo, list_decisions
from textq.store.events import append, read_events
from textq.store.hidden import list_hidden
from textq.store.queues import list_queue
from textq.store.settings import write_setting
from textq.store.store import Store, open_store

BOOK = builtin_codebook()
LETTERS = {"supply": "供给型", "environment": "环境型", "demand": "需求型", "none": "非政策工具"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = make_store(tmp_path / "review.sqlite")
    yield made
    made.close()


@pytest.fixture
def audited(store: Store) -> Store:
    draw(store, "one", list_keys(store)[:12], each=2)
    return store


def read_cells(data: bytes) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))


def test_an_audit_is_blind(audited: Store) -> None:
    keys = list_keys(audited)
    code(audited, "bao", keys[0], "demand", "consumption")
    sheet = build_sheet(audited, BOOK, coder="anna", lang="zh")
    cells = read_cells(sheet.data)
    assert (sheet.n_rows, sheet.facts.sample, sheet.facts.seed) == (12, "one", "1")
    assert [row[1] for row in cells[1:]] == keys[:12]
    assert all(not any(row[9:]) for row in cells[1:])
    book = openpyxl.load_workbook(io.BytesIO(sheet.data))
    hidden = [row for name in ("_rows", "_meta") for row in book[name].iter_rows(values_only=True, min_row=2)]
    assert not any(cell in ("demand", "consumption", "bao") for row in hidden for cell in row)
    suggestion = find_suggestion(audited, keys[0])
    assert suggestion is not None
    assert f"{suggestion.confidence:.2f}" not in {cell for row in cells for cell in row}


def test_a_share_is_what_is_assigned_or_open(audited: Store) -> None:
    keys = list_keys(audited)
    for coder in ("bao", "chen"):
        code(audited, coder, keys[3])
    assert list_queue(audited, "anna", "audit", "one") == [key for key in keys[:12] if key != keys[3]]
    assert list_queue(audited, "bao", "audit", "one") == keys[:12]
    draw(audited, "two", keys[20:24], coders=["chen"])
    assert list_queue(audited, "anna", "audit", "two") == []
    detail = json.dumps({"sample": "two", "shares": {"anna": [keys[21]]}})
    append(audited, [Draft("assign", "lead", sample="two", detail=detail)])
    assert list_queue(audited, "anna", "audit", "two") == [keys[21]]
    assert build_sheet(audited, BOOK, coder="anna").facts.sample == "two"
    with pytest.raises(ReviewError, match="no audit sample 'three'"):
        build_sheet(audited, BOOK, coder="anna", sample="three")


def test_clauses_to_audit_stay_out_of_other_sheets(audited: Store) -> None:
    hidden = list_hidden(audited, "anna")
    for queue in ("fix", "all"):
        sheet = build_sheet(audited, BOOK, coder="anna", queue=queue)  # type: ignore[arg-type]
        keys = {row[1] for row in read_cells(sheet.data)[1:]}
        assert not keys & hidden
        assert sheet.n_hidden == len(set(list_keys(audited)) & hidden) > 0
    assert not set(list_queue(audited, "anna", "fix")) & set(list_keys(audited)[:12])


def test_an_audit_is_coded_in_no_other_sheet_by_anybody(audited: Store) -> None:
    keys = list_keys(audited)[:12]
    for key in keys:
        code(audited, "anna", key, "demand")
        code(audited, "bao", key, "supply")
    data = build_sheet(audited, BOOK, coder="chen", queue="all").data
    assert not {row[1] for row in read_cells(data)[1:]} & set(keys)
    written = f"clause_key,class\n{keys[0]},supply\n".encode()
    plan = plan_import(audited, BOOK, written, "x.csv", coder="chen", queue="all")
    assert (plan.counts["foreign"], apply_import(audited, plan).n_events) == (1, 0)


def test_suggestions_are_shown_but_where_the_meter_hides_them(store: Store) -> None:
    write_setting(store, "", "hidden_share", 0.5)
    sheet = build_sheet(store, BOOK, coder="anna", queue="fix", lang="zh")
    shown = [row[9] for row in read_cells(sheet.data)[1:]]
    assert 0 < sum(one is None for one in shown) < len(shown)
    plan = plan_import(store, BOOK, fill(sheet.data, {f"L{at}": "供给" for at in range(2, len(shown) + 2)}), "x.xlsx")
    apply_import(store, plan)
    seen = {one.key: one.suggestion_shown for one in list_decisions(store, track="free", coder="anna")}
    assert [seen[key] for key in list_queue(store, "anna", "fix")] == [one is not None for one in shown]
    write_setting(store, "bao", "suggestions", "off")
    assert not any(row[9] for row in read_cells(build_sheet(store, BOOK, coder="bao", queue="all").data)[1:])


def test_the_context_is_there(store: Store) -> None:
    clauses = list_clauses(store, coded=False)
    rows = read_cells(build_sheet(store, BOOK, coder="anna", queue="all", lang="en").data)
    assert rows[0][5:8] == ("Before", "Clause", "After")
    assert rows[1][5:8] == (clauses[0].text, clauses[1].text, "\n".join(clause.text for clause in clauses[2:5]))


def test_the_first_rows_alone_and_the_same_bytes(store: Store) -> None:
    first = build_sheet(store, BOOK, coder="anna", queue="fix", most=5)
    assert first.n_rows == 5
    assert first.data == build_sheet(store, BOOK, coder="anna", queue="fix", most=5).data


def test_nothing_to_code(store: Store) -> None:
    with pytest.raises(ReviewError, match="no audit sample has been drawn"):
        build_sheet(store, BOOK, coder="anna")
    draw(store, "one", list_keys(store)[:2], coders=["bao"])
    with pytest.raises(ReviewError, match="anna has no share"):
        build_sheet(store, BOOK, coder="anna")


@pytest.mark.parametrize("queue", ["audit", "fix", "all"])
def test_a_round_trip_changes_what_was_changed(audited: Store, queue: str) -> None:
    sheet = build_sheet(audited, BOOK, coder="anna", queue=queue, lang="zh")  # type: ignore[arg-type]
    place = ("J", "K", "L", "M") if queue == "audit" else ("L", "M", "N", "O")
    assert plan_import(audited, BOOK, sheet.data, "x.xlsx").counts["unchanged"] == sheet.n_rows
    cells = {f"{place[0]}2": "Ｓ", f"{place[1]}3": "人才", f"{place[2]}4": "是", f"{place[3]}5": "只有备注"}
    data = fill(sheet.data, cells)
    plan = plan_import(audited, BOOK, data, "x.xlsx")
    assert (plan.counts["new"], plan.counts["changed"], plan.counts["unchanged"]) == (3, 1, sheet.n_rows - 4)
    assert list_decisions(audited, coder="anna") == []
    assert apply_import(audited, plan).n_events == 4
    keys = [change.key for change in plan.changes[:4]]
    track = "audit" if queue == "audit" else "free"
    decided = {one.key: one for one in list_decisions(audited, coder="anna")}
    assert [decided[key].track for key in keys[:3]] == [track] * 3
    assert (decided[keys[0]].instrument, decided[keys[1]].subtype, decided[keys[2]].status) == (
        "supply",
        "talent",
        "unsure",
    )
    assert decided[keys[0]].sample == ("one" if queue == "audit" else "")
    assert decided[keys[0]].source.startswith("xlsx:")
    assert find_memo(audited, "anna", keys[3]) == "只有备注"
    again = plan_import(audited, BOOK, data, "x.xlsx")
    assert again.counts["unchanged"] == sheet.n_rows
    anew = build_sheet(audited, BOOK, coder="anna", queue=queue)  # type: ignore[arg-type]
    assert plan_import(audited, BOOK, anew.data, "x.xlsx").counts["unchanged"] == anew.n_rows


def test_a_code_that_is_taken_out_is_put_off(audited: Store) -> None:
    key = list_keys(audited)[0]
    append(audited, [Draft("code", "anna", "audit", key, instrument="supply", memo="alt", sample="one")])
    sheet = build_sheet(audited, BOOK, coder="anna")
    plan = plan_import(audited, BOOK, fill(sheet.data, {"J2": None, "M2": None}), "x.xlsx")
    assert plan.counts["cleared"] == 1
    apply_import(audited, plan)
    (stands,) = find_decisions(audited, key)
    assert (stands.status, stands.memo) == ("skipped", "")


def test_a_sample_that_is_unveiled_stays_as_it_is(audited: Store) -> None:
    keys = list_keys(audited)
    code(audited, "anna", keys[0], "demand")
    data = build_sheet(audited, BOOK, coder="anna").data
    write_setting(audited, "anna", "unveiled", ["one"])
    plan = plan_import(audited, BOOK, fill(data, {"J2": "供给"}), "x.xlsx")
    with pytest.raises(ReviewError, match=r"unveiled for anna.*adjudicat"):
        apply_import(audited, plan)
    assert find_decisions(audited, keys[0])[0].instrument == "demand"
    assert apply_import(audited, plan_import(audited, BOOK, data, "x.xlsx")).n_events == 0


def test_conflicts_wait_for_a_word(audited: Store) -> None:
    keys = list_keys(audited)
    data = fill(build_sheet(audited, BOOK, coder="anna").data, {"J2": "供给", "J3": "需求"})
    code(audited, "anna", keys[0], "none")
    plan = plan_import(audited, BOOK, data, "x.xlsx")
    assert [change.status for change in plan.changes[:2]] == ["conflict", "new"]
    n_events = len(read_events(audited))
    with pytest.raises(ReviewError, match="1 clauses were coded in the study as well"):
        apply_import(audited, plan)
    assert len(read_events(audited)) == n_events
    assert apply_import(audited, plan, conflicts="theirs").n_left == 1
    assert find_decisions(audited, keys[0])[0].instrument == "none"
    assert apply_import(audited, plan_import(audited, BOOK, data, "x.xlsx"), conflicts="mine").n_events == 1
    assert find_decisions(audited, keys[0])[0].instrument == "supply"


def test_others_count_in_free_corrections_and_not_in_an_audit(audited: Store) -> None:
    keys = list_queue(audited, "anna", "fix")
    blind = fill(build_sheet(audited, BOOK, coder="anna").data, {"J2": "供给"})
    free = fill(build_sheet(audited, BOOK, coder="anna", queue="fix").data, {"L2": "供给"})
    code(audited, "bao", list_keys(audited)[0], "demand")
    code(audited, "bao", keys[0], "demand", queue="fix")
    assert plan_import(audited, BOOK, blind, "x.xlsx").counts["new"] == 1
    assert plan_import(audited, BOOK, free, "x.xlsx").counts["conflict"] == 1


def test_rows_that_cannot_be_used_leave_the_others(audited: Store) -> None:
    data = fill(build_sheet(audited, BOOK, coder="anna").data, {"J2": "公给", "J3": "供给", "G4": "别的", "J4": "供给"})
    plan = plan_import(audited, BOOK, data, "x.xlsx")
    assert (plan.n_refused, plan.changes[0].nearest) == (2, ("supply",))
    applied = apply_import(audited, plan)
    assert (applied.n_events, applied.n_left) == (1, 2)


def test_a_csv_needs_to_be_told_whose_it_is(audited: Store) -> None:
    key = list_keys(audited)[0]
    data = f"clause_key,类别\n{key},供给\n".encode("gb18030")
    with pytest.raises(ReviewError, match="Give --coder"):
        plan_import(audited, BOOK, data, "x.csv")
    plan = plan_import(audited, BOOK, data, "x.csv", coder="anna", queue="audit")
    assert (plan.counts["new"], plan.sample) == (1, "one")
    assert plan.source.startswith("csv:")


def test_anothers_sheet_is_refused(audited: Store) -> None:
    data = build_sheet(audited, BOOK, coder="anna").data
    with pytest.raises(ReviewError, match="exported for the coder anna, not bao"):
        plan_import(audited, BOOK, data, "x.xlsx", coder="bao")
    with pytest.raises(ReviewError, match="codes are read from"):
        plan_import(audited, BOOK, data, "x.xls")


def test_a_sheet_of_an_earlier_run_still_counts(tmp_path: Path) -> None:
    texts = {"d": ["一、总则", "支持企业。", "给予补贴。", "加强监管。"]}
    store = open_store(tmp_path / "review.sqlite")
    load_made(store, texts, run_id="first")
    data = fill(build_sheet(store, BOOK, coder="anna", queue="all").data, {"L2": "供给", "L3": "供给"})
    load_made(store, {"d": ["一、总则", "支持企业。", "给予更多补贴。", "加强监管。"]}, run_id="second")
    plan = plan_import(store, BOOK, data, "x.xlsx")
    assert [change.status for change in plan.changes] == ["new", "foreign", "unchanged"]
    store.close()


def read_table(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_tables_of_finals_and_decisions(audited: Store, tmp_path: Path) -> None:
    keys = list_keys(audited)
    for coder, subtype in (("anna", "talent"), ("bao", "talent")):
        code(audited, coder, keys[0], "supply", subtype)
    code(audited, "anna", keys[1], "demand")
    code(audited, "bao", keys[1], "supply")
    code(audited, "chen", keys[30], "none", queue="fix")
    finals = read_table(build_finals_csv(tmp_path, audited))
    assert [
        (row["instrument"], row["how"], row["draw"], row["coder_id"])
        for row in sorted(finals, key=lambda row: row["how"])
    ] == [
        ("supply", "agreed", "random", "human:anna+bao"),
        ("none", "corrected", "chosen", "human:chen"),
    ]
    (drawn,) = (row for row in finals if row["draw"] == "random")
    assert float(drawn["weight"]) == pytest.approx(len(keys) / 12)
    assert {row["after_estimate"] for row in finals} == {"false"}
    decisions = read_table(build_decisions_csv(tmp_path, audited))
    assert sorted((row["coder_id"], row["instrument"]) for row in decisions) == [
        ("anna", "demand"), ("anna", "supply"), ("bao", "supply"), ("bao", "supply"),
    ]  # fmt: skip
    assert [row["coder_id"] for row in read_table(build_decisions_csv(tmp_path, audited, queue="fix"))] == ["chen"]


def test_how_a_review_stands(audited: Store, tmp_path: Path) -> None:
    keys = list_keys(audited)
    for coder in ("anna", "bao"):
        code(audited, coder, keys[0])
    append(audited, [Draft("skip", "anna", "audit", keys[1]), Draft("unsure", "anna", "audit", keys[2])])
    append(audited, [Draft("unsure", "bao", "audit", keys[2])])
    status = measure_status(audited, tmp_path, BOOK)
    (sample,) = status.samples
    assert (sample.n_items, sample.n_done, sample.n_untouched) == (12, 2, 10)
    of = {one.coder: one for one in status.coders}
    assert (of["anna"].audit_left, of["anna"].unsure, of["anna"].skipped) == (10, 1, 1)
    assert (status.finals, status.n_open, status.alpha, status.problems) == ({"agreed": 1}, {"unsure": 1}, None, ())
    assert (status.n_events, status.first_estimate, status.n_after, status.lost) == (6, None, 0, ())
