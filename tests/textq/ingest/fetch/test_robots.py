import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.fetch.robots import MOST_BYTES, parse_robots


def allows(text: str, target: str, product: str = "textq") -> bool:
    return parse_robots(text.encode(), product).allows(target)


@pytest.mark.parametrize(
    ("rules", "target", "allowed"),
    [
        ("", "/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/a", False),
        ("Disallow: /a", "/ab", False),
        ("Disallow: /a/", "/a", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a/b\nDisallow: /a", "/a/c", False),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x/y.pdf", False),
        ("Disallow: /*.pdf$", "/x/y.pdf?z", True),
        ("Disallow: /*.pdf", "/x/y.pdf?z", False),
        ("Disallow: /a*b*c", "/a1b2c3", False),
        ("Disallow: /a*b*c", "/a1c2b", True),
        ("Disallow: /a*a$", "/a", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /a$b", "/a$b", False),
        ("Disallow: /a%24", "/a$", False),
        ("Disallow: /a%2A", "/a*", False),
        ("Disallow: /a%2A", "/ab", True),
        ("Disallow: /%7Ejoe", "/~joe", False),
        ("Disallow: /政策", "/%E6%94%BF%E7%AD%96/a", False),
        ("Disallow: /%e6%94%bf", "/%E6%94%BF%E7%AD%96", False),
        ("Disallow: /a?b=", "/a?b=c", False),
        ("DISALLOW : /a # why", "/a", False),
        ("Disallow: /a\nSitemap: /s\nDisallow: /b", "/b", False),
        ("Disallow: a", "/a", True),
    ],
)
def test_rules(rules: str, target: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}", target) is allowed
    assert allows(f"\ufeffuser-agent:*\r\n{rules}".replace("\n", "\r\n"), target) is allowed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: textq\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\nUser-agent: TextQ/1.0\nAllow: /", True),
        ("User-agent: text\nDisallow: /", True),
        ("User-agent: textqbot\nDisallow: /", True),
        ("User-agent: other\nUser-agent: textq\n\nDisallow: /", False),
        ("User-agent: textq\nAllow: /x\nUser-agent: other\nDisallow: /\nUser-agent: textq\nDisallow: /a", False),
        ("User-agent: textq\nUser-agent: *\nDisallow: /b", True),
        ("Disallow: /", True),
        ("<html>no robots here: none</html>", True),
        ("\x00\xff", True),
    ],
)
def test_groups(text: str, allowed: bool) -> None:
    assert allows(text, "/a") is allowed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10),
        ("User-agent: *\nCrawl-delay: 0.5\nDisallow:", 0.5),
        ("User-agent: textq\nCrawl-delay: 3\nUser-agent: *\nCrawl-delay: 10", 3),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: nan", None),
        ("User-agent: other\nCrawl-delay: 10", None),
    ],
)
def test_delays(text: str, delay: float | None) -> None:
    assert parse_robots(text.encode(), "textq").delay == delay


def test_only_the_beginning_of_a_long_file_is_read() -> None:
    head = b"User-agent: *\nDisallow: /a\n"
    data = head + b"#" * MOST_BYTES + b"\nDisallow: /b\n"
    robots = parse_robots(data, "textq")
    assert not robots.allows("/a")
    assert robots.allows("/b")


@pytest.mark.parametrize(
    "data",
    [
        b"User-agent: *\n" + b"Disallow: /" + b"*a" * 100_000,
        b"User-agent: *\n" + b"Disallow: /a*\n" * 30_000,
        b"User-agent: textq\n" * 20_000,
        b"User-agent: *\nDisallow: /" + b"*" * 400_000 + b"$",
    ],
)
def test_hostile_files_take_no_time(data: bytes) -> None:
    started = time.process_time()
    parse_robots(data, "textq").allows("/" + "a" * 4000 + "b")
    assert time.process_time() - started < 2


TOKENS = st.sampled_from(["/", "a", "b", "ab", "*", ".", "c/", "%41", "~"])
PATHS = st.lists(TOKENS, max_size=6).map(lambda parts: "/" + "".join(parts))
RULES = st.lists(st.tuples(st.sampled_from(["Allow", "Disallow"]), PATHS, st.sampled_from(["", "$"])), max_size=5)


@given(st.lists(st.tuples(st.sampled_from(["textq", "*", "other"]), RULES), max_size=3), PATHS)
def test_protego_agrees(groups: list[tuple[str, list[tuple[str, str, str]]]], path: str) -> None:
    """Without the liberties that protego takes: doubled stars count in its lengths, and "$" may be a letter, too."""
    protego = pytest.importorskip("protego", reason="needs the package Protego")
    text = "".join(
        f"User-agent: {name}\n" + "".join(f"{rule}: {pattern}{end}\n" for rule, pattern, end in rules)
        for name, rules in groups
    )
    path = path.replace("*", "x")
    if "**" in text or "index" in text or any(not rules for _, rules in groups):
        return
    assert allows(text, path) is protego.Protego.parse(text).can_fetch(f"http://h{path}", "textq")
