from collections.abc import Callable

import pytest

from tests.textq.web.served import Served
from textq.store.settings import read_setting
from textq.web import pins
from textq.web.pins import Attempts, is_pin, make_pins


def link(served: Served) -> str:
    return f"/auth?token={served.sessions.token}"


def test_the_link_signs_in_once(served: Served) -> None:
    browser = served.visit()
    first = browser.get(link(served))
    cookie, *attributes = first.headers["set-cookie"].split("; ")
    assert (first.status, first.headers["location"]) == (303, "/")
    assert {one.lower() for one in attributes} == {"httponly", "path=/", "samesite=strict"}
    assert cookie.startswith(f"textq-{served.port}=")
    assert served.sessions.token not in cookie
    second = browser.get(link(served))
    assert second.status == 401
    assert "used before" in second.text
    assert "set-cookie" not in second.headers
    browser.cookie = cookie
    assert browser.get(link(served)).headers["location"] == "/"
    assert "anna" in browser.get("/settings").text


def test_without_the_token_there_is_nothing_to_see(served: Served) -> None:
    browser = served.visit()
    for path in ("/", "/q/fix", "/settings", "/auth", "/auth?token=", "/auth?token=wrong", "/auth?token=%E5%AF%86"):
        answer = browser.get(path)
        assert answer.status == 401
        assert "anna" not in answer.text
        assert served.sessions.token not in answer.text
    browser.cookie = f"textq-{served.port}={served.sessions.token}"
    assert browser.get("/").status == 401


def test_a_look_ahead_does_not_use_the_link_up(served: Served) -> None:
    browser = served.visit()
    assert browser.ask("HEAD", link(served)).status == 401
    assert browser.get(link(served)).status == 303


def test_a_link_from_another_site_goes_on_from_a_page_of_ours(served: Served) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = served.visit().get(link(served), headers)
    assert answer.status == 200
    assert "set-cookie" in answer.headers
    assert 'content="0; url=/"' in answer.text


def test_a_cookie_of_another_port_or_start_is_no_session(served: Served) -> None:
    browser = served.sign_in()
    name = browser.cookie.partition("=")[2]
    browser.cookie = f"textq-{served.port + 1}={name}"
    assert browser.get("/").status == 401


def sign_in(served: Served, coder: str, pin: str, token: str | None = None) -> tuple[int, str]:
    answer = served.visit().post(
        "/auth", {"token": served.sessions.token if token is None else token, "coder": coder, "pin": pin}
    )
    return answer.status, answer.headers.get("set-cookie", "")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes are cheap, and nothing is held back."""
    monkeypatch.setattr(pins, "_COST", 2)

    async def pass_by(seconds: float) -> None:
        return None

    monkeypatch.setattr("textq.web.sign_in.anyio.sleep", pass_by)


def test_several_coders_sign_in_by_pins(serve: Callable[..., Served], quick: None) -> None:
    served = serve("anna", "宝", lang="zh")
    made = make_pins(served.store, served.study.coders)
    assert set(made) == {"anna", "宝"}
    form = served.visit().get(link(served))
    assert form.status == 200
    assert "宝" in form.text
    assert served.visit().get(link(served)).status == 200
    for coder in made:
        status, cookie = sign_in(served, coder, f" {made[coder]} ")
        assert status == 303
        browser = served.visit()
        browser.cookie = cookie.partition(";")[0]
        assert f'<span class="me">{coder}</span>' in browser.get("/settings").text
    assert sign_in(served, "anna", made["anna"], token="wrong") == (401, "")
    assert sign_in(served, "nobody", made["anna"])[0] == 401
    assert sign_in(served, "", "")[0] == 401


def test_wrong_pins_lock_a_name_for_a_minute(serve: Callable[..., Served], quick: None) -> None:
    served = serve("anna", "bao", lang="en")
    made = make_pins(served.store, served.study.coders)
    wrong = f"{(int(made['anna']) + 1) % 10**6:06}"
    assert [sign_in(served, "anna", wrong)[0] for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(served, "anna", made["anna"]) == (429, "")
    assert sign_in(served, "bao", made["bao"])[0] == 303


def test_each_wrong_pin_holds_the_next_try_back() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    assert [attempts.begin("a") for _ in range(6)] == [0.0, 0.25, 0.5, 1.0, 2.0, None]
    assert attempts.begin("b") == 0.0
    now[0] = 60.0
    assert attempts.begin("a") == 4.0
    attempts.succeed("a")
    assert attempts.begin("a") == 0.0


def test_pins_are_kept_as_hashes_and_made_once(served: Served) -> None:
    made = make_pins(served.store, ["anna"])
    assert len(made["anna"]) == 6
    assert made["anna"].isdigit()
    assert made["anna"] not in str(read_setting(served.store, "anna", "pin"))
    assert make_pins(served.store, ["anna"]) == {}
    assert is_pin(served.store, "anna", made["anna"])
    assert not is_pin(served.store, "anna", "")
    assert not is_pin(served.store, "bao", "")
    old = made["anna"]
    renewed = make_pins(served.store, ["anna"], ["anna"])["anna"]
    assert is_pin(served.store, "anna", renewed)
    assert is_pin(served.store, "anna", old) is (old == renewed)


def test_signing_out_ends_the_session(serve: Callable[..., Served]) -> None:
    served = serve("anna", "bao")
    browser = served.sign_in("bao")
    assert browser.get("/settings").status == 200
    assert browser.post("/leave").headers["location"] == link(served)
    assert browser.get("/settings").status == 401


def test_a_token_does_not_open_the_form_where_there_is_one_coder(served: Served) -> None:
    make_pins(served.store, ["anna"])
    assert sign_in(served, "anna", "000000") == (401, "")
