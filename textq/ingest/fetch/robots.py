"""robots.txt by RFC 9309: which paths we may fetch, and how slowly.

Python's own ``urllib.robotparser`` knows neither wildcards nor the rule that the longest match wins, so this is its own
reading of the standard, in time linear in the file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

MOST_BYTES = 500 * 1024
"""What RFC 9309 asks a reader to read at least; the rest of a longer file is not read."""

_AGENT, _RULES = "user-agent", ("allow", "disallow", "crawl-delay")
_PRODUCT = re.compile("[a-z_-]+")
_DELAY = re.compile(r"\d{1,9}(\.\d{1,9})?")
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "/:@!&'()+,;=~%?#[]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of a group: whether paths that fit ``pattern`` are allowed. ``pattern`` is normalised, "*" kept."""

    allow: bool
    pattern: str
    anchored: bool

    def matches(self, target: str) -> bool:
        """Return whether a normalised path and query fit: "*" stands for anything, an anchored rule for the end."""
        first, *rest = self.pattern.split("*")
        if not target.startswith(first):
            return False
        if not rest:
            return not self.anchored or target == first
        position = len(first)
        for part in rest[:-1]:
            position = target.find(part, position)
            if position < 0:
                return False
            position += len(part)
        if self.anchored:
            return len(target) - len(rest[-1]) >= position and target.endswith(rest[-1])
        return target.find(rest[-1], position) >= 0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for us, the longest first, and the seconds asked for between requests (None: not said)."""

    rules: tuple[Rule, ...] = ()
    delay: float | None = None

    def allows(self, target: str) -> bool:
        """Return whether a path and query may be fetched: the longest rule that fits decides, allow before disallow."""
        target = _normalize(target).replace("*", "%2A").replace("$", "%24")
        return next((rule.allow for rule in self.rules if rule.matches(target)), True)


ALLOW_ALL = Robots()


def parse_robots(data: bytes, product: str) -> Robots:
    """Return what a robots.txt says to ``product`` (lower case): all groups that name it, else all for "*"."""
    text = data[:MOST_BYTES].decode("utf-8-sig", errors="replace")
    groups = list(_read_groups(text))
    named = any(product in names for names, _ in groups)
    lines = [line for names, body in groups if (product if named else "*") in names for line in body]
    rules = [rule for name, value in lines if (rule := _build_rule(name, value)) is not None]
    rules.sort(key=lambda rule: (-len(rule.pattern) - rule.anchored, not rule.allow))
    delays = [float(value) for name, value in lines if name == "crawl-delay" and _DELAY.fullmatch(value)]
    return Robots(tuple(rules), max(delays, default=None))


def _read_groups(text: str) -> Iterator[tuple[frozenset[str], Sequence[tuple[str, str]]]]:
    """Yield (names, rule lines) of each group; lines of other kinds do not end a group."""
    names: list[str] = []
    body: list[tuple[str, str]] = []
    for line in re.split("\r\n|\r|\n", text):
        name, _, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == _AGENT:
            if body:
                yield frozenset(names), body
                names, body = [], []
            names.append(_read_agent(value))
        elif name in _RULES and names:
            body.append((name, value))
    yield frozenset(names), body


def _read_agent(value: str) -> str:
    """Return the product name of a line such as ``TextQ/1.0``, or "*"."""
    if value.startswith("*"):
        return "*"
    found = _PRODUCT.match(value.lower())
    return found[0] if found else ""


def _build_rule(name: str, value: str) -> Rule | None:
    if name == "crawl-delay" or not value:  # an empty Disallow forbids nothing
        return None
    anchored = value.endswith("$")
    pattern = re.sub(r"\*+", "*", _normalize(value.removesuffix("$")).replace("$", "%24"))
    return Rule(name == "allow", pattern, anchored)


def _normalize(text: str) -> str:
    """Write each character in one way, so that %7Ea, %7ea and ~a are equal."""
    return _ESCAPE.sub(_normalize_escape, quote(text, safe=_SAFE + "*$"))


def _normalize_escape(escape: re.Match[str]) -> str:
    char = chr(int(escape[0][1:], 16))
    return char if char in _UNRESERVED else escape[0].upper()
