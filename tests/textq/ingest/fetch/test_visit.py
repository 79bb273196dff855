"""How hosts are treated: robots.txt, pace, retries, redirects, addresses."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from textq.ingest.fetch.failure import FetchError

from .conftest import PAGE, Answer, Site

Fetch = Callable[..., Any]


def robots(text: str) -> Answer:
    return Answer(text.encode(), headers={"Content-Type": "text/plain"})


def moved(to: str, status: int = 302) -> Answer:
    return Answer(b"", status, {"Location": to})


def test_robots_is_asked_once_and_before(fetch: Fetch, site: Site) -> None:
    site.say("/robots.txt", robots("User-agent: textq\nDisallow: /secret/"))
    urls = [site.say("/a.html", Answer()), site.say("/secret/b.html", Answer()), site.say("/x/../secret/c", Answer())]
    a, b, c = fetch([{"id": str(at), "url": url} for at, url in enumerate(urls)])
    assert (a.status, b.status, c.status) == ("fetched", "failed", "failed")
    assert "robots.txt does not allow textq to fetch /secret/b.html" in b.reason
    assert [request.path for request in site.requests] == ["/robots.txt", "/a.html"]


def test_robots_names_the_product_of_the_user_agent(fetch: Fetch, site: Site) -> None:
    site.say("/robots.txt", robots("User-agent: mybot\nDisallow: /"))
    url = site.say("/a.html", Answer())
    assert fetch([{"url": url}], user_agent="MyBot/2 (me@example.org)")[0].status == "failed"
    assert site.requests[0].headers["user-agent"] == "MyBot/2 (me@example.org)"
    assert fetch([{"url": url}])[0].status == "fetched"
    assert site.requests[-1].headers["user-agent"].startswith("textq/")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_allows_all(fetch: Fetch, site: Site, status: int) -> None:
    site.say("/robots.txt", Answer(b"Disallow", status))
    assert fetch([{"url": site.say("/a.html", Answer())}])[0].status == "fetched"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_robots_that_cannot_be_had_forbid_all(fetch: Fetch, site: Site, status: int) -> None:
    site.say("/robots.txt", Answer(b"", status))
    rows = fetch([{"url": site.say(f"/{name}.html", Answer())} for name in "abc"], retries=2)
    assert [row.status for row in rows] == ["failed"] * 3
    assert all("robots.txt could not be read, so nothing is fetched there" in row.reason for row in rows)
    assert [request.path for request in site.requests] == ["/robots.txt"] * 3  # once, two retries, no more for b and c


def test_robots_that_come_later_are_obeyed(fetch: Fetch, site: Site) -> None:
    site.say("/robots.txt", Answer(b"", 503), robots("User-agent: *\nAllow: /"))
    assert fetch([{"url": site.say("/a.html", Answer())}])[0].status == "fetched"


def test_robots_may_be_redirected_five_times(fetch: Fetch, site: Site) -> None:
    site.say("/robots.txt", moved("/r1"))
    for at in range(1, 5):
        site.say(f"/r{at}", moved(f"/r{at + 1}"))
    site.say("/r5", robots("User-agent: *\nDisallow: /"))
    url = site.say("/a.html", Answer())
    assert "does not allow" in fetch([{"url": url}])[0].reason
    site.say("/r5", moved("/robots.txt"))
    assert fetch([{"url": url}])[0].status == "fetched"  # beyond five there is none


def test_requests_are_apart_from_the_end_of_the_last(fetch: Fetch, site: Site) -> None:
    clock = site.clock

    def slowly(handler: Any) -> None:
        clock.time += 30  # the answer takes half a minute
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE)

    urls = [site.say("/a.html", Answer(raw=slowly)), site.say("/b.html", Answer()), site.say("/c.html", Answer())]
    fetch([{"url": url} for url in urls], delay=2)
    times = [request.at for request in site.requests]
    assert [later - earlier for earlier, later in pairwise(times)] == [2, 32, 2]


def test_crawl_delay_is_honoured_if_it_is_longer(fetch: Fetch, site: Site) -> None:
    site.say("/robots.txt", robots("User-agent: *\nCrawl-delay: 11"))
    rows = [{"url": site.say(f"/{name}.html", Answer())} for name in "ab"]
    fetch(rows, delay=2)
    assert site.clock.slept == [11, 11]
    site.clock.slept.clear()
    fetch(rows, delay=20, force=True)
    assert site.clock.slept == [20, 20]


def test_an_endless_crawl_delay_is_refused(fetch: Fetch, site: Site) -> None:
    site.say("/robots.txt", robots("User-agent: *\nCrawl-delay: 86400"))
    (row,) = fetch([{"url": site.say("/a.html", Answer())}])
    assert "asks for 86400 seconds" in row.reason
    assert sum(site.clock.slept) < 100


def test_hosts_take_turns(fetch: Fetch, site: Site) -> None:
    port = site.server_port
    for name in "abcd":
        site.say(f"/{name}.html", Answer())
    rows = [{"url": f"http://{host}.test:{port}/{name}.html"} for host in ("x", "y") for name in "abcd"]
    fetch(rows, delay=10, resolve=lambda *_: ["127.0.0.1"])
    assert site.clock.time - 1000 <= 5 * 10  # not 9 × 10: y is asked while x rests
    assert site.count("/a.html") == 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(fetch: Fetch, site: Site, status: int) -> None:
    url = site.say("/a.html", Answer(b"", status), Answer(b"", status), Answer())
    assert fetch([{"url": url}], delay=0)[0].status == "fetched"
    assert site.count("/a.html") == 3
    first, second = (wait for wait in site.clock.slept if wait > 0)
    assert 1 <= first <= 3
    assert 2 <= second <= 6


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 412, 451, 501, 202, 204, 304])
def test_what_does_not_pass_is_not(fetch: Fetch, site: Site, status: int) -> None:
    url = site.say("/a.html", Answer(b"", status, length=status not in {204, 304}))
    (row,) = fetch([{"url": url}])
    assert row.status == "failed"
    assert f"HTTP {status}" in row.reason
    assert site.count("/a.html") == 1


def test_retries_end(fetch: Fetch, site: Site) -> None:
    url = site.say("/a.html", Answer(b"", 503))
    assert "HTTP 503" in fetch([{"url": url}], retries=2)[0].reason
    assert site.count("/a.html") == 3


@pytest.mark.parametrize("value", ["77", "Sun, 01 Mar 2026 12:01:17 GMT"])
def test_retry_after_is_waited_for(fetch: Fetch, site: Site, value: str) -> None:
    url = site.say("/a.html", Answer(b"", 503, {"Retry-After": value}), Answer())
    assert fetch([{"url": url}], delay=0)[0].status == "fetched"
    first, second = site.asked("/a.html")
    assert second.at - first.at == 77


def test_a_long_retry_after_is_left_for_another_day(fetch: Fetch, site: Site) -> None:
    url = site.say("/a.html", Answer(b"", 429, {"Retry-After": "86400"}))
    assert "86400 seconds. Run again after that" in fetch([{"url": url}])[0].reason
    assert site.count("/a.html") == 1


def test_a_connection_that_is_closed_is_tried_again(fetch: Fetch, site: Site) -> None:
    url = site.say("/a.html", Answer(raw=lambda _: None), Answer())
    assert fetch([{"url": url}])[0].status == "fetched"


def test_nobody_listens(fetch: Fetch, site: Site) -> None:
    url = site.url("/a.html")
    site.server_close()
    (row,) = fetch([{"url": url}], retries=1)
    assert row.status == "failed"
    assert "robots.txt could not be read" in row.reason


def test_redirects_are_followed_by_hand(fetch: Fetch, site: Site) -> None:
    url = site.say("/a", moved("/政策/b.html".encode().decode("latin-1"), 301))
    final = site.say("/%E6%94%BF%E7%AD%96/b.html", Answer())
    (row,) = fetch([{"url": url}])
    assert (row.status, row.final_url) == ("fetched", final)
    assert site.requests[1].at + 2 == site.requests[2].at  # the pace holds here, too


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect(fetch: Fetch, site: Site, status: int) -> None:
    site.say("/b.html", Answer())
    assert fetch([{"url": site.say("/a.html", moved("/b.html", status))}])[0].status == "fetched"


def test_redirect_loops_end(fetch: Fetch, site: Site) -> None:
    site.say("/b", moved("/a"))
    (row,) = fetch([{"url": site.say("/a", moved("/b"))}])
    assert "more than 5 times" in row.reason
    assert site.count("/a") + site.count("/b") == 6


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://x/", "http://u:p@x/", "javascript:x", "http://:x/"])
def test_redirects_out_of_the_web_are_refused(fetch: Fetch, site: Site, to: str) -> None:
    (row,) = fetch([{"url": site.say("/a", moved(to))}])
    assert row.status == "failed"
    assert "which is not followed" in row.reason


def test_redirects_meet_the_robots_of_where_they_lead(fetch: Fetch, site: Site) -> None:
    site.say("/robots.txt", robots("User-agent: *\nDisallow: /b"))
    site.say("/b", Answer())
    (row,) = fetch([{"url": site.say("/a", moved("/b"))}])
    assert "does not allow textq to fetch /b" in row.reason
    assert site.count("/b") == 0


def test_private_hosts_are_refused(fetch: Fetch, site: Site) -> None:
    url = site.say("/a.html", Answer())
    (row,) = fetch([{"url": url}], allow_private=False)
    assert "127.0.0.1, which is not public" in row.reason
    assert site.requests == []


class Names:
    """A resolver whose answers are used up one by one, and its last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(given) for name, given in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        known = self.answers[host]
        return known.pop(0) if len(known) > 1 else known[0]


@pytest.fixture
def public_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take 127.0.0.1, where the site is, for a public address; all others as they are."""
    from textq.ingest.fetch import hosts

    real = hosts.is_public
    monkeypatch.setattr(hosts, "is_public", lambda address: address == "127.0.0.1" or real(address))


@pytest.mark.usefixtures("public_loopback")
def test_a_redirect_to_a_private_host_is_refused(fetch: Fetch, site: Site) -> None:
    port = site.server_port
    site.say("/a", moved(f"http://inside.test:{port}/b"))
    site.say("/b", Answer())
    names = Names(outside_test=[["127.0.0.1"]], inside_test=[["127.0.0.1", "10.0.0.1"]])
    (row,) = fetch([{"url": f"http://outside.test:{port}/a"}], allow_private=False, resolve=names)
    assert "inside.test has the address 10.0.0.1, which is not public" in row.reason
    assert site.count("/b") == 0


@pytest.mark.usefixtures("public_loopback")
def test_a_name_that_changes_its_address_is_checked_each_time(fetch: Fetch, site: Site) -> None:
    """DNS rebinding: public when robots.txt is asked for, private a moment later."""
    site.say("/a", Answer())
    names = Names(evil_test=[["127.0.0.1"], ["192.168.0.1"]])
    (row,) = fetch([{"url": f"http://evil.test:{site.server_port}/a"}], allow_private=False, resolve=names)
    assert "192.168.0.1, which is not public" in row.reason
    assert site.count("/a") == 0


@pytest.mark.usefixtures("public_loopback")
def test_the_address_that_was_checked_is_connected_to(
    fetch: Fetch, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's resolver, which might say something else by now, is not asked for the name again."""
    import socket

    looked_up: list[object] = []
    real = socket.getaddrinfo

    def look_up(host: Any, *more: Any, **named: Any) -> Any:
        looked_up.append(host)
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    site.say("/a.html", Answer())
    names = Names(good_test=[["127.0.0.1"]])
    (row,) = fetch([{"url": f"http://good.test:{site.server_port}/a.html"}], allow_private=False, resolve=names)
    assert row.status == "fetched"
    assert names.asked == ["good.test"] * 2  # robots.txt, and the page
    assert set(looked_up) == {"127.0.0.1"}
    assert {request.headers["host"] for request in site.requests} == {f"good.test:{site.server_port}"}


def test_the_next_address_is_tried_where_one_does_not_answer(fetch: Fetch, site: Site) -> None:
    site.say("/a.html", Answer())
    names = Names(two_test=[["127.0.0.2", "127.0.0.1"]])
    assert fetch([{"url": f"http://two.test:{site.server_port}/a.html"}], resolve=names)[0].status == "fetched"


def test_a_name_without_an_address(fetch: Fetch) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise FetchError(f"the host {host} is not found.")

    (row,) = fetch([{"url": "http://nowhere.test/a"}], resolve=resolve)
    assert "the host nowhere.test is not found" in row.reason
