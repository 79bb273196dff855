"""Codebooks and lexicons from files (YAML, CSV); the only place that knows where the lists are."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from textq.errors import LexiconError
from textq.lexicon.codebook import Codebook, Example, ExampleKind, Instrument, Label, Rule, Subtype
from textq.lexicon.entry import MATCH_KINDS, WITHOUT_CODE, Entry, Lexicon, MatchKind, check_entry
from textq.lexicon.rows import read_rows
from textq.records import NONE

CODEBOOK_NAME = "codebook.yaml"
"""The file of the codebook in a folder of lists."""

LEXICON_NAME = "instruments"
"""The folder of its lexicon beside it."""

COLUMNS = ("term", "code", "match", "weight", "must", "must_not", "note")
"""The columns of a lexicon file, in their order."""

LANGUAGES = ("zh", "en")
"""The languages that a codebook's prose may be in, side by side."""

MAX_WEIGHT = 10.0
"""The largest weight an entry may have; the smallest is above zero."""

MAX_ENTRIES = 200_000
"""The most entries of a lexicon."""

MAX_PATTERNS = 5_000
"""The most entries of a lexicon that are patterns."""


def builtin_root() -> Path:
    """Return the folder of the lists that come with textq: in the package when installed, else the checkout's.

    Raises
    ------
    LexiconError
        If neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package / "lexicons", package.parent / "lexicons"):
        if (root / "manifest.toml").is_file():
            return root
    raise LexiconError(
        f"the lists of textq are missing: no lexicons/manifest.toml in {package} or {package.parent}. "
        "Install textq again, or clone the whole repository."
    )


@cache
def builtin_codebook(*, lang: str = "en") -> Codebook:
    """Return the codebook that comes with textq with its prose in a language, read once for each."""
    return read_codebook(builtin_root() / CODEBOOK_NAME, lang=lang)


@cache
def builtin_lexicon() -> Lexicon:
    """Return the lexicon of instruments that comes with textq, read and compiled once."""
    return read_lexicon(builtin_root() / LEXICON_NAME, builtin_codebook())


def read_codebook(path: Path, *, lang: str = "en") -> Codebook:
    """Read a codebook from a YAML file; its form is described in lexicons/README.md.

    Parameters
    ----------
    path
        The file.
    lang
        The language of definitions, questions, rules and what is in and out, where the file has it in two: ``"zh"`` or
        ``"en"``. What it has in one language only is read as it is.

    Raises
    ------
    LexiconError
        If the file cannot be read, lacks a key, names a code twice, has prose in another language, or an example
        carries an unknown code; or if ``lang`` is neither of the two.
    """
    if lang not in LANGUAGES:
        raise LexiconError(f"{path}: a codebook cannot be read in {lang!r}. Use {' or '.join(LANGUAGES)}.")
    data = _choose_prose(_load_yaml(path), lang, path)
    codebook = Codebook(
        name=_text(data, "name", path),
        version=_text(data, "version", path),
        language=_text(data, "language", path),
        instruments=tuple(_build_instrument(item, path) for item in _mappings(data, "instruments", path)),
        decision=_texts(data, "decision", path),
        rules=tuple(_build_rule(item, path) for item in _mappings(data, "rules", path, optional=True)),
        none=_build_instrument({"name": NONE, **_mapping(data, NONE, path)}, path),
    )
    _check_codebook(codebook, path)
    return codebook


def read_lexicon(folder: Path, codebook: Codebook) -> Lexicon:
    """Read every CSV file of ``folder`` into one lexicon for ``codebook``.

    The version is the one in ``manifest.toml`` beside the folder, in the block named like the folder; a folder
    without such a block has the version ``local-`` and the first eight hex digits of the SHA-256 of its files.

    Raises
    ------
    LexiconError
        If there is no CSV file, or one has wrong columns, an unknown code or match, a bad weight, a pattern or a guard
        that cannot be used, or a term twice with the same guards; or if there are too many entries or patterns.
    """
    paths = sorted(folder.glob("*.csv"))
    if not paths:
        raise LexiconError(f"{folder}: no lexicon here. A lexicon is a folder of CSV files ({','.join(COLUMNS)}).")
    entries = _read_entries(paths, codebook)
    return Lexicon(name=folder.name, version=_find_version(folder, paths), entries=tuple(entries))


def read_manifest(path: Path) -> dict[str, Any]:
    """Read ``manifest.toml``: a block a list.

    Raises
    ------
    LexiconError
        If the file is absent or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path}: cannot be read as TOML ({error}). Mend or restore the file.") from error


def _read_entries(paths: Sequence[Path], codebook: Codebook) -> list[Entry]:
    seen: dict[tuple[object, ...], str] = {}
    entries: list[Entry] = []
    n_patterns = 0
    for path in paths:
        for where, row in read_rows(path, COLUMNS):
            entry = _build_entry(row, codebook, where)
            n_patterns += entry.match == "pattern"
            if len(entries) == MAX_ENTRIES or n_patterns > MAX_PATTERNS:
                limits = f"{MAX_ENTRIES:,} entries or {MAX_PATTERNS:,} patterns"
                raise LexiconError(f"{where}: a lexicon may not have more than {limits}. Remove what never matches.")
            if entry.key in seen:
                raise LexiconError(f"{where}: {entry.term!r} is already in {seen[entry.key]}. Keep one.")
            seen[entry.key] = where
            entries.append(entry)
    return entries


def _find_version(folder: Path, paths: Sequence[Path]) -> str:
    manifest = folder.parent / "manifest.toml"
    block = read_manifest(manifest).get(folder.name) if manifest.is_file() else None
    if block is None:
        return "local-" + hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]
    if not isinstance(block, dict) or not isinstance(block.get("version"), str):
        raise LexiconError(f'{manifest}: [{folder.name}] has no version. Add version = "1.0".')
    return str(block["version"])


def _build_entry(row: Mapping[str, str], codebook: Codebook, where: str) -> Entry:
    term, code, match = row["term"], row["code"], row["match"]
    for kind in MATCH_KINDS:
        if kind == match:
            _check_code(code, kind, codebook, where)
            weight = _parse_weight(row["weight"], where)
            entry = Entry(term, code, kind, weight, row["must"], row["must_not"], row["note"])
            try:
                check_entry(entry)
            except LexiconError as error:
                raise LexiconError(f"{where}: {error}") from error
            return entry
    raise LexiconError(f"{where}: unknown match {match!r} of {term!r}. It must be one of {', '.join(MATCH_KINDS)}.")


def _check_code(code: str, match: MatchKind, codebook: Codebook, where: str) -> None:
    if match in WITHOUT_CODE:
        if code:
            raise LexiconError(
                f"{where}: {match!r} yields no evidence, but has the code {code!r}. Leave the code empty."
            )
    elif code not in codebook.codes and code != NONE:
        known = ", ".join((*codebook.codes, NONE))
        raise LexiconError(f"{where}: {code!r} is no code of codebook {codebook.name} {codebook.version}. Use {known}.")


def _parse_weight(text: str, where: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not 0.0 < weight <= MAX_WEIGHT:
        raise LexiconError(f"{where}: the weight {text!r} is no number above 0 and up to {MAX_WEIGHT:g}. Correct it.")
    return weight


def _load_yaml(path: Path) -> Mapping[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LexiconError(f"{path}: cannot be read as YAML in UTF-8 ({error}). Mend or restore the file.") from error
    if not isinstance(data, dict):
        raise LexiconError(f"{path}: a codebook is a mapping of keys. See lexicons/README.md for its form.")
    return data


def _choose_prose(data: Mapping[str, Any], lang: str, path: Path) -> dict[str, Any]:
    """Return the content of a codebook in which all prose is in one language."""
    chosen = dict(data)
    for key in ("definition", "rule"):
        if key in chosen:
            chosen[key] = _choose_text(chosen[key], lang, key, data, path)
    for key in ("decision", "includes", "excludes"):
        if isinstance(chosen.get(key), list):
            chosen[key] = [_choose_text(item, lang, key, data, path) for item in chosen[key]]
    for key in ("instruments", "subtypes", "rules"):
        if isinstance(chosen.get(key), list):
            chosen[key] = [_choose_prose(it, lang, path) if isinstance(it, dict) else it for it in chosen[key]]
    if isinstance(chosen.get(NONE), dict):
        chosen[NONE] = _choose_prose(chosen[NONE], lang, path)
    return chosen


def _choose_text(value: Any, lang: str, key: str, data: Mapping[str, Any], path: Path) -> Any:
    """Return a text as it is, and of a mapping of languages the text in ``lang``, else in the other."""
    if not isinstance(value, dict):
        return value
    if unknown := [one for one in value if one not in LANGUAGES]:
        known = ", ".join(LANGUAGES)
        raise LexiconError(f"{path}: unknown language {unknown[0]!r} of {key!r} in {_show(data)}. Use {known} or both.")
    if not value or not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise LexiconError(f"{path}: a language of {key!r} has no text in {_show(data)}. Write it or leave it out.")
    return (value[lang] if lang in value else next(iter(value.values()))).strip()


def _build_instrument(data: Mapping[str, Any], path: Path) -> Instrument:
    subtypes = _mappings(data, "subtypes", path, optional=True)
    return Instrument(
        name=_text(data, "name", path),
        label=_build_label(data, path),
        definition=_text(data, "definition", path),
        subtypes=tuple(_build_subtype(item, path) for item in subtypes),
        examples=_build_examples(data, path),
    )


def _build_subtype(data: Mapping[str, Any], path: Path) -> Subtype:
    return Subtype(
        name=_text(data, "name", path),
        label=_build_label(data, path),
        definition=_text(data, "definition", path),
        includes=_texts(data, "includes", path),
        excludes=_texts(data, "excludes", path),
        examples=_build_examples(data, path),
    )


def _build_label(data: Mapping[str, Any], path: Path) -> Label:
    label = Label(zh=str(data.get("zh", "")), en=str(data.get("en", "")))
    if not (label.zh or label.en):
        raise LexiconError(f"{path}: {data.get('name')!r} has no label. Give it zh, en or both.")
    return label


def _build_rule(data: Mapping[str, Any], path: Path) -> Rule:
    return Rule(_text(data, "rule", path), _build_examples(data, path))


def _build_examples(data: Mapping[str, Any], path: Path) -> tuple[Example, ...]:
    items = _mappings(data, "examples", path, optional=True)
    return tuple(_build_example(item, path) for item in items)


def _build_example(data: Mapping[str, Any], path: Path) -> Example:
    text, code, stated = _text(data, "text", path), _text(data, "code", path), data.get("kind")
    stem, heading = (_text(data, key, path) if key in data else "" for key in ("stem", "heading"))
    kind = next((one for one in get_args(ExampleKind) if one == stated), None)
    if stated is not None and kind is None:
        known = ", ".join(get_args(ExampleKind))
        raise LexiconError(f"{path}: unknown kind {stated!r} of the example {text[:20]!r}. It must be one of {known}.")
    return Example(text, code, kind, stem, heading)


def _check_codebook(codebook: Codebook, path: Path) -> None:
    names = (*codebook.instrument_names, *codebook.codes, NONE)
    twice = [code for code in codebook.codes if codebook.codes.count(code) > 1]
    if twice or NONE in codebook.instrument_names or len(set(codebook.instrument_names)) < len(codebook.instruments):
        raise LexiconError(f"{path}: a code stands twice, or {NONE!r} among the instruments: {', '.join(names)}.")
    if unknown := {example.code for example in codebook.examples} - set(names):
        raise LexiconError(f"{path}: an example has an unknown code: {', '.join(sorted(unknown))}. Use {names}.")


def _text(data: Mapping[str, Any], key: str, path: Path) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise LexiconError(f"{path}: {key!r} is missing or no text in {_show(data)}. Add it (quote numbers).")
    return value.strip()


def _texts(data: Mapping[str, Any], key: str, path: Path) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise LexiconError(f"{path}: {key!r} must be a list of texts in {_show(data)}.")
    return tuple(value)


def _mapping(data: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    value = data.get(key)
    if not isinstance(value, dict):
        raise LexiconError(f"{path}: {key!r} is missing or no mapping in {_show(data)}. Add it.")
    return value


def _mappings(data: Mapping[str, Any], key: str, path: Path, *, optional: bool = False) -> list[Mapping[str, Any]]:
    value = data.get(key, [] if optional else None)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise LexiconError(f"{path}: {key!r} must be a list of mappings in {_show(data)}.")
    return value


def _show(data: Mapping[str, Any]) -> str:
    return f"{data['name']!r}" if isinstance(data.get("name"), str) else f"keys {', '.join(map(str, data))}"
