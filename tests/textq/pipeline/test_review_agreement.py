"""Agreement of a review: published answers by way of the store, what is left out, samples apart, the machine."""

from pathlib import Path

import pytest

from tests.textq.coding.reliability.made_codings import assert_as_printed, list_published, read_reference
from tests.textq.pipeline.made_audits import code_audit, draw_audit, make_published, make_review, write_study
from tests.textq.store.made import list_keys, turn
from textq.coding.reliability.joint_codings import MISSING
from textq.errors import ReviewError
from textq.events import Draft
from textq.lexicon.codebook import Codebook
from textq.pipeline.review_agreement import (
    find_alpha,
    list_cell,
    measure_cached,
    measure_review,
    measure_run,
    require_agreement,
)
from textq.pipeline.run_codebook import load_run_codebook
from textq.store.corpus import find_suggestion
from textq.store.events import append
from textq.store.store import Store

NAMES = {
    "alpha": "alpha",
    "gwet": "ac1",
    "fleiss": "fleiss",
    "conger": "conger",
    "brennan_prediger": "brennan_prediger",
}
PUBLISHED = [row for row in list_published(*NAMES, "kappa") if row["scale"] in ("nominal", "identity")]


def list_values(name: str) -> list[list[int | None]]:
    joined = read_reference(name)
    return [[None if code == MISSING else int(code) for code in row] for row in joined.codes]


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['data']}-{row['coefficient']}-{row['scale']}")
def test_published_answers_by_way_of_the_store(tmp_path: Path, row: dict[str, str]) -> None:
    make_published(tmp_path, list_values(row["data"]))
    found = measure_run(tmp_path, draws=0).agreement
    assert found is not None
    codes, name = found.codes, NAMES.get(row["coefficient"], "kappa")
    one = codes.pairs[0].kappa.coefficient if name == "kappa" else codes.overall.get(name)
    assert one is not None
    assert_as_printed(one.value, row["value"])
    assert_as_printed(one.standard_error, row["standard_error"])
    if row["z"]:
        assert_as_printed(codes.pairs[0].kappa.z, row["z"])


@pytest.fixture
def study(tmp_path: Path) -> Store:
    write_study(tmp_path)
    return make_review(tmp_path, 20)


@pytest.fixture
def book(tmp_path: Path, study: Store) -> Codebook:
    return load_run_codebook(tmp_path / "runs" / "made")


def test_what_is_left_out_is_counted(study: Store, book: Codebook) -> None:
    keys = list_keys(study)[:10]
    draw_audit(study, keys)
    code_audit(study, {"anna": dict.fromkeys(keys[:8], "c1"), "bao": {**dict.fromkeys(keys[:5], "c1"), keys[5]: "c2"}})
    append(study, [
        Draft("unsure", "bao", "audit", keys[6], sample="audit-1"),
        Draft("skip", "bao", "audit", keys[7], sample="audit-1"),
    ])  # fmt: skip
    (event,) = append(study, [Draft("code", "bao", "audit", keys[8], instrument="c3", sample="audit-1")])
    turn(study, "undo", event)
    append(study, [Draft("code", "bao", "fix", key, instrument="none") for key in list_keys(study)[10:15]])
    append(study, [Draft("code", "anna", "import", key, instrument="none") for key in list_keys(study)[10:15]])
    found = measure_review(study, book, draws=0)
    assert found.agreement is not None
    assert (found.agreement.codes.n_clauses, found.agreement.codes.percent.value) == (6, pytest.approx(5 / 6))
    left = found.left_out
    assert (left.unsure, left.skipped, left.undone, left.single) == (1, 1, 1, 2)
    assert left.due == 2 * 10 - 8 - 6 - 1  # the skipped one and the one taken back are due still
    assert list_cell(found, "anna", "bao", "c1", "c2") == [keys[5]]
    assert found.left_out == found.rounds[0].left_out


def test_coding_again_after_undo_is_nothing_taken_back(study: Store, book: Codebook) -> None:
    keys = list_keys(study)[:3]
    draw_audit(study, keys)
    (event,) = append(study, [Draft("code", "anna", "audit", keys[0], instrument="c3", sample="audit-1")])
    turn(study, "undo", event)
    code_audit(study, {"anna": dict.fromkeys(keys, "c1"), "bao": dict.fromkeys(keys, "c1")})
    found = measure_review(study, book, draws=0)
    assert found.left_out.undone == 0
    assert found.agreement is not None
    assert found.agreement.codes.percent.value == 1


def test_samples_stand_apart(study: Store, book: Codebook) -> None:
    keys = list_keys(study)
    draw_audit(study, keys[:4], "first")
    code_audit(study, {"anna": dict.fromkeys(keys[:4], "c1"), "bao": dict.fromkeys(keys[:4], "c2")}, "first")
    draw_audit(study, keys[4:8], "second")
    code_audit(study, {"anna": dict.fromkeys(keys[4:8], "c1"), "bao": dict.fromkeys(keys[4:8], "c1")}, "second")
    found = measure_review(study, book, draws=0)
    assert [one.sample.sample for one in found.rounds] == ["first", "second"]
    percents = [one.agreement.codes.percent.value for one in (*found.rounds, found) if one.agreement]
    assert percents == [0, 1, 0.5]


def test_subtypes_are_compared(study: Store, book: Codebook) -> None:
    keys = list_keys(study)[:4]
    draw_audit(study, keys)
    code_audit(study, {"anna": dict.fromkeys(keys, "c1/a"), "bao": {**dict.fromkeys(keys, "c1/a"), keys[0]: "c1/b"}})
    agreement = measure_review(study, book, draws=0).agreement
    assert agreement is not None
    assert agreement.subtypes is not None
    assert (agreement.codes.percent.value, agreement.subtypes.percent.value) == (1, 0.75)
    assert (len(agreement.disagreements), agreement.n_on_subtype) == (1, 1)


def test_documents_are_drawn(study: Store, book: Codebook) -> None:
    keys = list_keys(study)
    draw_audit(study, keys)
    code_audit(study, {"anna": dict.fromkeys(keys, "c1"), "bao": {**dict.fromkeys(keys, "c1"), keys[0]: "c2"}})
    agreement = measure_review(study, book, draws=50).agreement
    assert agreement is not None
    assert (agreement.by, agreement.codes.n_documents) == ("document", 5)
    assert agreement.codes.alpha.interval is not None


def recode_machine(store: Store, codes: dict[str, str]) -> None:
    """Give the machine's codes of some clauses by hand."""
    with store.write() as connection:
        connection.executemany("UPDATE suggestion SET instrument = ? WHERE key = ?", [(c, k) for k, c in codes.items()])


def test_machine_is_judged_by_blind_finals_alone(study: Store, book: Codebook) -> None:
    keys = list_keys(study)
    recode_machine(study, {key: "c1" if at % 2 else "c2" for at, key in enumerate(keys)})
    draw_audit(study, keys[:8])
    given = {**dict.fromkeys(keys[:6], "c1"), keys[6]: "c2"}
    code_audit(study, {"anna": given, "bao": {**given, keys[5]: "c3"}})
    append(study, [Draft("code", "anna", "fix", keys[10], instrument="c3")])
    machine = measure_review(study, book, draws=0).machine
    assert machine is not None
    assert machine.n_clauses == 6  # of eight, one is open and one was not coded
    assert machine.categories == ("c1", "c2", "c3", "none")
    assert machine.counts.astype(int).tolist() == [[2, 3, 0, 0], [0, 1, 0, 0], [0] * 4, [0] * 4]
    assert machine.accuracy.value == pytest.approx(3 / 6)
    assert machine.judged[keys[0]] == (("c1", None), ("c2", find_suggestion(study, keys[0]).subtype))  # type: ignore[union-attr]
    append(study, [Draft("adjudicate", "chen", "adjudicate", keys[5], instrument="c1", memo="why")])
    machine = measure_review(study, book, draws=0).machine
    assert machine is not None
    assert (machine.n_clauses, machine.counts[0].tolist()) == (7, [3, 3, 0, 0])


def test_codes_that_the_codebook_lacks_do_not_keep_agreement_back(study: Store, book: Codebook) -> None:
    keys = list_keys(study)[:4]
    recode_machine(study, dict.fromkeys(keys, "c1"))
    draw_audit(study, keys)
    code_audit(study, {"anna": dict.fromkeys(keys, "old"), "bao": dict.fromkeys(keys, "old")})
    found = measure_review(study, book, draws=0)
    assert found.agreement is not None
    assert found.agreement.unknown == ("old",)
    assert (found.machine, "old" in found.machine_problem) == (None, True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "no audit sample was drawn yet"),
        ({}, "nobody coded a clause of it yet"),
        ({"anna": slice(0, 4)}, "anna alone coded the audit, 4 codings.*nothing can be said"),
        ({"anna": slice(0, 2), "bao": slice(2, 4)}, "none of them was coded by two"),
    ],
)
def test_what_is_missing_is_said(study: Store, book: Codebook, given: dict[str, slice] | None, says: str) -> None:
    keys = list_keys(study)[:4]
    if given is not None:
        draw_audit(study, keys)
        code_audit(study, {coder: dict.fromkeys(keys[part], "c1") for coder, part in given.items()})
    found = measure_review(study, book, draws=0)
    assert found.agreement is None
    with pytest.raises(ReviewError, match=says):
        require_agreement(found, "out")


def test_without_a_review_the_next_step_is_said(tmp_path: Path) -> None:
    write_study(tmp_path)
    with pytest.raises(ReviewError, match=r"no review was begun here.*textq review sample"):
        measure_run(tmp_path)


def test_coders_can_be_chosen(study: Store, book: Codebook) -> None:
    keys = list_keys(study)[:4]
    draw_audit(study, keys, each=3)
    code_audit(study, {name: dict.fromkeys(keys, code) for name, code in (("a", "c1"), ("b", "c1"), ("c", "c2"))})
    found = measure_review(study, book, coders=["a", "b"], draws=0).agreement
    assert found is not None
    assert found.codes.percent.value == 1
    with pytest.raises(ReviewError, match="zoe coded no clause of an audit sample"):
        measure_review(study, book, coders=["a", "zoe"])


def test_figures_are_measured_anew_only_after_an_event(study: Store, book: Codebook) -> None:
    keys = list_keys(study)[:4]
    draw_audit(study, keys)
    assert find_alpha(study, book) is None
    code_audit(study, {"anna": dict.fromkeys(keys, "c1"), "bao": {**dict.fromkeys(keys, "c1"), keys[0]: "c2"}})
    first = measure_cached(study, book)
    assert measure_cached(study, book) is first
    alpha = find_alpha(study, book)
    assert alpha is not None
    assert (alpha.n_clauses, alpha.coders) == (4, ("anna", "bao"))
    code_audit(study, {"bao": {keys[0]: "c1"}})
    assert measure_cached(study, book) is not first
