import json

import pytest

from tests.textq.store.made import make_store
from tests.textq.web.made_sample import draw_made, find_doc, list_coded, serve_texts
from textq.errors import ReviewError
from textq.events import Draft
from textq.store.corpus import find_clause
from textq.store.decisions import list_decisions
from textq.store.events import append, read_events
from textq.store.search import Query, search, search_keys
from textq.store.settings import write_setting
from textq.web.browse import mark_hits
from textq.web.browse_query import list_fields, read_query, write_address
from textq.web.bulk import find_targets


def test_query_comes_back_from_its_address():
    fields = {
        "q": "海外 仓", "unit": "330100", "period": "2016", "code": "supply/talent", "coder": "anna", "status": "coded",
        "max": "60", "doc": "alpha", "order": "confidence", "sha": "ab",
    }  # fmt: skip
    query = read_query(fields | {"page": "3"})
    assert list_fields(query) == fields
    assert (query.offset, query.limit) == (100, 50)
    assert (query.instrument, query.subtype, query.max_confidence) == ("supply", "talent", 0.6)
    assert write_address(Query()) == "/browse"
    assert write_address(Query(text="海外 仓"), page=2) == "/browse?q=%E6%B5%B7%E5%A4%96+%E4%BB%93&page=2"


@pytest.mark.parametrize(
    "fields", [{"period": "201x"}, {"max": "101"}, {"status": "all"}, {"order": "random"}, {"page": "-1"}]
)
def test_strange_filters_are_refused(fields):
    with pytest.raises(ReviewError, match=next(iter(fields))):
        read_query(fields)


def test_hits_are_marked_whatever_their_case():
    parts = list(mark_hits("建设B2B平台，b2b出口", ["b2b", "出口"]))
    assert "".join(part.text for part in parts) == "建设B2B平台，b2b出口"
    assert [part.text for part in parts if part.is_hit] == ["B2B", "b2b", "出口"]
    assert [part.is_hit for part in mark_hits("无", ["有"])] == [False]


def test_table_filters_and_searches(served):
    browser = served.sign_in()
    page = browser.get("/browse?q=%E8%B5%84%E9%87%91").text
    found = search(served.store, Query(text="资金"), hidden_for="anna")
    assert found.n >= 2
    assert f"{found.n} clauses" in page
    assert "<mark>资金</mark>" in page
    beta = browser.get(f"/browse?doc={find_doc(served.store, 'beta.txt')}").text
    assert "海外仓" not in beta
    assert "境外展会" in beta
    assert browser.get("/browse?period=x").status == 409


def test_hidden_clauses_show_no_codes_and_match_no_filter(served):
    alpha = find_doc(served.store, "alpha.txt")
    keys = list_coded(served.store, alpha)
    draw_made(served.store, "audit-1", keys, coders=["anna"], each=1)
    append(served.store, [Draft("code", "bao", "fix", keys[0], instrument="demand", subtype="overseas")])
    browser = served.sign_in()
    page = browser.get(f"/browse?doc={alpha}").text
    assert page.count("audit not done") == len(keys)
    assert 'class="chip' not in page
    for code in ("supply", "environment", "demand", "none"):
        filtered = browser.get(f"/browse?code={code}").text
        assert not any(key in filtered for key in keys)
    for other in ("status=coded", "status=uncoded", "coder=bao", "max=100"):
        filtered = browser.get(f"/browse?{other}").text
        assert not any(key in filtered for key in keys)


def test_the_same_text_elsewhere_is_counted_and_hidden_too(study_folder):
    texts = {"one": ["建设公共海外仓。", "支持人才培训。"], "two": ["建设公共海外仓。"]}
    with serve_texts(study_folder, texts) as served:
        browser = served.sign_in()
        first, _, twin = list_coded(served.store)
        assert browser.get("/browse?doc=one").text.count("same text ×2") == 1
        clause = find_clause(served.store, twin)
        assert clause is not None
        same = browser.get(f"/browse?sha={clause.clause_sha256}").text
        assert first in same
        assert twin in same
        assert "all of the same text" in same
        draw_made(served.store, "audit-1", [first], coders=["anna"], each=1)
        assert browser.get("/browse?doc=two").text.count("audit not done") == 1
        asked = browser.post("/bulk", {"scope": "selected", "set": "none", "key": [twin], "do": "ask"}).text
        assert "None of these clauses can be coded" in asked
        assert "1 hidden from you" in asked


def test_bulk_asks_with_the_count_then_codes_and_is_undone_at_once(served):
    browser, store = served.sign_in(), served.store
    keys = list_coded(store)
    audited, coded, rest = keys[0], keys[1], keys[2:]
    append(store, [Draft("code", "bao", "fix", coded, instrument="demand", subtype="overseas")])
    draw_made(store, "audit-1", [audited], coders=["bao"], each=1)
    fields = {"scope": "query", "set": "supply/funding"}
    asked = browser.post("/bulk", fields | {"do": "ask"})
    left_out = {audited, coded}
    n = len([one for one in search_keys(store, Query(), hidden_for="anna") if one.key not in left_out])
    assert f"{n} clauses will get this code" in asked.text
    assert "2 are left as they are" in asked.text
    assert [event for event in read_events(store) if event.draft.kind == "bulk"] == []
    seal = asked.text.split('name="seal" value="')[1].split('"')[0]
    done = browser.post("/bulk", fields | {"do": "apply", "seal": seal, "memo": "all funding"})
    assert done.status == 303
    assert done.headers["location"] == f"/browse?done={n}"
    (bulk,) = [event for event in read_events(store) if event.draft.kind == "bulk"]
    assert {key for key, _ in json.loads(bulk.draft.detail)["clauses"]} == set(rest)
    assert f"{n} clauses were coded" in browser.get(done.headers["location"]).text
    assert len(list_decisions(store, coder="anna")) == n
    browser.post("/undo", {"back": "/browse"})
    assert list_decisions(store, coder="anna") == []
    assert "clauses were coded" not in browser.get(done.headers["location"]).text


def test_bulk_over_many_pages_of_a_query_is_one_event(tmp_path):
    store = make_store(tmp_path / "review.sqlite", 12, 60, seed=1)
    found = search_keys(store, Query(), hidden_for="anna")
    targets = find_targets(found, None)
    assert len(targets.taken) == len(found) > 500
    one = find_targets(found, frozenset([found[3].key]))
    assert [taken.key for taken in one.taken] == [found[3].key]
    assert one.seal != targets.seal
    store.close()


def test_bulk_asks_again_where_something_changed(served):
    browser, store = served.sign_in(), served.store
    keys = list_coded(store)[:3]
    fields = {"scope": "selected", "set": "none", "key": keys}
    asked = browser.post("/bulk", fields | {"do": "ask"}).text
    seal = asked.split('name="seal" value="')[1].split('"')[0]
    append(store, [Draft("code", "bao", "fix", keys[0], instrument="none")])
    again = browser.post("/bulk", fields | {"do": "apply", "seal": seal})
    assert again.status == 200
    assert "Some clauses have changed" in again.text
    assert "2 clauses will get this code" in again.text
    assert all(event.draft.kind != "bulk" for event in read_events(store))


@pytest.mark.parametrize("code", ["", "supply/nonsense", "supply", "<script>"])
def test_bulk_needs_a_code_of_the_codebook(served, code):
    answer = served.sign_in().post("/bulk", {"scope": "query", "set": code, "do": "ask"})
    assert answer.status == 409
    assert "<script>" not in answer.text


def test_bulk_needs_the_secret(served):
    browser = served.sign_in()
    browser.secret = "wrong"
    assert browser.post("/bulk", {"scope": "query", "set": "none", "do": "ask"}).status == 403


def test_table_does_not_show_what_fix_hides(serve):
    served = serve("anna", lang="en")
    assert 'class="chip' in served.sign_in().get("/browse").text
    write_setting(served.store, "anna", "suggestions", "off")
    assert 'class="chip' not in served.sign_in().get("/browse").text
    assert 'class="chip' not in served.sign_in().get(f"/doc/{find_doc(served.store, 'alpha.txt')}").text
