"""What people write for a code → the code: names in Chinese and English, letters, numbers, in any width and case."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textq.lexicon.codebook import Codebook
from textq.records import NONE, join_code

_NONE_WORDS = ("0", "无", "無", "没有", "非", "非政策工具", "不是政策工具", "no", "none")
"""Besides what the codebook calls it."""

_ENDINGS = (
    "政策工具",
    "型政策工具",
    "型工具",
    "工具",
    "型",
    "类",
    "类型",
    "instruments",
    "instrument",
    "tools",
    "side",
)
"""What may stand behind the name of an instrument, or be left off it."""

_NO_WORD = re.compile(r"[\s_·•・\-–—()\[\]{}【】〔〕「」《》<>\"'“”‘’.,;:、。，；：]+")
_LEVELS = re.compile(r"\s*[/\\|>→›»]+\s*|\s*::?\s*|\s*：\s*|\s+[-–—]+\s+")
"""What stands between an instrument and its subtype."""

_PARTS = re.compile(r"[\s()\[\]【】·,，]+")
_LONGEST = 200
"""Characters of a code; what is longer is none."""
_CLOSE = 0.5
"""Similarity from which a known word is offered in place of an unknown one."""


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code as it is counted; ``subtype`` is None where none was given."""

    instrument: str
    subtype: str | None = None

    @property
    def code(self) -> str:
        """Instrument and subtype as one code."""
        return join_code(self.instrument, self.subtype)


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """Words that name no code, or several, or two that exclude each other.

    Attributes
    ----------
    written
        What stands there.
    why
        ``"unknown"``, ``"ambiguous"`` (several subtypes have this name) or ``"contradiction"`` (the subtype belongs to
        another instrument).
    nearest
        The codes that may be meant, the likeliest first.
    """

    written: str
    why: str
    nearest: tuple[str, ...] = ()


class CodeWords:
    """The words of one codebook.

    Parameters
    ----------
    codebook
        Whose codes are meant.
    given
        Words of the user's own: what is written → what it stands for, in words that the codebook knows.
    """

    def __init__(self, codebook: Codebook, given: Mapping[str, str] | None = None) -> None:
        self.codebook = codebook
        self._instruments = _name_instruments(codebook)
        self._subtypes = {one.name: _name_subtypes(codebook, one.name) for one in codebook.instruments}
        self._anywhere = _gather(self._subtypes)
        self._given = {_squeeze(word): meant for word, meant in (given or {}).items() if _squeeze(word)}

    def read(self, written: str, subtype: str = "") -> GivenCode | UnknownCode | None:
        """Return the code that is written in one cell, or in one for the instrument and one for the subtype.

        ``supply``, ``Ｓ``, ``供给``, ``1``, ``supply/talent``, ``供给型：人才`` and ``人才`` are understood, where they
        mean one code only. None where both are empty.
        """
        both = " / ".join(part for part in (written.strip(), subtype.strip()) if part)
        if not _squeeze(both):
            return None
        if len(both) > _LONGEST:
            return UnknownCode(both[:40] + "…", "unknown")
        whole = self._replace_given(written) if written.strip() else None
        below = self._replace_given(subtype) if subtype.strip() else None
        if whole is None or below is None:
            found = self._read_one(whole if whole is not None else below or "")
            return UnknownCode(both, found.why, found.nearest) if isinstance(found, UnknownCode) else found
        return self._join(whole, below, both)

    def _replace_given(self, written: str) -> str:
        return self._given.get(_squeeze(written), written)

    def _join(self, written: str, subtype: str, both: str) -> GivenCode | UnknownCode:
        first = self._read_one(written)
        if isinstance(first, UnknownCode):
            return UnknownCode(both, first.why, first.nearest)
        inside = self._find_subtype(first.instrument, subtype)
        if inside is None:
            second = self._read_one(subtype)
            if isinstance(second, UnknownCode):
                near = self._suggest(subtype, within=first.instrument)
                return UnknownCode(both, "unknown", near or second.nearest)
            inside = second
        if inside.instrument != first.instrument or first.subtype not in (None, inside.subtype):
            return UnknownCode(both, "contradiction", (first.code, inside.code))
        return inside

    def _read_one(self, written: str) -> GivenCode | UnknownCode:
        """Return the code of one cell, which may name the instrument, the subtype, or both."""
        squeezed = _squeeze(written)
        if found_levels := self._read_levels(written):
            return found_levels
        if squeezed in self._instruments:
            return GivenCode(self._instruments[squeezed])
        if squeezed in self._anywhere:
            found = self._anywhere[squeezed]
            codes = tuple(one.code for one in found)
            return found[0] if len(found) == 1 else UnknownCode(written, "ambiguous", codes)
        return self._read_parts(written) or self._fail(written)

    def _read_levels(self, written: str) -> GivenCode | None:
        """Return the code of an instrument and a subtype with a sign between them, as in the path of a code.

        What stands before the instrument or behind the subtype, such as the name of a whole tree, does not count.
        """
        parts = [part for part in _LEVELS.split(unicodedata.normalize("NFKC", written)) if _squeeze(part)]
        parts = parts if len(parts) > 1 else written.split(".")
        if len(parts) < 2:
            return None
        named = [(at, name) for at, part in enumerate(parts) if (name := self._instruments.get(_squeeze(part)))]
        if not named:
            return self._find_anywhere(parts[-1], None)
        at, instrument = named[0]
        if at + 1 == len(parts):
            return GivenCode(instrument)
        return self._find_subtype(instrument, parts[at + 1])

    def _read_parts(self, written: str) -> GivenCode | None:
        """Return the code that several words beside one another all name: ``"S 供给型 (supply)"``."""
        parts = [part for part in _PARTS.split(unicodedata.normalize("NFKC", written)) if _squeeze(part)]
        if len(parts) < 2:
            return None
        named = {self._instruments.get(_squeeze(part)) for part in parts}
        if len(named) == 1:
            (only,) = named
            return GivenCode(only) if only is not None else None
        below = [part for part in parts if self._instruments.get(_squeeze(part)) is None]
        instruments = named - {None}
        if len(instruments) > 1:
            return None
        found = {self._find_anywhere(part, next(iter(instruments), None)) for part in below}
        return next(iter(found)) if len(found) == 1 else None

    def _find_subtype(self, instrument: str, written: str) -> GivenCode | None:
        squeezed = _squeeze(written)
        name = self._subtypes.get(instrument, {}).get(squeezed)
        return GivenCode(instrument, name) if name is not None else None

    def _find_anywhere(self, written: str, instrument: str | None) -> GivenCode | None:
        found = [
            one
            for one in self._anywhere.get(_squeeze(written), [])
            if instrument is None or one.instrument == instrument
        ]
        return found[0] if len(found) == 1 else None

    def _fail(self, written: str) -> UnknownCode:
        return UnknownCode(written, "unknown", self._suggest(written))

    def _suggest(self, written: str, within: str | None = None) -> tuple[str, ...]:
        """Return up to three codes whose words are the nearest."""
        if within is None:
            known = dict(self._instruments)
            for word, codes in self._anywhere.items():
                known.setdefault(word, codes[0].code)
        else:
            known = {word: join_code(within, name) for word, name in self._subtypes.get(within, {}).items()}
        close = get_close_matches(_squeeze(written), [word for word in known if len(word) > 1], n=6, cutoff=_CLOSE)
        return tuple(dict.fromkeys(known[word] for word in close))[:3]


def call_code(codebook: Codebook, code: str, lang: str) -> str:
    """Return a code in words, as a drop-down shows it: ``"供给型/人才"``."""
    instrument, subtype = codebook.call(code, lang)
    return f"{instrument}/{subtype}" if subtype else instrument


def has_code(codebook: Codebook, instrument: str, subtype: str | None) -> bool:
    """Tell whether a codebook has a code; an instrument alone counts."""
    return join_code(instrument, subtype) in codebook.ranks


def _squeeze(text: str) -> str:
    """Return a text in one width and case, without blanks, brackets and punctuation."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _name_instruments(codebook: Codebook) -> dict[str, str]:
    """Return the instrument of each word; a word that would mean two means none."""
    sure = {_squeeze(one.name): one.name for one in (*codebook.instruments, codebook.none)}
    spelt: list[tuple[str, str]] = []
    for rank, one in enumerate(codebook.instruments, 1):
        names = [one.name, one.label.zh, one.label.en]
        spelt += [(str(rank), one.name), *((short, one.name) for name in names for short in _shorten(name))]
        spelt += [(name[0], one.name) for name in (one.name, one.label.en) if name]
    spelt += [(word, NONE) for word in (*_NONE_WORDS, codebook.none.label.zh, codebook.none.label.en)]
    return _keep_single(spelt) | sure


def _name_subtypes(codebook: Codebook, instrument: str) -> dict[str, str]:
    of_name = {one.name: one for one in codebook.instruments}
    subtypes = of_name[instrument].subtypes
    sure = {_squeeze(one.name): one.name for one in subtypes}
    spelt = [(str(rank), one.name) for rank, one in enumerate(subtypes, 1)]
    spelt += [(name, one.name) for one in subtypes for name in (one.label.zh, one.label.en)]
    return _keep_single(spelt) | sure


def _gather(of_instruments: Mapping[str, Mapping[str, str]]) -> dict[str, list[GivenCode]]:
    """Return the codes of each word for a subtype; numbers mean nothing without their instrument."""
    found: dict[str, list[GivenCode]] = {}
    for instrument, words in of_instruments.items():
        for word, name in words.items():
            if not word.isdecimal():
                found.setdefault(word, []).append(GivenCode(instrument, name))
    return found


def _shorten(name: str) -> list[str]:
    """Return a name, the name without its usual ending, and with each of them."""
    squeezed = _squeeze(name)
    bare = next((squeezed.removesuffix(end) for end in _ENDINGS if squeezed.endswith(end)), squeezed)
    return [squeezed, bare, *(bare + end for end in _ENDINGS)] if bare else [squeezed]


def _keep_single(spelt: list[tuple[str, str]]) -> dict[str, str]:
    meant: dict[str, set[str]] = {}
    for word, name in spelt:
        if _squeeze(word):
            meant.setdefault(_squeeze(word), set()).add(name)
    return {word: next(iter(names)) for word, names in meant.items() if len(names) == 1}
