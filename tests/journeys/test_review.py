"""From a corpus over its scores and a review back to the scores, and what the two runs differ in."""

import csv
import json
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

import textq
from tests.textq.pipeline.made_reviews import correct, open_review
from textq.cli import main
from textq.events import Draft
from textq.lexicon.read import builtin_codebook
from textq.pipeline.difference import compare_runs
from textq.pipeline.review_accuracy import measure_machine
from textq.pipeline.review_finals import read_finals
from textq.pipeline.review_sampling import SampleOptions, sample_run
from textq.run_tables import explode_units
from textq.store.corpus import find_clause
from textq.store.events import append
from textq.store.queues import list_items, list_samples

N_CORRECTED = 6
CODERS = ("anna", "bao")


def run_textq(*arguments: object) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    assert not stopped.value.code, arguments


def turn(instrument: str) -> str:
    """Return another code than the machine's, so that every code of a person moves its clause."""
    return "demand/market" if instrument != "demand" else "supply/funding"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("review") / "study"


@pytest.fixture(scope="module")
def before(repository: Path, out: Path) -> textq.Run:
    return textq.score(repository / "corpus", out=out)


@pytest.fixture(scope="module")
def audited(out: Path, before: textq.Run) -> dict[str, str]:
    """The clauses of a drawn audit, both coders of which differ from the machine on each."""
    sample_run(out, SampleOptions(size=12, unit="clause", coders=CODERS))
    machine = before.codings.set_index("clause_id")["instrument"]
    codes: dict[str, str] = {}
    with closing(open_review(out)) as store:
        (sample,) = list_samples(store)
        drafts = []
        for item in list_items(store, sample.sample):
            clause = find_clause(store, item.key)
            assert clause is not None
            codes[clause.clause_id] = turn(machine[clause.clause_id])
            instrument, _, subtype = codes[clause.clause_id].partition("/")
            drafts += [
                Draft("code", coder, "audit", item.key, instrument=instrument, subtype=subtype, sample=sample.sample,
                      codebook=before.meta["codebook"])
                for coder in CODERS
            ]  # fmt: skip
        append(store, drafts)
    return codes


@pytest.fixture(scope="module")
def corrected(out: Path, before: textq.Run, audited: dict[str, str]) -> dict[str, str]:
    """Clauses outside the audit that one person corrects."""
    others = before.codings[~before.codings["clause_id"].isin(list(audited))]
    codes = {row.clause_id: turn(row.instrument) for row in others.head(N_CORRECTED).itertuples()}
    correct(out, codes, edition=before.meta["codebook"])
    return codes


@pytest.fixture(scope="module")
def after(repository: Path, out: Path, audited: dict[str, str], corrected: dict[str, str]) -> textq.Run:
    return textq.score(repository / "corpus", out=out)


def test_exactly_the_reviewed_clauses_move(
    before: textq.Run, after: textq.Run, audited: dict[str, str], corrected: dict[str, str]
) -> None:
    codes = [run.codings.set_index("clause_id")["instrument"] for run in (before, after)]
    moved = codes[1][codes[0] != codes[1]]

    assert moved.to_dict() == {name: code.partition("/")[0] for name, code in (audited | corrected).items()}
    how = after.meta["review"]["how"]
    assert (how["agreed"], how["corrected"], sum(how.values())) == (len(audited), N_CORRECTED, len(moved))


def test_scores_move_by_the_clauses_that_moved(
    before: textq.Run, after: textq.Run, audited: dict[str, str], corrected: dict[str, str]
) -> None:
    """Each clause takes 1 from one count and adds 1 to another, in each city that its document is for."""
    machine = before.codings.set_index("clause_id")["instrument"]
    cells = explode_units(before.documents).groupby("doc_id")[["unit", "period"]]
    places = {doc_id: list(rows.itertuples(index=False, name=None)) for doc_id, rows in cells}
    expected: Counter[tuple[object, ...]] = Counter()
    for name, code in (audited | corrected).items():
        for place in places.get(name.rpartition("#")[0], []):
            expected[*place, machine[name]] -= 1
            expected[*place, code.partition("/")[0]] += 1
    key = ["unit", "period", "instrument"]
    counts = [run.scores.set_index(key)["count"] for run in (before, after)]
    change = (counts[1] - counts[0]).loc[lambda values: values != 0]

    assert change.to_dict() == {cell: moved for cell, moved in expected.items() if moved}
    assert len(change) > 0


def test_the_difference_lists_them(
    before: textq.Run, after: textq.Run, audited: dict[str, str], corrected: dict[str, str]
) -> None:
    found = compare_runs(before.run_dir, after.run_dir).scores
    assert found is not None

    rows = found.clauses.rows
    assert dict(zip(rows["clause_after"], rows["code_after"], strict=True)) == audited | corrected
    assert set(rows["what"]) == {"code"}
    by = dict(zip(rows["clause_after"], rows["coder_after"], strict=True))
    assert by == dict.fromkeys(audited, "human:anna+bao") | dict.fromkeys(corrected, "human:anna")


def test_without_the_review_every_byte_is_as_before(repository: Path, out: Path, before: textq.Run) -> None:
    again = textq.score(repository / "corpus", out=out, review=False)

    assert before.meta["outputs"] == again.meta["outputs"]
    assert before.meta["run_id"] == again.meta["run_id"]


def test_free_corrections_are_in_no_figure_of_the_audit(out: Path, after: textq.Run, audited: dict[str, str]) -> None:
    with closing(open_review(out)) as store:
        machine = measure_machine(store, builtin_codebook())
    review = read_finals(out)
    assert machine is not None
    assert review is not None

    assert machine.n_clauses == machine.counts.sum() == len(audited)
    assert set(machine.judged) == {one.key for one in review.finals if one.track == "audit"}
    assert machine.accuracy.value == pytest.approx(0)


def test_the_codes_of_people_can_be_learnt_from_judged_by_and_compared(
    out: Path, after: textq.Run, audited: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finals, decisions = tmp_path / "finals.csv", tmp_path / "decisions.csv"
    run_textq("review", "export", out, "--csv", finals, "--decisions", decisions)
    with finals.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["draw"] for row in rows) == {"random": len(audited), "chosen": N_CORRECTED}
    capsys.readouterr()

    run_textq("evaluate", finals, "--coder", "rules", "--where", "draw=random", "--json")
    assert json.loads(capsys.readouterr().out)["scores"]["n_clauses"] == len(audited)
    run_textq("agree", decisions, "--json")
    assert json.loads(capsys.readouterr().out)["codes"]["n_clauses"] == len(audited)
