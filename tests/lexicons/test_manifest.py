"""The manifest of the lists against the files."""

import hashlib
from pathlib import Path

from textq.lexicon.read import read_manifest


def test_every_list_stands_in_the_manifest_with_its_sum(repository: Path) -> None:
    root = repository / "lexicons"
    stated = {
        (root / name / file if (root / name).is_dir() else root / file): total
        for name, block in read_manifest(root / "manifest.toml").items()
        for file, total in block["sha256"].items()
    }
    lists = [path for path in root.rglob("*") if path.is_file() and path.name not in {"README.md", "manifest.toml"}]

    assert stated == {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in lists}


def test_every_block_says_where_its_list_comes_from(repository: Path) -> None:
    for name, block in read_manifest(repository / "lexicons" / "manifest.toml").items():
        assert {"version", "language", "source", "licence"} <= set(block), name
