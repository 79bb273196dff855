"""All work can be done by keys, which are dead while somebody writes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.cards import find_key, press, settle
from tests.browser.serving import Served


def test_classes_subtypes_none_unsure_and_skip(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any], shoot: Callable[..., None]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    shoot(page, "audit-card")
    for class_key in ("Digit1", "Numpad2", "Digit3"):
        first = find_key(page)
        page.keyboard.press(class_key)
        shoot(page, f"audit-subtypes-{class_key}")
        assert find_key(page) == first  # a class opens its subtypes
        press(page, "Digit1")
    for key in ("Digit0", "f", "s"):
        press(page, key)
    events = served.read_events()
    kinds = [event["kind"] for event in events if event["kind"] != "sample"]
    assert kinds == ["code", "code", "code", "code", "unsure", "skip"]
    coded = [event["instrument"] for event in events if event["kind"] == "code"]
    assert coded == ["supply", "environment", "demand", "none"]
    assert all(event["subtype"] for event in events if event["kind"] == "code" and event["instrument"] != "none")
    assert {event["coder"] for event in events if event["kind"] == "code"} == {"anna"}


@pytest.mark.full
def test_escape_leaves_the_subtypes_and_space_and_enter_decide_nothing_in_the_audit(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    first = find_key(page)
    page.keyboard.press("Digit1")
    page.keyboard.press("Escape")
    for key in ("Space", "Enter", "Control+Digit0", "Alt+Digit0", "x", "b"):
        page.keyboard.press(key)
        page.wait_for_timeout(50)
    assert find_key(page) == first
    assert not served.read_events("code")


@pytest.mark.full
def test_undo_and_redo_go_back_and_forth_without_end(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    seen = []
    for _ in range(4):
        seen.append(find_key(page))
        press(page, "Digit0")
    for expected in reversed(seen):
        page.keyboard.press("u")
        page.wait_for_selector(f'main[data-key="{expected}"]')
        settle(page)
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(3):
        page.keyboard.press("Shift+U")
        settle(page)
    page.keyboard.press("Control+z")
    settle(page)
    kinds = [event["kind"] for event in served.read_events() if event["kind"] in ("code", "undo", "redo")]
    assert kinds == ["code"] * 4 + ["undo"] * 4 + ["redo"] * 3 + ["undo"]


@pytest.mark.full
def test_steps_context_document_codebook_and_help(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any], shoot: Callable[..., None]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    first = find_key(page)
    press(page, "ArrowRight")
    press(page, "k")
    assert find_key(page) == first
    press(page, "j")
    press(page, "ArrowLeft")
    assert find_key(page) == first
    near = len(page.locator("article").inner_text())
    page.keyboard.press("c")
    page.wait_for_timeout(300)
    page.keyboard.press("c")
    page.wait_for_timeout(300)
    assert len(page.locator("article").inner_text()) > near
    page.keyboard.press("g")
    page.locator("#entry").wait_for(state="visible")
    shoot(page, "audit-codebook")
    page.keyboard.press("g")
    page.locator("#entry").wait_for(state="hidden")
    page.keyboard.press("?")
    page.locator("dialog#help[open]").wait_for()
    shoot(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    page.wait_for_url("**/doc/**")
    shoot(page, "document")
    page.go_back()
    page.keyboard.press("/")
    page.wait_for_url("**/browse**")
    assert not served.read_events("code")


@pytest.mark.full
def test_fix_shows_the_suggestion_which_space_accepts(
    study: Path, start: Callable[..., Served], visit: Callable[..., Any], shoot: Callable[..., None]
) -> None:
    served = start(study)
    page = visit(served, "/q/fix")
    accepted = 0
    while accepted < 3:
        if page.locator("[data-action=accept]").count():
            shoot(page, "fix-card")
            page.keyboard.press("e")
            assert page.locator("main.plain").count() == 1
            page.keyboard.press("e")
            press(page, "Space")
            accepted += 1
        else:
            before = find_key(page)
            page.keyboard.press("Space")  # hidden at random, or without subtype: dead
            page.wait_for_timeout(80)
            assert find_key(page) == before
            press(page, "s")
    coded = served.read_events("code")
    assert len(coded) == 3
    assert all(event["suggestion_shown"] for event in coded)
    assert {event["queue"] for event in coded} == {"fix"}


@pytest.mark.full
def test_a_second_instrument_is_kept_beside_the_first(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    page.keyboard.press("+")
    page.keyboard.press("Digit3")
    page.keyboard.press("Digit1")
    press(page, "Digit1")
    (event,) = served.read_events("code")
    assert (event["instrument"], event["secondary"]) == ("supply", "demand")


def test_keys_are_dead_while_a_chinese_word_is_composed(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    first = find_key(page)
    page.keyboard.press("m")
    session = page.context.new_cdp_session(page)
    for text in ("z", "zi", "zijin"):
        session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
        for code, key in (("Digit1", "1"), ("Space", " "), ("Enter", "Enter"), ("Digit0", "0")):
            session.send(
                "Input.dispatchKeyEvent",
                {"type": "rawKeyDown", "code": code, "key": "Process", "windowsVirtualKeyCode": 229},
            )
            session.send("Input.dispatchKeyEvent", {"type": "keyUp", "code": code, "key": key})
    session.send("Input.insertText", {"text": "资金条款"})
    assert page.locator("#memo").input_value() == "资金条款"
    assert find_key(page) == first
    assert not served.read_events("code")
    # outside fields too: a composition that began on the page must not decide
    page.keyboard.press("Escape")
    session.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "code": "Digit0", "key": "Process", "windowsVirtualKeyCode": 229},
    )
    page.wait_for_timeout(100)
    assert find_key(page) == first
    assert not served.read_events("code")


def test_enter_in_the_memo_writes_a_line_and_records_nothing(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    first = find_key(page)
    page.keyboard.press("m")
    page.keyboard.type("看第5条")
    page.keyboard.press("Enter")
    page.keyboard.type("12 0")
    page.wait_for_timeout(150)
    assert find_key(page) == first
    assert page.locator("#memo").input_value() == "看第5条\n12 0"
    assert not [event for event in served.read_events() if event["kind"] != "sample"]
    page.keyboard.press("Escape")
    press(page, "Digit0")
    (event,) = served.read_events("code")
    assert event["memo"].replace("\r\n", "\n") == "看第5条\n12 0"


@pytest.mark.full
def test_keys_can_be_moved_and_switched_off(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any], shoot: Callable[..., None]
) -> None:
    served = start(audited)
    page = visit(served, "/settings")
    shoot(page, "settings")
    field = page.locator("[data-learns][name*=unsure]").first
    field.focus()
    page.keyboard.press("q")
    page.locator(
        "form:has([data-learns]) button[type=submit], form:has([data-learns]) button:not([type])"
    ).first.click()
    page.goto(f"{served.site}/q/audit")
    before = find_key(page)
    page.keyboard.press("f")
    page.wait_for_timeout(100)
    assert find_key(page) == before
    press(page, "q")
    assert [event["kind"] for event in served.read_events()][-1] == "unsure"
