"""What was acknowledged is there, whatever happens; what was done can be taken back."""

import json
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from tests.browser.cards import find_key, press, settle
from tests.browser.serving import Served, read_events, read_json, run_textq, serve
from textq.lexicon.read import builtin_codebook
from textq.records import join_code


def test_a_bulk_of_five_hundred_is_one_event_and_undone_at_once(
    study: Path, start: Callable[..., Served], visit: Callable[..., Any], shoot: Callable[..., None]
) -> None:
    served = start(study)
    page = visit(served, "/browse")
    shoot(page, "browse")
    page.locator("input[name=scope][value=query]").check()
    page.locator("select[name=set]").select_option("none")
    page.locator("button[data-action=bulk]").click()
    shoot(page, "bulk")
    assert not served.read_events("bulk")  # it asks first, with the count
    page.locator("button[name=do][value=apply]").click()
    (bulk,) = served.read_events("bulk")
    n_coded = len(json.loads(bulk["detail"])["clauses"])
    assert n_coded >= 500
    status = read_json("review", "status", study)
    assert status["finals"]["corrected"] == n_coded
    page.goto(f"{served.site}/")
    page.keyboard.press("u")
    page.wait_for_timeout(500)
    (undo,) = served.read_events("undo")
    assert undo["undoes"] == bulk["uuid"]
    assert read_json("review", "status", study)["finals"].get("corrected", 0) == 0


CODES = (*builtin_codebook().codes, "none")


class Client:
    """A browser reduced to what a storm needs: cookies, the secret, the next card."""

    def __init__(self, served: Served, jar: CookieJar) -> None:
        self.served = served
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.secret = ""

    def get(self, path: str) -> str:
        with self.opener.open(self.served.site + path, timeout=30) as answer:
            return str(answer.read().decode())

    def decide(self, key: str, code: str) -> int:
        form = urllib.parse.urlencode({"do": "code", "code": code, "secret": self.secret, "ms": 5, "memo": f"{key}"})
        request = urllib.request.Request(
            f"{self.served.site}/q/audit/{key}", data=form.encode(),
            headers={"X-Textq": "fragment", "Sec-Fetch-Site": "same-origin", "X-Textq-Secret": self.secret},
        )  # fmt: skip
        with self.opener.open(request, timeout=30) as answer:
            return int(answer.status)


def storm(served: Served, keys: list[str], generator: random.Random) -> list[tuple[str, str]]:
    """Let four clients decide as fast as they can until the server is killed; return what was acknowledged."""
    jar = CookieJar()
    first = Client(served, jar)
    with first.opener.open(served.link, timeout=30) as answer:
        source = answer.read().decode()
    secret = re.search(r'data-secret="([^"]+)"', source)
    assert secret
    acknowledged: list[tuple[str, str]] = []
    lock = threading.Lock()

    def work(number: int) -> None:
        client = Client(served, jar)
        client.secret = secret.group(1)
        order = keys[number::4] * 50
        for place, key in enumerate(order):
            code = CODES[(place + number) % len(CODES)]
            try:
                if client.decide(key, code) == 200:
                    with lock:
                        acknowledged.append((key, code))
            except (OSError, urllib.error.URLError, ConnectionError):
                return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    enough, ended = generator.randint(10, 60), time.monotonic() + 60
    while len(acknowledged) < enough and time.monotonic() < ended:
        time.sleep(0.005)
    time.sleep(generator.uniform(0, 0.05))
    served.kill()
    for thread in threads:
        thread.join(timeout=60)
    return acknowledged


def check_storms(audited: Path, times: int) -> None:
    generator = random.Random(5)
    (sample,) = read_events(audited, "sample")
    keys = [item[0] for item in json.loads(sample["detail"])["items"]]
    written = 0
    for _ in range(times):
        with serve(audited) as served:
            acknowledged = storm(served, keys, generator)
        events = read_events(audited, "code")
        fresh = events[written:]
        given = [(event["clause"], join_code(event["instrument"], event["subtype"])) for event in fresh]
        for one in acknowledged:
            assert one in given
            given.remove(one)  # each acknowledged decision is there once
        assert len(given) <= 4  # a decision on its way may have been written unacknowledged, by each client one
        assert all(event["hash"] and event["clause_sha256"] and event["memo"] == event["clause"] for event in fresh)
        written = len(events)
        status = read_json("review", "status", audited)
        assert status["problems"] == []
    assert written >= 10 * times


def test_what_was_acknowledged_survives_kill_9(audited: Path) -> None:
    check_storms(audited, 2)


@pytest.mark.full
def test_what_was_acknowledged_survives_kill_9_twenty_times(audited: Path) -> None:
    check_storms(audited, 20)


@pytest.mark.full
def test_a_review_goes_on_where_it_was_killed(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    for _ in range(3):
        press(page, "Digit0")
    waiting = find_key(page)
    served.kill()
    page.keyboard.press("Digit0")
    page.locator("#alert").wait_for(state="visible")  # nothing is lost in silence
    assert find_key(page) == waiting
    again = start(audited)
    page = visit(again, "/q/audit")
    assert find_key(page) == waiting
    assert len(again.read_events("code")) == 3
    page.keyboard.press("u")
    settle(page)
    run_textq("review", "status", audited)
