"""Templates → a folder of the user's own: a codebook with its lexicon, or a study. Nothing is ever overwritten."""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from textq.errors import ConfigError
from textq.lexicon.codebook import split_code
from textq.lexicon.read import CODEBOOK_NAME, LEXICON_NAME, builtin_root, read_codebook

Language = Literal["zh", "en"]

Origin = Literal["minimal", "builtin"]
"""Where a codebook begins: two instruments to be replaced, or the codebook and the lexicon that come with textq."""

GOLD = "gold/clauses.csv"
"""The clauses coded by people, in a codebook's folder."""

GOLD_COLUMNS = ("id", "doc", "title", "heading", "stem", "text", "code", "subtype", "secondary")
"""The columns of that file."""

_TEMPLATES = Path(__file__).resolve().parent.parent / "scaffold"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,49}")
_NAME_LINE = re.compile(r"^name: .*$", re.MULTILINE)

_EXAMPLE_DOCUMENTS = 5
"""The examples are spread over so many documents, since figures are computed by document."""


def scaffold_codebook(folder: Path, name: str, lang: Language = "en", origin: Origin = "minimal") -> list[Path]:
    """Write a codebook, its lexicon, and a file of clauses to be coded; return the files written.

    Parameters
    ----------
    folder
        Where to; what it holds already stays.
    name
        What the codebook is called in tables: small Latin letters, digits, "-" and "_".
    lang
        The language of the template and of its notes. What comes with textq is Chinese in either case.

    Raises
    ------
    ConfigError
        If the name cannot be used, or one of the files is there already; nothing is written then.
    OSError
        If the folder cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"a codebook cannot be called {name!r}: its name stands in tables. Use up to 50 small letters from a to z, "
            'digits, "-" and "_", a letter first.'
        )
    texts = _read_texts(_TEMPLATES / "codebook" / lang)
    root = _TEMPLATES / "codebook" / lang
    if origin == "builtin":
        root = builtin_root()
        own = {at: text for at, text in texts.items() if not at.startswith(LEXICON_NAME)}
        texts = own | {CODEBOOK_NAME: (root / CODEBOOK_NAME).read_text(encoding="utf-8")} | _read_lexicon(root)
    texts[CODEBOOK_NAME] = _NAME_LINE.sub(f"name: {name}", texts[CODEBOOK_NAME], count=1)
    return _write_texts(folder, texts | {GOLD: _list_examples(root / CODEBOOK_NAME)})


def scaffold_study(folder: Path, lang: Language = "en") -> list[Path]:
    """Write a folder for documents, templates of what goes along with them, and a study.toml; return the files.

    Raises
    ------
    ConfigError
        If one of the files is there already; nothing is written then.
    OSError
        If the folder cannot be written.
    """
    templates = _TEMPLATES / "study"
    return _write_texts(folder, _read_texts(templates / "both") | _read_texts(templates / lang))


def _read_lexicon(root: Path) -> dict[str, str]:
    return {f"{LEXICON_NAME}/{at}": text for at, text in _read_texts(root / LEXICON_NAME).items()}


def _read_texts(root: Path) -> dict[str, str]:
    """Return the files below a folder by their path, with "/" between folders."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {at: found[at].read_text(encoding="utf-8") for at in sorted(found)}


def _list_examples(path: Path) -> str:
    """Return the examples of a codebook as a table of coded clauses, each once."""
    cells = io.StringIO()
    writer = csv.writer(cells, lineterminator="\n")
    writer.writerow(GOLD_COLUMNS)
    examples = {example.text: example for example in read_codebook(path).examples}
    for at, example in enumerate(examples.values()):
        instrument, subtype = split_code(example.code)
        document = f"example-{at % _EXAMPLE_DOCUMENTS + 1}"
        context = ("", example.heading, example.stem)
        writer.writerow((f"example-{at + 1}", document, *context, example.text, instrument, subtype or "", ""))
    return cells.getvalue()


def _write_texts(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write files that are not there yet; tables with a byte-order mark, by which Excel knows their encoding."""
    paths = {folder / at: text for at, text in texts.items()}
    _refuse_existing([path for path in paths if path.exists()])
    for path, text in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"
        with path.open("x", encoding=encoding, newline="\n") as file:
            file.write(text)
    return list(paths)


def _refuse_existing(paths: list[Path]) -> None:
    if paths:
        others = f" and {len(paths) - 1} more of these files" if len(paths) > 1 else ""
        raise ConfigError(f"{paths[0]}{others} are there already, and nothing is overwritten. Name another folder.")
