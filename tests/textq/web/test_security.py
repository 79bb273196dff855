import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from tests.textq.web.served import Answer, Browser, Served
from textq.store.events import read_events
from textq.web.security import (
    HEADERS,
    LARGEST,
    Gate,
    Guard,
    check_host,
    check_read,
    check_write,
    find_names,
    is_loopback,
    split_host,
)

NO_NAMES: frozenset[str] = frozenset()


def skip_next(served: Served, browser: Browser, **headers: str) -> Answer:
    """Put off the next clause to correct, which writes one event."""
    path = browser.get("/q/fix").headers["location"]
    return browser.post(path, {"do": "skip"}, {name.replace("_", "-"): value for name, value in headers.items()})


def count_events(served: Served) -> int:
    return len(read_events(served.store))


def test_a_page_of_the_server_may_write(served: Served) -> None:
    answer = skip_next(served, served.sign_in())
    assert (answer.status, count_events(served)) == (303, 1)


@pytest.mark.parametrize("site", ["same-site", "cross-site", "new-word"])
def test_writes_of_other_sites_and_ports_write_nothing(served: Served, site: str) -> None:
    answer = skip_next(served, served.sign_in(), Sec_Fetch_Site=site)
    assert (answer.status, count_events(served)) == (403, 0)
    assert "another site" in answer.text


def test_without_the_secret_nothing_is_written(served: Served) -> None:
    browser, other = served.sign_in(), served.sign_in()
    for secret in ("", "wrong", other.secret, "密"):
        browser.secret = secret
        answer = skip_next(served, browser)
        assert (answer.status, count_events(served)) == (403, 0)
        assert "another session" in answer.text


def test_the_secret_may_stand_in_a_header(served: Served) -> None:
    browser = served.sign_in()
    secret, browser.secret = browser.secret, ""
    assert skip_next(served, browser, X_Textq_Secret=secret).status == 303
    assert count_events(served) == 1


def test_a_write_without_a_session_is_refused(served: Served) -> None:
    signed_in = served.sign_in()
    path = signed_in.get("/q/fix").headers["location"]
    stranger = served.visit()
    stranger.secret = signed_in.secret
    assert stranger.post(path, {"do": "skip"}).status == 401
    assert count_events(served) == 0


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("[::1]:{port}", 200),
        ("127.9.9.9:{port}", 200),
        ("127.0.0.1", 403),
        ("127.0.0.1:1", 403),
        ("evil.example:{port}", 403),
        ("127.0.0.1.evil.example:{port}", 403),
        ("localhost.evil.example:{port}", 403),
        ("192.168.0.9:{port}", 403),
        ("0.0.0.0:{port}", 403),
        ("x@127.0.0.1:{port}", 403),
        ("", 403),
    ],
)
def test_hosts_of_reads(served: Served, host: str, status: int) -> None:
    browser = served.sign_in()
    answer = browser.get("/settings", {"Host": host.format(port=served.port)})
    assert answer.status == status
    assert (browser.secret in answer.text) is (status == 200)


def test_a_foreign_host_reads_and_writes_nothing(served: Served) -> None:
    browser = served.sign_in()
    host = f"evil.example:{served.port}"
    path = browser.get("/q/fix").headers["location"]
    for answer in (
        browser.get("/static/review.css", {"Host": host}),
        browser.get("/auth?token=" + served.sessions.token, {"Host": host}),
        browser.post(path, {"do": "skip"}, {"Host": host, "Origin": f"http://{host}"}),
    ):
        assert answer.status == 403
        assert "set-cookie" not in answer.headers
    assert count_events(served) == 0


def test_two_hosts_are_refused(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        host = f"127.0.0.1:{served.port}"
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n".encode())
        assert connection.recv(100).split()[1] in (b"400", b"403")
    headers = Headers(raw=[(b"host", host.encode()), (b"host", host.encode())])
    with pytest.raises(HTTPException):
        check_host(headers, served.port, NO_NAMES, any_address=False)


def test_where_a_browser_sends_no_fetch_site_the_origin_counts() -> None:
    here = {"host": "192.168.0.9:8000"}
    check_write(Headers({**here, "origin": "http://192.168.0.9:8000"}))
    check_write(Headers(here))
    for origin in ("http://192.168.0.9:8001", "http://evil.example", "null", "file://192.168.0.9:8000", ""):
        with pytest.raises(HTTPException) as refused:
            check_write(Headers({**here, "origin": origin}))
        assert refused.value.status_code == 403


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_other_sites_may_link_but_not_embed(site: str) -> None:
    check_read(Headers({"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}))
    for mode, dest in [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe"), ("navigate", "object")]:
        with pytest.raises(HTTPException):
            check_read(Headers({"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}))


def test_what_other_sites_embed_is_not_served(served: Served) -> None:
    browser = served.sign_in()
    embedded = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
    for path in ("/", "/static/review.js"):
        assert browser.get(path, embedded).status == 403


def test_every_answer_carries_the_headers(served: Served) -> None:
    browser = served.sign_in()
    answers = [browser.get(path) for path in ("/", "/nothing", "/static/review.css", "/q/fix")]
    answers += [served.visit().get("/"), browser.post("/settings", {}, {"Sec-Fetch-Site": "cross-site"})]
    for answer in answers:
        assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert [answer.headers["cache-control"] for answer in answers[:2]] == ["no-store", "no-store"]


def test_pages_hold_no_styles_or_scripts_of_their_own(served: Served) -> None:
    browser = served.sign_in()
    for path in ("/", "/settings", "/browse", "/codebook", "/nothing"):
        text = browser.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert text.count("<script") == 1
        assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org", "")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(served: Served, method: str) -> None:
    answer = served.sign_in().ask(method, "/")
    assert answer.status == 405
    assert "allow" in answer.headers


def test_large_bodies_are_refused(served: Served) -> None:
    browser = served.sign_in()
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    assert browser.ask("POST", "/settings", form, b"x" * (LARGEST + 1)).status == 413
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        head = f"POST /settings HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {browser.cookie}\r\n"
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        with suppress(OSError):  # the server closes when it has had enough
            for _ in range(LARGEST // 0x10000 + 2):
                connection.sendall(chunk)
        assert connection.recv(100).split()[1] == b"413"


def test_a_malformed_form_is_refused(served: Served) -> None:
    browser = served.sign_in()
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Sec-Fetch-Site": "same-origin"}
    assert browser.ask("POST", "/settings", headers, b"--y\r\nnonsense").status in (400, 403)
    assert served.errors == []


def test_errors_for_scripts_are_plain_text(served: Served) -> None:
    answer = served.visit().get("/q/fix", {"X-Textq": "fragment"})
    assert answer.status == 401
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("Not signed in")


def test_refusals_are_in_the_language_of_the_browser(serve: Callable[..., Served]) -> None:
    browser = serve("anna").visit()
    assert "Not signed in" in browser.get("/", {"Accept-Language": "en"}).text
    assert "尚未登录" in browser.get("/", {"Accept-Language": "zh-CN,zh;q=0.9"}).text


def test_an_error_shows_no_trace(served: Served) -> None:
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("the word that no page shows")

    told: list[Exception] = []
    guard = Guard(fail, Gate(served.study, served.sessions, lang="zh", report=told.append))
    session = served.sessions.start("anna")
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", f"textq-8000={session.name}".encode())],
    }
    asyncio.run(guard(scope, receive, send))
    page = sent[1]["body"].decode()
    assert sent[0]["status"] == 500
    assert "程序出错" in page
    assert "no page shows" not in page
    assert [str(error) for error in told] == ["the word that no page shows"]


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        ("a:80", ("a", 80)),
        ("A", ("a", 80)),
        ("[::1]", ("::1", 80)),
        ("[::1]:9", ("::1", 9)),
        ("[::1", ("", None)),
        ("[::1]9", ("", None)),
        ("a:", ("", None)),
        ("a:b", ("", None)),
        ("a:８０", ("", None)),
        ("a:123456", ("", None)),
        ("::1", ("", None)),
    ],
)
def test_split_host(host: str, parts: tuple[str, int | None]) -> None:
    assert split_host(host) == parts


def test_names_over_a_network() -> None:
    assert find_names("192.168.0.9") == {"192.168.0.9"}
    assert socket.gethostname().lower() in find_names("0.0.0.0")
    for name, is_own in [("localhost", True), ("127.1.2.3", True), ("::1", True), ("10.0.0.1", False), ("", False)]:
        assert is_loopback(name) is is_own
    check_host(Headers({"host": "10.1.2.3:80"}), 80, NO_NAMES, any_address=True)
    with pytest.raises(HTTPException):
        check_host(Headers({"host": "evil.example:80"}), 80, NO_NAMES, any_address=True)


def test_a_server_whose_run_was_replaced_answers_nothing_and_writes_nothing(served: Served) -> None:
    browser = served.sign_in()
    key = browser.get("/q/fix").headers["location"].rpartition("/")[2]
    with served.store.write() as connection:
        connection.execute("UPDATE run SET run_id = 'another'")
    for answer in (browser.get("/"), browser.get(f"/q/fix/{key}"), browser.post(f"/q/fix/{key}", {"code": "none"})):
        assert answer.status == 409
        assert "scored anew" in answer.text
    assert read_events(served.store) == []
