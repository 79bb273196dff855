import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.textq.store.made import draw, list_keys, load_made, make_store
from tests.textq.web.served import Answer, Browser, Served, run_server
from textq.events import Draft
from textq.lexicon.codebook import Codebook, Example, Instrument, Label, Subtype
from textq.lexicon.read import builtin_codebook
from textq.pipeline.review_open import ReviewStudy
from textq.store.clauses import find_clause, find_suggestion, list_around
from textq.store.decisions import find_decisions, find_memo
from textq.store.events import append, read_events
from textq.store.queues import next_item
from textq.store.rows import Decision
from textq.store.settings import write_setting
from textq.store.store import Store

FRAGMENT = {"X-Textq": "fragment"}
IN_CHINESE = {"zh": builtin_codebook(lang="zh")}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = make_store(tmp_path / "review.sqlite", n_documents=3, n_clauses_each=12)
    write_setting(made, "", "hidden_share", 0.0)
    yield made
    made.close()


@pytest.fixture
def study(store: Store, tmp_path: Path) -> ReviewStudy:
    return ReviewStudy(
        store, tmp_path, "made", tmp_path, builtin_codebook(), ("anna", "bao"), "en", other_books=IN_CHINESE
    )


@pytest.fixture
def server(study: ReviewStudy) -> Iterator[Served]:
    with run_server(study, needs_pin=False) as running:
        yield running
        assert not running.errors


@pytest.fixture
def anna(server: Served) -> Browser:
    return server.sign_in("anna")


def find_key(answer: Answer) -> str:
    found = re.search(r'<main[^>]* data-key="(\w+)"', answer.text)
    assert found, answer.text[:500]
    return found[1]


def find_own(store: Store, key: str, coder: str = "anna") -> Decision:
    (own,) = [one for one in find_decisions(store, key) if one.coder == coder]
    return own


def test_a_queue_leads_to_its_first_card(store: Store, anna: Browser) -> None:
    first = next_item(store, "anna", "fix")
    answer = anna.get("/q/fix")
    assert (answer.status, answer.headers["location"]) == (303, f"/q/fix/{first}")
    assert anna.get("/q/browse").status == 404


def test_a_card_of_fix_shows_the_clause_and_what_the_machine_suggests(store: Store, anna: Browser) -> None:
    key = list_keys(store)[4]
    clause, suggestion = find_clause(store, key), find_suggestion(store, key)
    assert clause
    assert suggestion
    page = anna.get(f"/q/fix/{key}").text
    assert f'<mark title="{clause.text[:2]} +1.0">{clause.text[:2]}</mark>{clause.text[2:]}' in page
    assert f"{round(100 * (suggestion.confidence or 0))} %" in page
    for one in list_around(store, key, 3, 3):
        assert one.text in page or one.key == key
    assert 'value="supply/talent"' in page
    assert 'value="none"' in page
    assert "〔2015〕1号" in page


def test_a_blind_card_holds_nothing_of_the_machine(store: Store, anna: Browser) -> None:
    keys = list_keys(store)[:6]
    draw(store, "first", keys, each=2)
    for key in keys:
        suggestion = find_suggestion(store, key)
        assert suggestion
        plain = anna.get(f"/q/audit/{key}").text
        for page in (plain, anna.get(f"/q/audit/{key}", FRAGMENT).text):
            assert "<mark" not in page
            assert 'value="accept"' not in page
            assert "suggestion" not in page.lower()
            assert str(suggestion.confidence) not in page
            assert f"{round(100 * (suggestion.confidence or 0))} %" not in page
            assert suggestion.coder_id not in page
            assert 'class="chip' not in page
        # what is left when the clause and its place are taken out is the same for every clause
    assert len({_blank(anna.get(f"/q/audit/{key}").text) for key in keys[1:5]}) == 1


def _blank(page: str) -> str:
    desk = page[page.index('<aside class="desk"') :]
    return re.sub(r"\b[0-9a-f]{16}\b", "KEY", desk)


def test_the_suggestion_that_is_hidden_by_chance_is_not_in_the_page(store: Store, anna: Browser) -> None:
    write_setting(store, "", "hidden_share", 1.0)
    key = list_keys(store)[3]
    page = anna.get(f"/q/fix/{key}").text
    assert "<mark" not in page
    assert 'data-action="accept"' not in page
    assert "No suggestion is shown" in page
    answer = anna.post(f"/q/fix/{key}", {"do": "accept"}, FRAGMENT)
    assert (answer.status, find_decisions(store, key)) == (409, [])
    anna.post(f"/q/fix/{key}", {"code": "none"})
    assert not find_own(store, key).suggestion_shown


def test_a_form_records_a_code_and_leads_to_the_next_card(store: Store, anna: Browser) -> None:
    key = next_item(store, "anna", "fix")
    assert key
    answer = anna.post(f"/q/fix/{key}", {"code": "supply/talent", "memo": "why\r\nso", "ms": "1234"})
    following = next_item(store, "anna", "fix", after=key)
    assert (answer.status, answer.headers["location"]) == (303, f"/q/fix/{following}")
    own = find_own(store, key)
    assert (own.track, own.status, own.instrument, own.subtype) == ("free", "coded", "supply", "talent")
    assert (own.memo, own.ms, own.suggestion_shown) == ("why\nso", 1234, True)
    assert own.codebook == builtin_codebook().edition


def test_a_script_gets_the_next_card_with_words_to_say(store: Store, anna: Browser) -> None:
    key = next_item(store, "anna", "fix") or ""
    answer = anna.post(f"/q/fix/{key}", {"do": "code", "code": "demand/trade"}, FRAGMENT)
    assert answer.text.lstrip().startswith("<main")
    assert find_key(answer) == next_item(store, "anna", "fix", after=key)
    assert 'data-say="Recorded Demand · ' in answer.text
    assert f"next 2 of {len(list_keys(store))}" in answer.text


def test_accepting_takes_over_the_suggestion_only_where_it_is_shown(store: Store, anna: Browser) -> None:
    key = next(
        key
        for key in list_keys(store)
        if (found := find_suggestion(store, key)) and found.subtype in ("talent", "trade")
    )
    suggestion = find_suggestion(store, key)
    assert suggestion
    assert anna.post(f"/q/fix/{key}", {"do": "accept"}).status == 303
    own = find_own(store, key)
    assert (own.instrument, own.subtype, own.suggestion_shown) == (suggestion.instrument, suggestion.subtype, True)
    blind = list_keys(store)[-1]
    draw(store, "first", [blind])
    assert anna.post(f"/q/audit/{blind}", {"do": "accept"}, FRAGMENT).status == 409
    assert find_decisions(store, blind) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"code": "supply"}, "needs a subtype"),
        ({"code": "supply/nonsense"}, "no code supply/nonsense"),
        ({}, "no code —"),
        ({"do": "delete", "code": "none"}, "no such action: delete"),
        ({"code": "supply/talent", "secondary": "supply"}, "second instrument is the first one"),
        ({"code": "supply/talent", "secondary": "nonsense"}, "no code nonsense"),
        ({"code": "none", "memo": "x" * 10_001}, "too long"),
    ],
)
def test_what_the_codebook_does_not_have_is_refused_and_the_card_stays(
    store: Store, anna: Browser, fields: dict[str, str], words: str
) -> None:
    key = list_keys(store)[2]
    part = anna.post(f"/q/fix/{key}", fields, FRAGMENT)
    assert part.status == 409
    assert part.headers["content-type"].startswith("text/plain")
    assert words in part.text
    page = anna.post(f"/q/fix/{key}", {"memo": "kept here"} | fields)
    assert (page.status, find_key(page)) == (400, key)
    assert words in page.text
    assert fields.get("memo", "kept here") in page.text
    assert read_events(store) == []


def test_a_second_instrument_is_recorded_beside_the_first(store: Store, anna: Browser) -> None:
    key = list_keys(store)[2]
    anna.post(f"/q/fix/{key}", {"code": "environment/tax", "secondary": "supply"})
    assert (find_own(store, key).instrument, find_own(store, key).secondary) == ("environment", "supply")
    page = anna.get(f"/q/fix/{key}").text
    assert '<option value="supply" data-action="class1" selected>' in page


def test_unsure_and_skipped_clauses_have_no_code_and_skipped_ones_come_last(store: Store, anna: Browser) -> None:
    keys = list_keys(store)[:3]
    draw(store, "first", keys)
    assert anna.post(f"/q/audit/{keys[0]}", {"do": "skip"}).headers["location"] == f"/q/audit/{keys[1]}"
    assert anna.post(f"/q/audit/{keys[1]}", {"do": "unsure"}).headers["location"] == f"/q/audit/{keys[2]}"
    answer = anna.post(f"/q/audit/{keys[2]}", {"code": "none"})
    assert answer.headers["location"] == f"/q/audit/{keys[0]}"
    assert find_own(store, keys[1]).status == "unsure"
    assert find_own(store, keys[0]).status == "skipped"
    assert find_own(store, keys[1]).sample == "first"
    end = anna.post(f"/q/audit/{keys[0]}", {"code": "none"}, FRAGMENT)
    assert "this queue is done" in end.text
    assert anna.get("/q/audit").status == 200


def test_a_decided_card_shows_what_stands_and_can_be_decided_again(store: Store, anna: Browser) -> None:
    first, second = list_keys(store)[:2]
    draw(store, "first", [first, second], each=2)
    anna.post(f"/q/audit/{first}", {"code": "supply/talent"})
    page = anna.get(f"/q/audit/{first}").text
    assert "Your code" in page
    assert 'data-code="supply/talent"' in page
    assert f'rel="next" href="/q/audit/{second}"' in page
    anna.post(f"/q/audit/{first}", {"code": "none"})
    assert find_own(store, first).instrument == "none"
    assert len(read_events(store, kind="code")) == 2


def test_one_coder_sees_nothing_of_another(store: Store, server: Served, anna: Browser) -> None:
    key = list_keys(store)[0]
    draw(store, "first", [key], each=2)
    bao = server.sign_in("bao")
    bao.post(f"/q/audit/{key}", {"code": "demand/trade", "memo": "bao thinks so"})
    page = anna.get(f"/q/audit/{key}").text
    assert "bao" not in page
    assert "Your code" not in page


def test_undo_brings_the_card_back_with_its_memo_and_redo_goes_on(store: Store, anna: Browser) -> None:
    key = next_item(store, "anna", "fix") or ""
    anna.post(f"/q/fix/{key}", {"code": "none", "memo": "thought"})
    back = anna.post("/undo", headers=FRAGMENT)
    assert find_key(back) == key
    assert 'data-say="Undone ' in back.text
    assert re.search(r"<textarea[^>]*>\s*thought</textarea>", back.text)
    assert find_decisions(store, key) == []
    on = anna.post("/redo", headers=FRAGMENT)
    assert find_key(on) != key
    assert find_own(store, key).instrument == "none"
    assert [event.draft.kind for event in read_events(store)] == ["code", "undo", "redo"]


def test_undo_without_scripts_leads_to_the_card_and_is_unlimited(store: Store, anna: Browser) -> None:
    keys = list_keys(store)[:3]
    for key in keys:
        anna.post(f"/q/fix/{key}", {"code": "none"})
    for key in reversed(keys):
        assert anna.post("/undo").headers["location"] == f"/q/fix/{key}"
    nothing = anna.post("/undo", headers=FRAGMENT)
    assert (nothing.status, nothing.text) == (409, "There is nothing to undo.")
    assert anna.post("/undo", {"back": "https://evil.example/"}).headers["location"] == "/"
    assert anna.post("/undo", {"back": "//evil.example/"}).headers["location"] == "/"


def test_undo_touches_only_own_events(store: Store, server: Served, anna: Browser) -> None:
    key = list_keys(store)[0]
    server.sign_in("bao").post(f"/q/fix/{key}", {"code": "none"})
    assert anna.post("/undo", headers=FRAGMENT).status == 409
    assert find_own(store, key, "bao").instrument == "none"


def test_undo_of_what_was_done_elsewhere_leads_there(store: Store, anna: Browser) -> None:
    key = list_keys(store)[0]
    append(store, [Draft("code", "anna", "browse", key, instrument="none")])
    answer = anna.post("/undo", headers=FRAGMENT)
    assert (answer.status, answer.headers["x-textq-go"]) == (204, "/log")
    assert anna.post("/redo", {"back": "/browse?unit=1"}).headers["location"] == "/browse?unit=1"


def test_a_memo_is_kept_by_itself_and_goes_with_the_decision(store: Store, anna: Browser) -> None:
    key = list_keys(store)[1]
    answer = anna.post(f"/memo/{key}", {"memo": "first\r\nline", "queue": "fix"})
    assert answer.headers["location"] == f"/q/fix/{key}"
    assert find_memo(store, "anna", key) == "first\nline"
    assert find_decisions(store, key) == []
    assert anna.post(f"/memo/{key}", {"memo": "first\nline", "queue": "fix"}, FRAGMENT).status == 204
    assert len(read_events(store)) == 1
    anna.post(f"/q/fix/{key}", {"code": "none"})  # the form without scripts has no memo
    assert find_own(store, key).memo == "first\nline"


def test_the_memo_stands_in_a_form_without_buttons_that_decide(store: Store, anna: Browser) -> None:
    page = anna.get(f"/q/fix/{list_keys(store)[1]}").text
    decide = page[page.index('<form id="decide"') :]
    decide = decide[: decide.index("</form>")]
    assert "textarea" not in decide
    assert re.findall(r'<input type="(\w+)"', decide) == ["hidden"]


def test_what_cannot_be_coded_here_is_refused(store: Store, anna: Browser) -> None:
    keys = list_keys(store)
    heading = next(clause.key for clause in list_around(store, keys[0], 3, 0) if not clause.is_coded)
    draw(store, "first", keys[:2])
    assert anna.get("/q/fix/0123456789abcdef").status == 404
    assert anna.get(f"/q/fix/{heading}").status == 404
    assert anna.get(f"/q/audit/{keys[5]}").status == 404
    hidden = anna.post(f"/q/fix/{keys[0]}", {"code": "none"}, FRAGMENT)
    assert hidden.status == 403
    assert "belongs to an audit" in hidden.text
    assert read_events(store, kind="code") == []


def test_fix_refuses_clauses_of_every_audit_sample(store: Store, server: Served, anna: Browser) -> None:
    keys = list_keys(store)
    anna.post(f"/q/fix/{keys[0]}", {"code": "none"})
    draw(store, "first", keys[:1], coders=["bao"])
    for answer in (anna.get(f"/q/fix/{keys[0]}"), anna.post(f"/q/fix/{keys[0]}", {"code": "none"}, FRAGMENT)):
        assert answer.status == 403
        assert "belongs to an audit sample" in answer.text
    undone = anna.post("/undo", headers=FRAGMENT)  # what was done before the draw can be taken back still
    assert (undone.status, undone.headers["x-textq-go"]) == (204, "/log")


def test_memos_of_fix_do_not_stand_on_the_blind_card(store: Store, anna: Browser) -> None:
    key = list_keys(store)[0]
    anna.post(f"/q/fix/{key}", {"code": "none", "memo": "the machine says supply"})
    draw(store, "first", [key], coders=["anna"])
    assert "the machine says supply" not in anna.get(f"/q/audit/{key}").text
    anna.post(f"/q/audit/{key}", {"code": "none"})
    (blind,) = [one for one in find_decisions(store, key) if one.track == "audit"]
    assert blind.memo == ""


def test_texts_of_unsettled_audit_clauses_are_shown_without_suggestion(tmp_path: Path) -> None:
    store = make_store(tmp_path / "twins.sqlite", n_documents=2, n_clauses_each=2)
    load_made(store, {"a": ["同样的话", "别的话"], "b": ["同样的话", "还有话"]})
    write_setting(store, "", "hidden_share", 0.0)
    study = ReviewStudy(
        store, tmp_path, "made", tmp_path, builtin_codebook(), ("anna", "bao"), "en", other_books=IN_CHINESE
    )
    first, _, twin, other = list_keys(store)
    draw(store, "first", [first], coders=["bao"])
    with run_server(study, needs_pin=False) as running:
        anna = running.sign_in("anna")
        assert 'value="accept"' not in anna.get(f"/q/fix/{twin}").text
        assert 'value="accept"' in anna.get(f"/q/fix/{other}").text
    store.close()


def test_a_way_back_has_no_tab_or_end_of_line(store: Store, anna: Browser) -> None:
    for back in ("/\t/evil.example/", "/\n/evil.example/"):
        assert anna.post("/undo", {"back": back}).headers["location"] == "/"


def test_context_widens_from_neighbours_to_the_document(store: Store, anna: Browser) -> None:
    key = list_keys(store)[8]
    far = list_keys(store)[0]
    clause = find_clause(store, far)
    assert clause
    near, wide = anna.get(f"/q/fix/{key}").text, anna.get(f"/q/fix/{key}?context=document").text
    assert clause.text not in near
    assert clause.text in wide
    assert f'href="/q/fix/{key}?context=article"' in near
    assert f'href="/q/fix/{key}" data-action="context"' in wide


def test_hostile_texts_stay_texts(store: Store, study: ReviewStudy) -> None:
    label = Label('<script>alert("zh")</script>', '<script>alert("en")</script>')
    instrument = Instrument("bad", label, "<img src=x onerror=alert(1)>")
    hostile = replace(study, codebook=replace(builtin_codebook(), instruments=(instrument,)))
    with run_server(hostile, needs_pin=False) as running:
        anna = running.sign_in("anna")
        key = list_keys(store)[0]
        anna.post(f"/memo/{key}", {"memo": "</textarea><script>alert(2)</script>", "queue": "fix"})
        for page in (anna.get(f"/q/fix/{key}").text, anna.get("/card/codebook", FRAGMENT).text):
            assert "<script>alert" not in page
            assert "<img src=x" not in page


@pytest.fixture
def two() -> Codebook:
    """A codebook of two instruments, the first with eleven subtypes, the second without any."""
    subtypes = tuple(Subtype(f"s{n}", Label("", f"Subtype {n}"), f"What {n} covers") for n in range(1, 12))
    none = Instrument("none", Label("无", "Nothing"), "", examples=(Example("x", "none"),))
    instruments = (
        Instrument("carrot", Label("", "Carrot"), "Incentives", subtypes),
        Instrument("stick", Label("", "Stick"), "Duties"),
    )
    return Codebook("own", "3", "en", instruments, (), (), none)


def test_a_codebook_of_ones_own_has_its_own_keys(store: Store, study: ReviewStudy, two: Codebook) -> None:
    key = list_keys(store)[0]
    with run_server(replace(study, codebook=two), needs_pin=False) as running:
        anna = running.sign_in("anna")
        page = anna.get(f"/q/fix/{key}").text
        assert re.search(r'<summary data-action="class1" aria-keyshortcuts="1">', page)
        assert re.search(r'<button[^>]* value="stick"[^>]* data-action="class2" aria-keyshortcuts="2">', page)
        assert 'data-action="class3"' not in page
        assert page.count('<div class="group">') == 2
        assert "supply" not in page[page.index('<fieldset class="classes"') :]
        anna.post(f"/q/fix/{key}", {"code": "stick", "secondary": "carrot"})
        own = find_own(store, key)
        assert (own.instrument, own.subtype, own.secondary, own.codebook) == ("stick", None, "carrot", "own@3")
        assert anna.post(f"/q/fix/{key}", {"code": "carrot/s11"}).status == 303
        assert anna.post(f"/q/fix/{key}", {"code": "carrot"}).status == 400
        assert anna.post(f"/q/fix/{key}", {"code": "supply/talent"}).status == 400
        assert "Subtype 11" in anna.get("/card/codebook", FRAGMENT).text


def test_pages_are_in_the_language_of_the_coder(store: Store, anna: Browser) -> None:
    write_setting(store, "anna", "language", "zh")
    key = next_item(store, "anna", "fix") or ""
    answer = anna.post(f"/q/fix/{key}", {"code": "supply/talent"}, FRAGMENT)
    assert 'data-say="已记录 供给型 · 人才，下一条 2/' in answer.text


def test_what_was_undone_is_said_on_the_page_that_follows(store: Store, anna: Browser) -> None:
    key = list_keys(store)[0]
    anna.post(f"/q/fix/{key}", {"code": "none"})
    assert anna.post("/undo", {"back": "/browse"}).status == 303
    page = anna.get(f"/q/fix/{key}").text
    assert 'role="status">Undone ' in page
    assert 'role="status">Undone ' not in anna.get("/browse").text  # once
