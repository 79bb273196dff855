import shutil
from pathlib import Path

import pytest

import textq
from textq.events import Draft
from textq.pipeline.review_anchoring import EVERY, REASON, guard_anchoring, measure_anchoring
from textq.pipeline.review_open import load_once
from textq.review.anchoring import TOLERABLE
from textq.store.corpus import list_suggestions
from textq.store.events import append
from textq.store.queues import hides_suggestion
from textq.store.rows import Suggestion
from textq.store.settings import read_setting, write_setting
from textq.store.store import Store, open_store


@pytest.fixture
def store(sample_run: textq.Run, tmp_path: Path) -> Store:
    study = Path(shutil.copytree(sample_run.run_dir.parents[1], tmp_path / "study"))
    opened = open_store(study / "review.sqlite")
    run = study / "runs" / sample_run.run_dir.name
    load_once(opened, run, str(sample_run.meta["run_id"]))
    return opened


def fix(store: Store, suggestions: list[Suggestion], *, follows: bool) -> None:
    """Code clauses in FIX; who follows agrees wherever the machine's code is in sight, else every other time."""
    drafts = []
    for number, one in enumerate(suggestions):
        hidden = hides_suggestion(store, "anna", one.key)
        agrees = (follows and not hidden) or number % 2 == 0
        other = "supply" if one.instrument != "supply" else "demand"
        drafts.append(
            Draft(
                "code", "anna", "fix", clause=one.key, instrument=one.instrument if agrees else other,
                suggestion_shown=not hidden,
            )
        )  # fmt: skip
    append(store, drafts)


def test_too_few_decisions_have_no_pull(store: Store) -> None:
    fix(store, list_suggestions(store)[:50], follows=True)
    assert measure_anchoring(store, "anna") is None
    assert guard_anchoring(store, "anna") is None


def test_suggestions_end_where_the_pull_is_too_large(store: Store) -> None:
    fix(store, list_suggestions(store)[: 16 * EVERY], follows=True)
    pull = guard_anchoring(store, "anna")
    assert pull is not None
    assert pull.low > TOLERABLE
    assert read_setting(store, "anna", "suggestions") == "off"
    assert read_setting(store, "anna", REASON)["n_hidden"] == pull.n_hidden
    assert hides_suggestion(store, "anna", list_suggestions(store)[0].key)
    assert guard_anchoring(store, "anna") is None


def test_who_judges_alike_keeps_the_suggestions(store: Store) -> None:
    fix(store, list_suggestions(store)[: 16 * EVERY], follows=False)
    pull = measure_anchoring(store, "anna")
    assert pull is not None
    assert not pull.is_too_large
    assert guard_anchoring(store, "anna") is None
    assert read_setting(store, "anna", "suggestions", "on") == "on"


def test_decisions_after_suggestions_ended_do_not_count(store: Store) -> None:
    suggestions = list_suggestions(store)
    fix(store, suggestions[:400], follows=False)
    before = measure_anchoring(store, "anna")
    write_setting(store, "anna", "suggestions", "off")
    fix(store, suggestions[400:600], follows=True)
    after = measure_anchoring(store, "anna")
    assert before is not None
    assert after is not None
    assert (after.n_shown, after.value) == (before.n_shown, before.value)


def test_bulk_browse_and_audit_do_not_count(store: Store) -> None:
    suggestions = list_suggestions(store)[:400]
    append(
        store,
        [
            Draft("code", "anna", "browse", clause=one.key, instrument="none", suggestion_shown=True)
            for one in suggestions
        ],
    )
    assert measure_anchoring(store, "anna") is None
