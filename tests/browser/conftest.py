"""The review in a real browser: Chromium, without a window.

Screenshots go to the folder that ``TEXTQ_SHOTS`` names, else to ``.artefacts/browser`` in the checkout.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import textq
from tests.browser.serving import Served, copy_study, run_textq, serve

playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium() -> str | None:
    """Return the program, which ``TEXTQ_CHROMIUM`` may name."""
    return os.environ.get("TEXTQ_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator["playwright.Browser"]:
    program = find_chromium()
    if program is None:
        pytest.skip("needs Chromium: install it, or name it by TEXTQ_CHROMIUM")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1"],
        )
        yield found
        found.close()


@pytest.fixture
def study(sample_run: textq.Run, tmp_path: Path) -> Path:
    """The scored sample, nothing reviewed."""
    return copy_study(sample_run.run_dir.parents[1], tmp_path / "study")


@pytest.fixture
def audited(study: Path) -> Path:
    """The scored sample, with an audit of which nothing is coded."""
    run_textq("review", "sample", study, "--size", "40", "--seed", "1")
    return study


@pytest.fixture
def start() -> Iterator[Callable[..., Served]]:
    """``start(study, *options, coders=…)`` starts a review, which ends with the test."""
    with ExitStack() as stack:
        yield lambda study, *options, coders=("anna",): stack.enter_context(serve(study, *options, coders=coders))


@pytest.fixture
def visit(browser: "playwright.Browser") -> Iterator[Callable[..., "playwright.Page"]]:
    """``visit(served, **context)`` opens the printed address in a browser of its own, and returns the page.

    A page that reports an error, or asks another machine for anything, fails the test.
    """
    with ExitStack() as stack:
        troubles: list[str] = []

        def open_page(served: Served, path: str = "/", **settings: object) -> "playwright.Page":
            context = browser.new_context(**{"locale": "en-GB", **settings})
            stack.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
            page.on(
                "request",
                lambda request: (
                    None
                    if request.url.startswith((served.site, "data:"))
                    else troubles.append(f"request: {request.url}")
                ),
            )
            page.on(
                "console",
                lambda said: (
                    troubles.append(f"console: {said.text}")
                    if said.type == "error" and "Content Security Policy" in said.text
                    else None
                ),
            )
            page.goto(served.link)
            if path != "/":
                page.goto(served.site + path)
            return page

        yield open_page
        assert not troubles


@pytest.fixture
def shoot(request: pytest.FixtureRequest, repository: Path) -> Callable[["playwright.Page", str], None]:
    """``shoot(page, name)`` keeps a screenshot of the whole page as an artefact of the run."""
    folder = Path(os.environ.get("TEXTQ_SHOTS") or repository / ".artefacts" / "browser")
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png", full_page=True) and None
