import json

import pytest

from tests.textq.web.made_sample import draw_made, list_coded
from textq.events import Draft
from textq.store.decisions import list_decisions
from textq.store.events import append, is_active, read_events
from textq.web.log import ROWS


def code(coder: str, key: str, **more: object) -> Draft:
    return Draft("code", coder, "fix", key, instrument="supply", subtype="funding", **more)  # type: ignore[arg-type]


def test_log_lists_events_and_filters_them(served):
    first, second, *_ = list_coded(served.store)
    append(served.store, [code("anna", first, memo="因为资金"), code("bao", second)])
    browser = served.sign_in()
    page = browser.get("/log").text
    assert page.count('<tr tabindex="-1"') == 2
    assert "因为资金" in page
    assert browser.get("/log?coder=bao").text.count('<tr tabindex="-1"') == 1
    assert browser.get(f"/log?key={first}").text.count('<tr tabindex="-1"') == 1
    assert browser.get("/log?kind=bulk").text.count('<tr tabindex="-1"') == 0
    assert browser.get("/log?kind=nonsense").status == 409
    assert browser.get("/log?before=nonsense").status == 409


def test_batch_is_taken_back_and_put_back(served):
    browser, store = served.sign_in(), served.store
    written = append(store, [code("anna", key) for key in list_coded(store)[:5]])
    uuids = [event.uuid for event in written[:3]]
    answer = browser.post("/revert", {"do": "undo", "uuid": uuids, "back": "/log?coder=anna"})
    assert (answer.status, answer.headers["location"]) == (303, "/log?coder=anna&said=reverted-3")
    assert len(list_decisions(store)) == 2
    assert "3 taken back" in browser.get(answer.headers["location"]).text
    browser.post("/revert", {"do": "undo", "uuid": uuids})
    assert len(read_events(store)) == 8
    browser.post("/revert", {"do": "redo", "uuid": uuids})
    assert len(list_decisions(store)) == 5


def test_a_bulk_of_500_is_taken_back_as_one(tmp_path, study_folder):
    from tests.textq.store.made import make_texts
    from tests.textq.web.made_sample import serve_texts

    with serve_texts(study_folder, make_texts(12, 60)) as served:
        store, keys = served.store, list_coded(served.store)[:500]
        detail = json.dumps({"clauses": [[key, ""] for key in keys], "query": {}})
        (bulk,) = append(store, [Draft("bulk", "anna", "browse", instrument="none", detail=detail)])
        browser = served.sign_in()
        assert "500 clauses" in browser.get("/log").text
        assert len(list_decisions(store)) == 500
        browser.post("/revert", {"do": "undo", "uuid": [bulk.uuid]})
        assert list_decisions(store) == []


def test_nobody_takes_back_what_others_did(served):
    (event,) = append(served.store, [code("bao", list_coded(served.store)[0])])
    browser = served.sign_in()
    assert f'value="{event.uuid}"' not in browser.get("/log").text
    assert browser.post("/revert", {"do": "undo", "uuid": [event.uuid]}).status == 409
    assert is_active(served.store, event.uuid)


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "/settings"])
def test_way_back_stays_in_the_log(served, back):
    (event,) = append(served.store, [code("anna", list_coded(served.store)[0])])
    answer = served.sign_in().post("/revert", {"do": "undo", "uuid": [event.uuid], "back": back})
    assert answer.headers["location"] == "/log?said=reverted-1"


def test_events_of_others_on_hidden_clauses_are_counted_not_listed(served):
    keys = list_coded(served.store)
    (written,) = append(served.store, [code("bao", keys[0], memo="geheim", secondary="demand")])
    detail = json.dumps({"clauses": [[key, ""] for key in keys[:2]], "query": {}})
    append(served.store, [Draft("bulk", "bao", "browse", instrument="demand", subtype="overseas", detail=detail)])
    append(served.store, [Draft("undo", "bao", "fix", keys[0], undoes=written.uuid)])
    draw_made(served.store, "audit-1", keys[:1], coders=["anna"], each=1)
    browser = served.sign_in()
    for path in ("/log", f"/log?key={keys[0]}", "/log?coder=bao", "/log?kind=unsure&coder=bao"):
        page = browser.get(path).text
        assert "geheim" not in page
        assert 'class="chip' not in page
        assert keys[0] not in page.replace(f'value="{keys[0]}"', "")
        assert f'id="e-{written.uuid}"' not in page
        assert "3 events of others on clauses of your audit are left out" in page  # whatever is filtered by


def test_withheld_events_leave_pages_whole(served):
    keys = list_coded(served.store)
    append(served.store, [code("anna", keys[1]) for _ in range(ROWS + 7)])
    append(served.store, [code("bao", keys[0]) for _ in range(ROWS)])
    draw_made(served.store, "audit-1", keys[:1], coders=["anna"], each=1)
    browser = served.sign_in()
    page = browser.get("/log").text
    assert page.count('<tr tabindex="-1"') == ROWS
    older = page.split('rel="next" href="')[1].split('"')[0]
    assert (
        browser.get(older.replace("&amp;", "&")).text.count('<tr tabindex="-1"') == 8
    )  # and the sample that was drawn


def test_events_after_the_estimate_are_flagged(served):
    run = served.out / "runs" / "estimate-1"
    run.mkdir()
    keys = list_coded(served.store)
    append(served.store, [code("anna", keys[0])])
    meta = {"kind": "estimate", "volatile": {"started_at": read_events(served.store)[0].at.replace("Z", "+00:00")}}
    (run / "run.json").write_text(json.dumps(meta), "utf-8")
    append(served.store, [code("anna", keys[1])])
    page = served.sign_in().get("/log").text
    assert page.count('class="flag"') == 1
    assert "1 decisions were made after the first estimate" in page


def test_log_pages_on_without_losing_any(served):
    key = list_coded(served.store)[0]
    append(served.store, [code("anna", key) for _ in range(ROWS + 7)])
    browser = served.sign_in()
    page = browser.get("/log").text
    assert page.count('<tr tabindex="-1"') == ROWS
    older = page.split('rel="next" href="')[1].split('"')[0]
    assert browser.get(older).text.count('<tr tabindex="-1"') == 7
