"""What the machine's accuracy rests on, and what is missing before it is final."""

from pathlib import Path

from tests.textq.pipeline.made_audits import code_audit, draw_audit, make_review, write_study
from tests.textq.store.made import list_keys
from textq.events import Draft
from textq.lexicon.read import read_codebook
from textq.pipeline.review_accuracy import MachineAccuracy, measure_machine
from textq.pipeline.review_agreement import measure_run
from textq.pipeline.review_status import measure_status
from textq.store.events import append
from textq.store.store import Store


def measure(out: Path, store: Store) -> MachineAccuracy:
    found = measure_machine(store, read_codebook(out / "runs" / "made" / "codebook.yaml"))
    assert found is not None
    return found


def make_audit(out: Path) -> tuple[Store, list[str]]:
    """Return a review in which anna has coded eight of ten clauses, and bao the first four, one of them otherwise."""
    write_study(out)
    store = make_review(out, 20)
    with store.write() as connection:
        connection.execute("UPDATE suggestion SET instrument = 'c1'")
    keys = list_keys(store)
    seen = [Draft("code", "anna", "fix", key, instrument="c2", suggestion_shown=True) for key in keys[:2]]
    append(store, [*seen, Draft("code", "bao", "fix", keys[2], instrument="c2", suggestion_shown=False)])
    draw_audit(store, keys[:10])
    code_audit(store, {"anna": dict.fromkeys(keys[:8], "c1"), "bao": {**dict.fromkeys(keys[:3], "c1"), keys[3]: "c2"}})
    return store, keys


def test_what_is_missing_is_counted(tmp_path: Path) -> None:
    store, keys = make_audit(tmp_path)
    found = measure(tmp_path, store)
    assert (found.n_due, found.n_single, found.n_open, found.n_exposed) == (2, 4, 1, 2)
    assert not found.is_final
    code_audit(store, {"anna": dict.fromkeys(keys[8:10], "c1"), "bao": dict.fromkeys(keys[4:10], "c1")})
    append(store, [Draft("adjudicate", "chen", "adjudicate", keys[3], instrument="c1")])
    found = measure(tmp_path, store)
    assert (found.n_due, found.n_single, found.n_open, found.n_clauses) == (0, 0, 0, 10)
    assert found.is_final


def test_measuring_changes_no_file(tmp_path: Path) -> None:
    store, _ = make_audit(tmp_path)
    store.close()
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert measure_run(tmp_path, draws=0).agreement is not None
    assert {path: path.read_bytes() for path in files} == files  # SQLite may leave its empty files beside the store


def test_final_codes_of_clauses_that_the_run_has_not_are_no_progress(tmp_path: Path) -> None:
    store, keys = make_audit(tmp_path)
    book = read_codebook(tmp_path / "runs" / "made" / "codebook.yaml")
    before = measure_status(store, tmp_path, book).finals
    with store.write() as connection:
        connection.execute("UPDATE clause SET in_run = 0 WHERE key = ?", (keys[0],))
    after = measure_status(store, tmp_path, book)
    assert after.finals == {**before, "agreed": before["agreed"] - 1}
    assert [lost.key for lost in after.lost] == [keys[0]]
