"""Blind codes can be changed until codes of others or of the machine were in sight; then they stand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.textq.store.made import draw, list_keys, make_store
from tests.textq.web.served import Browser, Served, run_server
from textq.lexicon.read import builtin_codebook
from textq.pipeline.review_open import ReviewStudy
from textq.store.clauses import find_clause
from textq.store.decisions import find_decisions
from textq.store.events import read_events
from textq.store.search import Query, search
from textq.store.settings import write_setting
from textq.store.store import Store
from textq.web.browse import withhold
from textq.web.unveiling import list_unveiled

FRAGMENT = {"X-Textq": "fragment"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    store = make_store(tmp_path / "review.sqlite", n_documents=2, n_clauses_each=4)
    study = ReviewStudy(store, tmp_path, "made", tmp_path, builtin_codebook(), ("anna", "bao"), "en")
    with run_server(study, needs_pin=False) as running:
        yield running
        assert not running.errors
    store.close()


@pytest.fixture
def keys(server: Served) -> list[str]:
    """The clauses of a sample that anna and bao have coded, and differ on."""
    keys = list_keys(server.store)[:2]
    draw(server.store, "first", keys, each=2, coders=["anna", "bao"])
    for coder, code in (("bao", "none"), ("anna", "supply/talent")):
        browser = server.sign_in(coder)
        for key in keys:
            assert browser.post(f"/q/audit/{key}", {"code": code}).status == 303
    return keys


def find_code(store: Store, key: str) -> str | None:
    return next(one.instrument for one in find_decisions(store, key) if (one.coder, one.track) == ("anna", "audit"))


def test_until_a_page_unveils_codes_can_be_changed_undone_and_redone(server: Served, keys: list[str]) -> None:
    anna = server.sign_in("anna")
    for path in ("/", f"/q/audit/{keys[0]}", "/q/audit", "/settings", "/codebook", "/browse?q=nothing"):
        assert anna.get(path).status == 200
    assert not list_unveiled(server.store, "anna")
    assert anna.post("/undo").status == 303
    assert anna.post("/redo").status == 303
    assert anna.post(f"/q/audit/{keys[0]}", {"code": "demand/trade"}).status == 303
    assert find_code(server.store, keys[0]) == "demand"


@pytest.mark.parametrize(
    "path",
    ["/agreement", "/adjudicate", "/doc/{doc}", "/browse", "/log", "/io/finals.csv", "/io/decisions.csv?who=all"],
)
def test_after_it_they_stand(server: Served, keys: list[str], path: str) -> None:
    anna = server.sign_in("anna")
    clause = find_clause(server.store, keys[0])
    assert clause
    assert anna.get(path.format(doc=clause.doc_id)).status in (200, 303)
    assert list_unveiled(server.store, "anna") == {"first"}
    assert not list_unveiled(server.store, "bao")
    n_events = len(read_events(server.store))
    _refuse(anna, f"/q/audit/{keys[0]}", {"code": "none"})
    _refuse(anna, f"/q/audit/{keys[0]}", {"do": "unsure"})
    _refuse(anna, "/undo", {})
    last = next(one for one in read_events(server.store, coder="anna", newest_first=True))
    _refuse(anna, "/revert", {"do": "undo", "uuid": last.uuid})
    assert len(read_events(server.store)) == n_events
    assert find_code(server.store, keys[0]) == "supply"


def _refuse(browser: Browser, path: str, fields: dict[str, str]) -> None:
    answer = browser.post(path, fields, FRAGMENT)
    assert answer.status == 409
    assert "Settle a mistake in Adjudicate" in answer.text


def test_what_was_undone_cannot_be_redone_after_it(server: Served, keys: list[str]) -> None:
    anna = server.sign_in("anna")
    anna.post(f"/q/audit/{keys[0]}", {"code": "demand/trade"})
    anna.post("/undo")  # the code before stands again
    anna.get("/agreement")
    _refuse(anna, "/redo", {})
    assert find_code(server.store, keys[0]) == "supply"


def test_codes_of_a_sample_that_was_not_shown_can_be_changed(server: Served, keys: list[str]) -> None:
    anna = server.sign_in("anna")
    anna.get("/agreement")
    later = list_keys(server.store)[4:6]
    draw(server.store, "second", later, each=2, coders=["anna", "bao"])
    for key in later:
        anna.post(f"/q/audit/{key}", {"code": "none"})
    assert anna.post("/undo").status == 303
    assert anna.post(f"/q/audit/{later[0]}", {"code": "supply/talent"}).status == 303


def test_a_clause_that_comes_back_to_a_coder_can_be_coded_still(server: Served) -> None:
    key, other = list_keys(server.store)[:2]
    draw(server.store, "first", [key, other], coders=["anna", "bao"])
    anna, bao = server.sign_in("anna"), server.sign_in("bao")
    bao.post(f"/q/audit/{other}", {"code": "none"})
    anna.post(f"/q/audit/{key}", {"code": "none"})
    anna.get("/agreement")
    assert list_unveiled(server.store, "anna") == {"first"}
    bao.post("/undo")  # so that it waits for somebody again
    assert anna.post(f"/q/audit/{other}", {"do": "skip"}).status == 303
    assert anna.post(f"/q/audit/{other}", {"code": "none"}).status == 303


def test_unsettled_clauses_show_nobody_what_the_machine_gave(server: Served, keys: list[str]) -> None:
    write_setting(server.store, "", "hidden_share", 0.0)
    rows = search(server.store, Query(), hidden_for="anna").rows
    shown = {row.clause.key for row in rows if withhold(server.store, row, "anna").suggestion is not None}
    assert shown == {row.clause.key for row in rows} - set(keys)
    clause = find_clause(server.store, keys[0])
    assert clause
    n_others = sum(row.clause.doc_id == clause.doc_id and row.clause.key not in keys for row in rows)
    assert server.sign_in("anna").get(f"/doc/{clause.doc_id}").text.count('class="by-machine"') == n_others > 0
