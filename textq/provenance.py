"""Which code made a result: the version of textq, and the hash of its source."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def code_version() -> str:
    """Return "<version>+<hash>": the release, and the first 12 hex digits over all of textq's source files."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parent
    for path in sorted(root.rglob("*.py"), key=lambda found: found.relative_to(root).as_posix()):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return f"{version('textq')}+{digest.hexdigest()[:12]}"
