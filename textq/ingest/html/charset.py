"""The encoding that a page declares for itself."""

import re

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_:\-]+)"""
    rb"""|^\s{0,9}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9_:\-]+)""",
    re.IGNORECASE,
)
_HEAD = 4096
"""Bytes in which a declaration is looked for; browsers look through 1,024."""


def find_charset(data: bytes) -> str | None:
    """Return the name that the meta tags or the XML declaration give, None without one."""
    found = _DECLARED.search(data[:_HEAD])
    return (found[1] or found[2]).decode("ascii") if found else None
