import pytest

from tests.textq.web.made_sample import draw_made, list_coded
from textq.events import Draft
from textq.store.events import append
from textq.store.queues import list_items, list_samples


@pytest.mark.parametrize(("lang", "words"), [("en", "First step: draw a sample"), ("zh", "第一步：抽一个样本")])
def test_first_step_is_a_sample(serve, lang, words):
    served = serve("anna", lang=lang)
    page = served.sign_in().get("/").text
    assert words in page
    assert f"textq review sample {served.out} --size " in page
    assert 'action="/sample"' in page


def test_sample_is_shown_then_drawn_by_the_form(served):
    browser = served.sign_in()
    fields = {"size": 20, "unit": "clause", "each": 1, "seed": 7}
    shown = browser.post("/sample", fields)
    assert shown.status == 200
    assert "Nothing is written yet" in shown.text
    assert "no agreement can be measured" in shown.text
    assert not list_samples(served.store)
    answer = browser.post("/sample", fields | {"do": "draw"})
    assert answer.status == 303
    (sample,) = list_samples(served.store)
    assert (sample.unit, sample.seed, sample.each, sample.coder) == ("clause", 7, 1, "anna")
    assert list_items(served.store, sample.sample)
    page = browser.get(answer.headers["location"]).text
    assert sample.sample in page
    assert "First step" not in page


@pytest.mark.parametrize("fields", [{"size": "x"}, {"size": "1"}, {"each": "0"}, {"seed": "-1"}])
def test_sample_needs_sensible_numbers(served, fields):
    answer = served.sign_in().post("/sample", {"size": 20, "unit": "clause", "each": 1, "seed": 7} | fields)
    assert answer.status == 409
    assert not list_samples(served.store)


def test_a_sample_of_everything_leaves_nothing_and_one_coder_gives_no_agreement(served):
    n_coded = len(list_coded(served.store))
    browser = served.sign_in()
    whole = browser.post("/sample", {"size": 5000, "unit": "clause", "each": 2, "seed": 7}).text
    assert "No clause is left for Fix" in whole
    assert "one coder alone gives no agreement" in whole
    assert f"{n_coded} clauses in 2 documents" in whole
    assert f'name="size" inputmode="numeric" pattern="[0-9]+" value="{max(20, n_coded // 2)}"' in browser.get("/").text


def test_clauses_that_were_corrected_in_sight_of_the_machine_are_told(served):
    keys = list_coded(served.store)
    append(served.store, [Draft("code", "bao", "fix", keys[0], instrument="none", suggestion_shown=True)])
    page = served.sign_in().post("/sample", {"size": 5000, "unit": "clause", "each": 2, "seed": 7}).text
    assert "1 of them were corrected before" in page


def test_progress_and_own_codes_are_counted(served):
    keys = list_coded(served.store)
    draw_made(served.store, "audit-1", keys[:4], coders=["anna", "bao"])
    append(served.store, [Draft("code", "anna", "audit", keys[0], instrument="none", sample="audit-1", ms=4000)])
    append(served.store, [Draft("code", "bao", "audit", keys[0], instrument="none", sample="audit-1")])
    browser = served.sign_in()
    page = browser.get("/").text
    assert "My codes (1)" in page
    assert "Opens when you are done with your audit (3 left)." in page
    assert "Shown when you are done with your audit (3 left)." in page
    assert "α =" not in page
    for key, code in zip(keys[1:4], ("supply", "demand", "supply"), strict=True):
        for coder in ("anna", "bao"):
            append(served.store, [Draft("code", coder, "audit", key, instrument=code, sample="audit-1")])
    page = browser.get("/").text
    assert "α = 1.000" in page
    assert "all hash chains hold" in page


def test_broken_chain_is_told(served):
    append(served.store, [Draft("code", "anna", "fix", list_coded(served.store)[0], instrument="none")])
    with served.store.write() as connection:
        connection.execute("DROP TRIGGER event_stays")
        connection.execute("UPDATE event SET instrument = 'demand'")
    page = served.sign_in().get("/").text
    assert 'role="alert"' in page
    assert "the hash chains are broken" in page


def test_chains_are_verified_after_new_events_and_when_asked(served, monkeypatch):
    calls = []
    monkeypatch.setattr("textq.web.dashboard.verify", lambda store: calls.append(store) or [])
    browser = served.sign_in()
    for path, n_calls in (("/", 1), ("/", 1), ("/?verify=1", 2), ("/", 2)):
        assert "all hash chains hold" in browser.get(path).text
        assert len(calls) == n_calls
    append(served.store, [Draft("code", "anna", "fix", list_coded(served.store)[0], instrument="none")])
    browser.get("/")
    assert len(calls) == 3
    monkeypatch.setattr("textq.web.dashboard._CHECKED_AT_ONCE", 0)
    append(served.store, [Draft("code", "anna", "fix", list_coded(served.store)[0], instrument="none")])
    assert "verify the hash chains" in browser.get("/").text
    assert len(calls) == 3


def test_lost_clauses_are_listed(served):
    key = list_coded(served.store)[0]
    append(served.store, [Draft("code", "anna", "fix", key, instrument="none")])
    with served.store.write() as connection:
        connection.execute("UPDATE clause SET in_run = 0 WHERE key = ?", (key,))
    page = served.sign_in().get("/").text
    assert "1 coded clauses are not in this run" in page
    assert f"/log?key={key}" in page
