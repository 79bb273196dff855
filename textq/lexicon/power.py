"""The power of a document (政策力度): its rank from 1 to 5 by who issued it and what type of document it is.

Central documents are ranked on the national scale of Peng, Zhong and Sun (彭纪生、仲为国、孙文祥 2008), all others on
the city rescale. Issuers, endings of titles and ranks are lists; nothing here knows a rank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from textq.errors import LexiconError
from textq.lexicon.read import builtin_root
from textq.lexicon.rows import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from textq.lexicon.places import Gazetteer, PlaceMatch
    from textq.records import Level

Scale = Literal["national", "city"]

ISSUER_COLUMNS = ("pattern", "match", "issuer_class", "level", "note")
"""The columns of ``issuers.csv``; the first row that fits a name decides."""

ENDING_COLUMNS = ("ending", "document_type", "note")
"""The columns of ``title_endings.csv``; the longest ending of a title decides, an empty type is none."""

RANK_COLUMNS = ("scale", "issuer_class", "document_type", "rank", "source", "note")
"""The columns of ``document_types.csv``; the document type ``*`` stands for any."""

ANY = "*"
"""The document type of a row that ranks whatever an issuer issues."""

_SCALES: Mapping[str, Scale] = {"national": "national", "city": "city"}
_LEVELS: Mapping[str, Level] = {
    "central": "central",
    "province": "province",
    "prefecture": "prefecture",
    "county": "county",
}
_MATCHES = ("is", "starts", "ends")
_ORDER, _DEPARTMENT, _JOINT = "令", "department", "joint_departments"

_ORDER_NUMBER = re.compile(r"令.{0,8}?号")
_TRAILING_BRACKET = re.compile(r"[（(〔\[]([^（()）〔〕\[\]]*)[）)〕\]]$")
_TRAILING_NUMBER = re.compile(r"(?:[〔（(\[]?[12][0-9]{3}[〕）)\]]?年?)?第?[0-9]+号$")
_CARRIER = re.compile(r"(?:印发|转发|批转|发布|公布|颁布|颁发|下发)(.+)的(?:通知|公告|通告|函|令|决定|批复)$")
_QUOTED = re.compile(r"《((?:[^《》]|《[^《》]*》)*)》")


@dataclass(frozen=True, slots=True)
class Issuer:
    """A row of ``issuers.csv``: names that are, start or end with ``pattern`` are of this class (and level)."""

    pattern: str
    match: str
    issuer_class: str
    level: Level | None

    def fits(self, name: str) -> bool:
        """Whether the row speaks of this name."""
        if self.match == "is":
            return name == self.pattern
        return name.startswith(self.pattern) if self.match == "starts" else name.endswith(self.pattern)


@dataclass(frozen=True, slots=True)
class PowerLists:
    """The lists that rank documents: issuers in order, endings of titles, rank by scale, class and type."""

    issuers: tuple[Issuer, ...]
    endings: Mapping[str, str]
    ranks: Mapping[tuple[str, str, str], int]

    def find_issuer(self, name: str) -> Issuer | None:
        """Return the first row that fits the name without spaces, or None."""
        bare = "".join(name.split())
        return next((issuer for issuer in self.issuers if issuer.fits(bare)), None)


@dataclass(frozen=True, slots=True)
class Power:
    """The rank of a document in 1 to 5, or None; ``rule`` says by which row, or why there is no rank."""

    rank: int | None
    scale: Scale | None
    rule: str


@cache
def builtin_power() -> PowerLists:
    """Return the lists of power that come with textq, read once."""
    return read_power(builtin_root() / "power")


def issuer_class(name: str, *, lists: PowerLists | None = None) -> str | None:
    """Return the class of an issuer (npc, state_council, ministry, government, department …), or None if unlisted."""
    issuer = (lists or builtin_power()).find_issuer(name)
    return issuer.issuer_class if issuer else None


def issuer_level(
    name: str, gazetteer: Gazetteer, *, on: date | None = None, lists: PowerLists | None = None
) -> Level | None:
    """Return the level of an issuer: as the list says, else that of the lowest place in its name, else None.

    ``on`` is the day on which the name was borne (巢湖市 was a prefecture until 2011); without it, today.
    """
    issuer = (lists or builtin_power()).find_issuer(name)
    if issuer is not None and issuer.level is not None:
        return issuer.level
    levels = [_level_of(match) for match in gazetteer.find_places(name, on=on)]
    if not levels or None in levels:
        return None
    return max((level for level in levels if level), key=list(_LEVELS).index)


def document_type(title: str, *, lists: PowerLists | None = None) -> str:
    """Return the formal type (文种) at the end of a title: 通知, 意见, 办法 …; empty if it has none.

    A number and brackets at the end are skipped, but 规定（暂行） and 规定（试行） are 暂行规定.
    """
    endings = (lists or builtin_power()).endings
    bare, marks = _strip_title(title)
    starts = range(max(len(bare) - max(map(len, endings)), 0), len(bare))
    found = next((endings[bare[start:]] for start in starts if bare[start:] in endings), "")
    provisional = "暂行" + found
    return endings[provisional] if found and marks & {"暂行", "试行"} and provisional in endings else found


def issued_type(title: str, *, lists: PowerLists | None = None) -> str:
    """Return the type of what a notice issues or forwards (关于印发《…方案》的通知: 方案); empty if it carries nothing.

    A notice that forwards a notice is followed to the text inside; of several texts in 《》 the first counts.
    """
    carrier = _CARRIER.search(_strip_title(title)[0])
    if carrier is None:
        return ""
    text = carrier.group(1)
    quoted = _QUOTED.search(text)
    if quoted and (_strip_brackets(text)[0].endswith("》") or "》等" in text):
        text = quoted.group(1)
    return issued_type(text, lists=lists) or document_type(text, lists=lists)


def rank_document(
    issuers: Sequence[str],
    level: Level | None,
    doc_type: str,
    title: str,
    doc_number: str | None,
    *,
    lists: PowerLists | None = None,
) -> Power:
    """Return the power of a document, from its issuer of highest rank.

    An order (by type or number: 商务部令2019年第1号) has the rank of 令 where the issuer's class has one; otherwise
    what a notice issues is ranked before the notice. Two departments or more are joint departments. Issuers that
    are in no list are left out; where none is listed, or no row fits, there is no rank.

    Parameters
    ----------
    issuers : sequence of str
        Names of the issuers (发文机关).
    level : Level or None
        The issuers' level; central takes the national scale, any other the city rescale, None that of the issuers.
    doc_type : str
        The document type; empty to take it from the title.
    title : str
        The title, which may name what the document issues.
    doc_number : str or None
        The document number (发文字号).
    """
    lists = lists or builtin_power()
    found = [issuer for issuer in map(lists.find_issuer, issuers) if issuer is not None]
    scale = _choose_scale(level, found)
    if scale is None:
        names = "、".join(issuers)
        return Power(None, None, f"no rank: issuer unlisted ({names})" if names else "no rank: no issuer")
    types = _list_types(doc_type, title, doc_number, lists)
    ranked = [_rank_class(scale, name, types, lists) for name in _list_classes(found)]
    best = max((power for power in ranked if power.rank is not None), key=lambda power: power.rank or 0, default=None)
    return best or Power(None, scale, _explain(scale, found, types, issuers))


def _list_types(doc_type: str, title: str, doc_number: str | None, lists: PowerLists) -> list[tuple[str, str]]:
    own = doc_type or document_type(title, lists=lists)
    order = own == _ORDER or (doc_number is not None and _ORDER_NUMBER.search(doc_number) is not None)
    types = [(_ORDER, "an order")] if order else []
    if issued := issued_type(title, lists=lists):
        types.append((issued, f"issued by {own}"))
    if own and own != _ORDER:
        types.append((own, "its own type"))
    return types


def _list_classes(found: Sequence[Issuer]) -> list[str]:
    classes = [issuer.issuer_class for issuer in found]
    joint = [_JOINT] if classes.count(_DEPARTMENT) > 1 else []
    return list(dict.fromkeys(classes + joint))


def _rank_class(scale: Scale, name: str, types: Sequence[tuple[str, str]], lists: PowerLists) -> Power:
    for kind, why in types:
        if (scale, name, kind) in lists.ranks:
            return Power(lists.ranks[scale, name, kind], scale, f"{scale}: {name} {kind} ({why})")
    if (scale, name, ANY) in lists.ranks:
        return Power(lists.ranks[scale, name, ANY], scale, f"{scale}: {name}, any type")
    return Power(None, scale, "")


def _choose_scale(level: Level | None, found: Sequence[Issuer]) -> Scale | None:
    if not found:
        return None
    central = level == "central" if level else any(issuer.level == "central" for issuer in found)
    return "national" if central else "city"


def _explain(scale: Scale, found: Sequence[Issuer], types: Sequence[tuple[str, str]], issuers: Sequence[str]) -> str:
    if not types:
        return f"no rank: no document type in the title ({'、'.join(issuers)})"
    classes, kinds = ", ".join(_list_classes(found)), "、".join(kind for kind, _ in types)
    return f"no rank: the {scale} scale has no row for {classes} with {kinds}"


def _level_of(match: PlaceMatch) -> Level | None:
    places = (match.place,) if match.place else match.candidates
    levels = {place.level for place in places}
    return levels.pop() if len(levels) == 1 else None


def _strip_title(title: str) -> tuple[str, set[str]]:
    bare, marks = _strip_brackets("".join(title.split()).rstrip("。"))
    bare = _TRAILING_NUMBER.sub("", bare)
    if bare.startswith("《") and bare.endswith("》"):
        inner, more = _strip_brackets(bare[1:-1])
        return inner, marks | more
    return bare, marks


def _strip_brackets(text: str) -> tuple[str, set[str]]:
    marks: set[str] = set()
    while bracket := _TRAILING_BRACKET.search(text):
        marks.add(bracket.group(1))
        text = text[: bracket.start()]
    return text, marks


def read_power(folder: Path) -> PowerLists:
    """Read ``issuers.csv``, ``title_endings.csv`` and ``document_types.csv`` of a folder.

    Raises
    ------
    LexiconError
        If a file breaks its form: columns, an unknown match, level or scale, a rank outside 1 to 5, a row twice, or
        a rank for a type that no title can have.
    """
    endings = _read_endings(folder / "title_endings.csv")
    return PowerLists(_read_issuers(folder / "issuers.csv"), endings, _read_ranks(folder, set(endings.values())))


def _read_issuers(path: Path) -> tuple[Issuer, ...]:
    issuers: dict[tuple[str, str], Issuer] = {}
    for where, row in read_rows(path, ISSUER_COLUMNS):
        key = (row["pattern"], row["match"])
        if not row["pattern"] or not row["issuer_class"] or row["match"] not in _MATCHES:
            raise LexiconError(f"{where}: needs a pattern, a class and a match of {', '.join(_MATCHES)}. Correct it.")
        if key in issuers:
            raise LexiconError(f"{where}: {row['pattern']!r} with match {row['match']} stands twice. Keep one row.")
        if row["level"] and row["level"] not in _LEVELS:
            raise LexiconError(f"{where}: unknown level {row['level']!r}. Use {', '.join(_LEVELS)}, or leave it empty.")
        issuers[key] = Issuer(row["pattern"], row["match"], row["issuer_class"], _LEVELS.get(row["level"]))
    return tuple(issuers.values())


def _read_endings(path: Path) -> dict[str, str]:
    endings: dict[str, str] = {}
    for where, row in read_rows(path, ENDING_COLUMNS):
        if not row["ending"] or row["ending"] in endings:
            raise LexiconError(f"{where}: the ending {row['ending']!r} is empty or stands twice. Keep one row.")
        endings[row["ending"]] = row["document_type"]
    if not endings:
        raise LexiconError(f"{path}: no endings. A title's type is read from this list; fill it.")
    return endings


def _read_ranks(folder: Path, types: set[str]) -> dict[tuple[str, str, str], int]:
    ranks: dict[tuple[str, str, str], int] = {}
    for where, row in read_rows(folder / "document_types.csv", RANK_COLUMNS):
        key = (row["scale"], row["issuer_class"], row["document_type"])
        if row["scale"] not in _SCALES or row["rank"] not in tuple("12345"):
            raise LexiconError(f"{where}: scale must be national or city and rank 1 to 5. Correct {' '.join(key)}.")
        if key in ranks or row["document_type"] not in types | {ANY}:
            raise LexiconError(
                f"{where}: {' '.join(key)} stands twice, or no ending of title_endings.csv gives its type."
            )
        ranks[key] = int(row["rank"])
    return ranks
