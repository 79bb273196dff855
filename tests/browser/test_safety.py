"""Nobody but the person who got the link writes or reads, whatever another page in the same browser does."""

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.foreign_site import ForeignSite, serve_foreign_site
from tests.browser.serving import Served


@pytest.fixture
def foreign() -> Iterator[ForeignSite]:
    with serve_foreign_site() as site:
        yield site


def ask(served: Served, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{served.port}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_no_page_without_the_token_and_the_token_once(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any], browser: Any
) -> None:
    served = start(audited)
    for path in ("/", "/q/audit", "/browse", "/log", "/io", "/agreement"):
        assert ask(served, path)[0] == 401
    assert ask(served, "/auth?token=guess")[0] == 401
    page = visit(served)
    assert page.url == f"{served.site}/"  # the token has left the address
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert cookie["value"] not in served.link
    other = browser.new_context()
    assert other.new_page().goto(served.link).status == 401
    other.close()


@pytest.mark.full
def test_another_name_of_this_machine_is_refused(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any], browser: Any
) -> None:
    served = start(audited)
    page = visit(served)
    cookie = page.context.cookies()[0]
    sent = {"Cookie": f"{cookie['name']}={cookie['value']}"}
    assert ask(served, "/q/audit", **sent)[0] in (200, 303)
    for host in (f"rebound.example:{served.port}", "rebound.example", f"127.0.0.1.example:{served.port}", "0.0.0.0"):
        status, text = ask(served, "/q/audit", **sent, Host=host)
        assert status == 403
        assert "<main" not in text or "card" not in text
    rebound = browser.new_context()  # the name resolves to this machine
    assert rebound.new_page().goto(f"http://rebound.example:{served.port}/q/audit").status == 403
    rebound.close()


ATTACKS = """
<script>
const site = "{site}", key = "{key}";
const said = [];
async function attempt(name, url, options) {{
  try {{
    const answer = await fetch(url, options);
    said.push(name + ":" + answer.type + ":" + (await answer.text()).length);
  }} catch (error) {{ said.push(name + ":blocked"); }}
}}
(async () => {{
  const form = () => new URLSearchParams({{do: "code", code: "none", ms: "1", secret: ""}});
  await attempt("read", site + "/q/audit", {{credentials: "include"}});
  await attempt("read-opaque", site + "/q/audit", {{credentials: "include", mode: "no-cors"}});
  await attempt("write", site + "/q/audit/" + key, {{method: "POST", body: form(), credentials: "include"}});
  await attempt("write-opaque", site + "/q/audit/" + key,
                {{method: "POST", body: form(), credentials: "include", mode: "no-cors"}});
  await attempt("undo", site + "/undo", {{method: "POST", body: form(), credentials: "include", mode: "no-cors"}});
  document.body.dataset.said = said.join(" ");
}})();
</script>
<body></body>
"""
FORM = """<form method="post" action="{site}/q/audit/{key}">
<input name="code" value="none"><input name="secret" value=""></form><script>document.forms[0].submit()</script>"""
FRAME = """<iframe src="{site}/q/audit"></iframe><script src="{site}/q/audit"></script>
<img src="{site}/page/x/1.png"><body></body>"""


def test_pages_of_another_port_write_nothing_and_read_nothing(
    audited: Path, start: Callable[..., Served], browser: Any, foreign: ForeignSite
) -> None:
    served = start(audited)
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.link)
    page.goto(f"{served.site}/q/audit")
    before = served.read_events()
    names = {"site": served.site, "key": page.locator("main").get_attribute("data-key")}
    foreign.pages = {
        "/attack": ATTACKS.format(**names), "/form": FORM.format(**names), "/frame": FRAME.format(**names),
    }  # fmt: skip
    # the same site on another port: cookies with SameSite=Strict do travel; and a foreign name, where they do not
    for origin in (foreign.site, foreign.site.replace("127.0.0.1", "evil.example")):
        page.goto(f"{origin}/attack")
        page.wait_for_selector("body[data-said]")
        said = dict(part.split(":", 1) for part in page.evaluate("document.body.dataset.said").split())
        assert said["read"] == "blocked"
        assert said["write"] == "blocked"
        assert said["read-opaque"] in ("blocked", "opaque:0")
        with page.expect_response(lambda answer: "/q/audit/" in answer.url) as sent:
            page.goto(f"{origin}/form")
        assert sent.value.status == 403
        page.wait_for_url(f"{served.site}/q/audit/**")
        page.goto(f"{origin}/frame")
        page.wait_for_timeout(300)
        assert all("card" not in frame.content() for frame in page.frames if frame.url.startswith(served.site))
    assert served.read_events() == before
    context.close()


@pytest.mark.full
def test_the_page_of_a_session_has_a_secret_without_which_nothing_is_written(
    audited: Path, start: Callable[..., Served], visit: Callable[..., Any]
) -> None:
    served = start(audited)
    page = visit(served, "/q/audit")
    key = page.locator("main").get_attribute("data-key")
    status = page.evaluate(
        """key => fetch(`/q/audit/${key}`, {method: "POST", body: new URLSearchParams({code: "none", secret: "x"})})
            .then(answer => answer.status)""",
        key,
    )
    assert status == 403
    assert not served.read_events("code")
