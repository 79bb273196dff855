"""The words of the pages in both languages, from the files in words."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Literal

from textq.errors import ReviewError

Lang = Literal["zh", "en"]

Say = Callable[..., str]
"""Takes a key, and by name what stands in its places; returns the words."""


def say(key: str, lang: str, **values: object) -> str:
    """Return the words of a key, with ``values`` in the places that bear their names.

    Parameters
    ----------
    key
        The name of the file without its ending, then the key in it: ``"card.accept"``.
    lang
        ``"zh"`` or ``"en"``.
    **values
        What stands in the places of the words, which are written ``{name}``.

    Raises
    ------
    ReviewError
        If there is no such key, or its words have a place that ``values`` does not fill.
    """
    entry = _read_words().get(key)
    if entry is None:
        raise ReviewError(f"The pages have no words for {key!r}. Add them to textq/web/words, in zh and in en.")
    try:
        return entry[lang].format_map(values) if values else entry[lang]
    except (KeyError, IndexError, ValueError) as error:
        raise ReviewError(f"The words of {key!r} in {lang} do not fit what is to stand in them ({error}).") from error


def bind_language(lang: str) -> Say:
    """Return :func:`say` for one language."""
    return partial(say, lang=lang)


def list_words() -> Mapping[str, Mapping[str, str]]:
    """Return all words, by key and language."""
    return _read_words()


@cache
def _read_words() -> Mapping[str, Mapping[str, str]]:
    folder = files("textq.web") / "words"
    found: dict[str, Mapping[str, str]] = {}
    for path in folder.iterdir():
        if path.name.endswith(".toml"):
            found |= dict(_walk(tomllib.loads(path.read_text(encoding="utf-8")), path.name.removesuffix(".toml")))
    return found


def _walk(table: Mapping[str, object], before: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield key and words of each entry of a table: entries are what holds texts alone."""
    if table and all(isinstance(value, str) for value in table.values()):
        yield before, {name: str(value) for name, value in table.items()}
        return
    for name, value in table.items():
        if not isinstance(value, dict):
            raise ReviewError(f"textq/web/words: {before}.{name} has words in no language. Write it as {{zh, en}}.")
        yield from _walk(value, f"{before}.{name}")
