"""In an audit nobody sees what the machine or another coder said, not even in the source of a page."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.cards import find_key, press
from tests.browser.serving import Served, run_textq
from textq.run import load_run

_SHOWN = re.compile(r"confidence|suggest|置信|建议|class=\"[^\"]*\bstands\b|<mark", re.IGNORECASE)


def test_the_card_of_an_audit_holds_no_suggestion_and_no_probability(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    codings = load_run(audited).codings
    for _ in range(12):
        source = page.content()
        main = page.locator("main").evaluate(
            """main => { const copy = main.cloneNode(true); copy.querySelector(".progress").remove();
            return copy.innerHTML; }"""
        )  # without how much is done
        assert not _SHOWN.search(main), _SHOWN.search(main)
        assert not set(re.findall(r"\b0\.\d{2,}\b|\b\d{1,3} ?%", main)) - set(
            re.findall(r"\b0\.\d{2,}\b|\b\d{1,3} ?%", page.locator("article").inner_text())
        )
        assert not any(coder in source for coder in codings["coder_id"].unique())
        assert page.locator("main .chip").count() == 0  # no code of anybody
        press(page, "ArrowRight")


def test_two_coders_see_nothing_of_each_other(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    """Two people, each with a server of his own on the same study, as on a shared folder."""
    anna, bao = start(audited, coders=("anna",)), start(audited, coders=("bao",))
    first, second = visit(anna, "/q/audit"), visit(bao, "/q/audit")
    keys = []
    for _ in range(4):
        keys.append(find_key(first))
        first.keyboard.press("m")
        first.keyboard.type("anna's secret memo")
        first.keyboard.press("Escape")
        press(first, "Digit0")
    assert find_key(second) == keys[0]  # the same clauses wait for bao
    for path in ("/", "/q/audit", *(f"/q/audit/{key}" for key in keys), "/browse", "/log", "/io"):
        second.goto(bao.site + path)
        source = second.content()
        assert "secret memo" not in source, path
        assert path in ("/", "/browse", "/log") or "anna" not in source, path  # how far others are may be known
        if path == "/log":
            assert second.locator("tbody .chip").count() == 0
    for path in ("/agreement", "/adjudicate"):
        assert second.goto(bao.site + path).status == 403
    second.goto(f"{bao.site}/q/audit/{keys[0]}")
    press(second, "Digit0")
    assert {event["coder"] for event in anna.read_events("code")} == {"anna", "bao"}


@pytest.mark.full
def test_two_coders_on_one_server_come_in_by_name_and_pin(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any], shoot: Callable[..., None]
) -> None:
    served = start(audited, coders=("anna", "bao"))
    page = visit(served)
    shoot(page, "sign-in")
    assert page.locator("input[name=pin]").count() == 1
    page.goto(f"{served.site}/q/audit")
    assert page.locator("main.card").count() == 0


@pytest.mark.full
def test_the_machine_s_codes_of_audit_clauses_are_shown_nowhere(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    key = find_key(page)
    address = page.locator("[data-action=document]").get_attribute("href")
    page.goto(served.site + str(address))
    own = page.locator(f"#c-{key}")
    assert own.count() == 1
    assert own.locator(".chip").count() == 0
    assert "confidence" not in own.inner_html().lower()


@pytest.mark.full
def test_fix_never_serves_a_clause_of_an_open_audit(
    study: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    run_textq("review", "sample", study, "--size", "500", "--seed", "2")
    served = start(study)
    page = visit(served, "/q/audit")
    audit = set()
    for _ in range(8):
        audit.add(find_key(page))
        press(page, "ArrowRight")
    page.goto(f"{served.site}/q/fix")
    for _ in range(8):
        assert find_key(page) not in audit
        press(page, "ArrowRight")
    assert page.goto(f"{served.site}/q/fix/{audit.pop()}").status in (403, 404)
