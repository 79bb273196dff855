"""Adjudication: names hidden until it is decided, a reason required, undo, skip, closed while an audit is open."""

import json
from collections.abc import Callable

import pytest

from tests.textq.web.made_audit import code_both, draw_all
from tests.textq.web.served import Browser, Served
from textq.store.decisions import find_final
from textq.store.events import read_events
from textq.store.rows import StoredClause

FRAGMENT = {"X-Textq": "fragment"}


@pytest.fixture
def audited(serve: Callable[..., Served]) -> tuple[Served, list[StoredClause]]:
    served = serve("chen", lang="en")
    clauses = draw_all(served.store)
    code_both(served.store, clauses)
    return served, clauses


def open_page(browser: Browser, key: str) -> str:
    answer = browser.get(f"/adjudicate/{key}")
    assert answer.status == 200
    return answer.text


def test_open_clauses_come_one_after_the_other(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser = served.sign_in()
    answer = browser.get("/adjudicate")
    assert (answer.status, answer.headers["location"]) == (303, f"/adjudicate/{clauses[0].key}")
    for clause in clauses[:2]:
        page = browser.get("/adjudicate").headers["location"]
        assert page == f"/adjudicate/{clause.key}"
        assert browser.post(page, {"code": "none", "memo": "why"}).status == 303
    ended = browser.get("/adjudicate")
    assert ended.status == 200
    assert "Nothing is open." in ended.text


def test_names_are_hidden_until_it_is_decided(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser, key = served.sign_in(), clauses[0].key
    before = open_page(browser, key)
    assert "anna" not in before
    assert "bao" not in before
    assert "Coder A" in before
    assert "培养人才" in before
    assert 'data-code="demand/trade"' in before
    browser.post(f"/adjudicate/{key}", {"code": "supply/talent", "memo": "Talent is named."})
    after = open_page(browser, key)
    assert "anna" in after
    assert "bao" in after
    assert "Talent is named." in after
    assert "Coder A" not in after


def test_the_machine_is_nowhere_on_the_page(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    with served.store.write() as connection:
        connection.execute(
            "UPDATE suggestion SET instrument = 'environment', subtype = 'planning', confidence = 0.4321"
        )
    page = open_page(served.sign_in(), clauses[0].key)
    assert "0.4321" not in page
    assert "43 %" not in page
    assert 'data-code="environment' not in page


@pytest.mark.parametrize("rule", ["", "1"])
def test_reason_is_required(audited: tuple[Served, list[StoredClause]], rule: str) -> None:
    served, clauses = audited
    browser, key = served.sign_in(), clauses[0].key
    answer = browser.post(f"/adjudicate/{key}", {"code": "supply/talent", "memo": "  ", "rule": rule})
    final = find_final(served.store, key)
    if not rule:
        assert answer.status == 400
        assert "A decision needs a reason" in answer.text
        assert final is None
        short = browser.post(f"/adjudicate/{key}", {"code": "supply/talent"}, FRAGMENT)
        assert (short.status, short.headers["content-type"].startswith("text/plain")) == (400, True)
        return
    assert answer.status == 303
    assert final is not None
    assert (final.instrument, final.subtype, final.how) == ("supply", "talent", "adjudicated")
    (event,) = read_events(served.store, kind="adjudicate")
    assert json.loads(event.draft.detail)["rule"] == served.study.codebook.rules[0].statement
    assert (event.draft.coder, event.draft.memo, event.draft.suggestion_shown) == ("chen", "", False)


def test_rules_are_kept_alike_and_shown_in_the_language_of_the_page(serve: Callable[..., Served]) -> None:
    served = serve("chen", lang="zh")
    clauses = draw_all(served.store)
    code_both(served.store, clauses)
    browser, key = served.sign_in(), clauses[0].key
    kept, shown = (served.study.codebook_in(lang).rules[0].statement for lang in ("en", "zh"))
    assert f'lang="zh">1 {shown}</option>' in open_page(browser, key)
    assert browser.post(f"/adjudicate/{key}", {"code": "supply/talent", "rule": "1"}).status == 303
    (event,) = read_events(served.store, kind="adjudicate")
    assert json.loads(event.draft.detail)["rule"] == kept != shown
    page = open_page(browser, key)
    assert f'<option value="1" lang="zh" selected>1 {shown}</option>' in page
    assert f'<span lang="zh">{shown}</span>' in page
    assert kept not in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"code": "supply", "memo": "x"}, "needs a subtype"),
        ({"code": "supply/nothing", "memo": "x"}, "has no code supply/nothing"),
        ({"code": "none", "rule": "99"}, "has no rule 99"),
        ({"do": "accept", "memo": "x"}, "no action accept"),
        ({"code": "none", "memo": "x" * 10_001}, "at most 10,000"),
    ],
)
def test_what_does_not_fit_is_refused(
    audited: tuple[Served, list[StoredClause]], fields: dict[str, str], says: str
) -> None:
    served, clauses = audited
    answer = served.sign_in().post(f"/adjudicate/{clauses[0].key}", fields)
    assert answer.status == 400
    assert says in answer.text
    assert not read_events(served.store, kind="adjudicate")


def test_undo_hides_the_names_again(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser, key = served.sign_in(), clauses[0].key
    browser.post(f"/adjudicate/{key}", {"code": "none", "memo": "why"})
    assert browser.post("/undo", {"back": f"/adjudicate/{key}"}).status == 303
    assert "anna" not in open_page(browser, key)
    assert find_final(served.store, key) is None


def test_skipped_ones_come_at_the_end(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser = served.sign_in()
    answer = browser.post(f"/adjudicate/{clauses[0].key}", {"do": "skip"})
    assert answer.headers["location"] == f"/adjudicate/{clauses[1].key}"
    browser.post(f"/adjudicate/{clauses[1].key}", {"code": "none", "memo": "why"})
    assert browser.get("/adjudicate").headers["location"] == f"/adjudicate/{clauses[0].key}"


def test_fragment_shows_who_gave_what(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    answer = served.sign_in().post(f"/adjudicate/{clauses[0].key}", {"code": "none", "memo": "why"}, FRAGMENT)
    assert answer.status == 200
    assert answer.text.lstrip().startswith("<main")
    assert "anna" in answer.text
    assert "the coders are named now" in answer.text


def test_precedents_are_shown_with_their_reasons(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser = served.sign_in()
    browser.post(f"/adjudicate/{clauses[0].key}", {"code": "supply/talent", "memo": "Talent is what is named."})
    page = open_page(browser, clauses[1].key)
    assert clauses[0].text in page.partition('class="precedents"')[2]
    assert "Talent is what is named." in page


def test_clauses_that_are_not_open_have_no_page(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser = served.sign_in()
    assert browser.get(f"/adjudicate/{clauses[3].key}").status == 404
    assert browser.get("/adjudicate/0000000000000000").status == 404


def test_closed_while_own_audit_is_open(serve: Callable[..., Served]) -> None:
    served = serve("anna", lang="en")
    clauses = draw_all(served.store)
    for path in ("/adjudicate", f"/adjudicate/{clauses[0].key}"):
        answer = served.sign_in().get(path)
        assert answer.status == 403
        assert f"You have {len(clauses)} clauses of an audit left" in answer.text
    assert served.sign_in().post(f"/adjudicate/{clauses[0].key}", {"code": "none", "memo": "x"}).status == 403


def test_hostile_memos_stay_text(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    browser = served.sign_in()
    browser.post(f"/adjudicate/{clauses[0].key}", {"code": "none", "memo": "</textarea><script>alert(1)</script>"})
    assert "<script>alert" not in open_page(browser, clauses[0].key)


def test_chinese(audited: tuple[Served, list[StoredClause]]) -> None:
    served, clauses = audited
    page = served.sign_in().get(f"/adjudicate/{clauses[0].key}", {"Accept-Language": "zh-CN"})
    assert page.status == 200
