"""The numbers that Word puts before paragraphs: they stand in no text, only in rules for counting."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from textq.ingest.docx.elements import choose_alternative, get_attribute, get_number, get_value, is_on
from textq.ingest.docx.number_formats import format_number
from textq.ingest.docx.styles import Styles

_PLACEHOLDER = re.compile("%([1-9])")
_SUFFIXES = {"tab": "\t", "space": " ", "nothing": ""}


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts and looks.

    ``pattern`` is the text of the label with %1 … %9 for the numbers of the levels. ``restart`` levels from the top
    set this one back (None: every level above it). ``style`` is the paragraph style that is linked to the level.
    """

    start: int = 0
    format: str = "decimal"
    padding: int = 0
    pattern: str = ""
    suffix: str = "\t"
    restart: int | None = None
    in_digits: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    """One list: paragraphs of all instances (``num``) of the same definition (``abstractNum``) count together."""

    levels: Mapping[int, Level]
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Instance:
    """A use of a list: its levels with what this use overrides, and the numbers at which it starts anew."""

    num_id: str
    list_id: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int]


class Numbering:
    """Counts the numbered paragraphs of a document; they must be given in its order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstracts = {get_attribute(one, "abstractNumId") or "": one for one in _find(root, "abstractNum")}
        self._nums = {get_attribute(one, "numId") or "": one for one in _find(root, "num")}
        self._lists: dict[str, _List] = {}
        self._instances: dict[str, _Instance | None] = {}
        self._started: set[tuple[str, int]] = set()
        self.unknown_formats: set[str] = set()

    def take_label(self, paragraph: Element) -> str:
        """Count a paragraph and return the label before it with the blank behind ("一、", "1.2 "); "" without one."""
        instance, level = self._place(paragraph)
        if instance is None or level not in instance.levels:
            return ""
        counted = self._lists[instance.list_id]
        self._count(counted, instance, level)
        rules = instance.levels[level]
        if rules.format == "bullet":
            return ""
        label = _PLACEHOLDER.sub(lambda found: self._show(counted, instance, rules, int(found[1]) - 1), rules.pattern)
        return label + rules.suffix if label else ""

    def _place(self, paragraph: Element) -> tuple[_Instance | None, int]:
        """Return the list and the level of a paragraph, from its own properties or its style's."""
        own = paragraph.find("pPr/numPr")
        num_id, level = get_value(own, "numId"), get_number(own, "ilvl")
        if num_id is not None:
            return self._find_instance(num_id), level or 0
        style_id = get_value(paragraph, "pPr/pStyle")
        num_id, inherited = self._read_style(style_id)
        instance = self._find_instance(num_id)
        return instance, self._find_level(instance, style_id, inherited) if level is None else level

    def _read_style(self, style_id: str | None) -> tuple[str, int]:
        """Return the numbering that a style or its nearest ancestors state: instance ("" for none) and level."""
        num_id, level = None, None
        for _, style in self._styles.follow(style_id):
            stated = style.find("pPr/numPr")
            num_id = get_value(stated, "numId") if num_id is None else num_id
            level = get_number(stated, "ilvl") if level is None else level
        return num_id or "", level or 0

    def _find_level(self, instance: _Instance | None, style_id: str | None, otherwise: int) -> int:
        """Return the level that is linked to a style or its nearest ancestor."""
        if instance is None:
            return otherwise
        linked = {level.style: at for at, level in instance.levels.items() if level.style}
        return next((linked[name] for name, _ in self._styles.follow(style_id) if name in linked), otherwise)

    def _find_instance(self, num_id: str) -> _Instance | None:
        if num_id not in self._instances:
            self._instances[num_id] = self._read_instance(num_id)
        return self._instances[num_id]

    def _read_instance(self, num_id: str) -> _Instance | None:
        """Read a use of a list; None for number 0, which switches numbering off, and for one that is not there."""
        num = self._nums.get(num_id)
        if num is None or num_id == "0":
            return None
        list_id = self._follow_links(get_value(num, "abstractNumId") or "")
        if list_id not in self._lists:
            self._lists[list_id] = _List(_read_levels(self._abstracts.get(list_id)))
        levels, starts = dict(self._lists[list_id].levels), {}
        for override in num.findall("lvlOverride"):
            at = _read_index(override)
            if (changed := override.find("lvl")) is not None:
                levels[at] = _read_level(changed)
            if (start := get_number(override, "startOverride")) is not None:
                starts[at] = start
                levels[at] = replace(levels.get(at, Level()), start=start)
        return _Instance(num_id, list_id, levels, starts)

    def _follow_links(self, list_id: str) -> str:
        """Return the definition itself where this one only names a numbering style that holds it."""
        seen: set[str] = set()
        while list_id not in seen and (link := get_value(self._abstracts.get(list_id), "numStyleLink")):
            seen.add(list_id)
            list_id = get_value(self._nums.get(self._read_style(link)[0]), "abstractNumId") or ""
        return list_id

    def _count(self, counted: _List, instance: _Instance, level: int) -> None:
        """Count one paragraph: its level goes on by one, the levels below start anew."""
        key = instance.num_id, level
        rules = instance.levels[level]
        restarts = level in instance.starts and key not in self._started
        self._started.add(key)
        if restarts or level not in counted.counts:
            counted.counts[level] = rules.start
        else:
            counted.counts[level] += 1
        for above in range(level):
            counted.counts.setdefault(above, _get_start(instance, above))
        for below in [at for at in counted.counts if at > level]:
            restart = instance.levels[below].restart if below in instance.levels else None
            if restart is None or restart > below or level < restart:
                del counted.counts[below]

    def _show(self, counted: _List, instance: _Instance, rules: Level, at: int) -> str:
        """Return the number of one level as the label shows it."""
        number = counted.counts.get(at)
        if number is None:
            return ""
        level = instance.levels.get(at, Level())
        name = "decimal" if rules.in_digits and level.format not in {"none", "bullet"} else level.format
        shown = format_number(number, name)
        if shown is None:
            self.unknown_formats.add(name)
            return str(number)
        return shown.zfill(level.padding)


def _get_start(instance: _Instance, level: int) -> int:
    return instance.levels[level].start if level in instance.levels else 1


def _find(root: Element | None, tag: str) -> list[Element]:
    return root.findall(tag) if root is not None else []


def _read_index(element: Element) -> int:
    value = get_attribute(element, "ilvl") or ""
    return int(value) if value.isascii() and value.isdigit() else 0


def _read_levels(abstract: Element | None) -> dict[int, Level]:
    return {_read_index(lvl): _read_level(lvl) for lvl in _find(abstract, "lvl")}


def _read_level(lvl: Element) -> Level:
    name, padding = _read_format(lvl)
    return Level(
        start=get_number(lvl, "start") or 0,
        format=name,
        padding=padding,
        pattern=get_value(lvl, "lvlText") or "",
        suffix=_SUFFIXES.get(get_value(lvl, "suff") or "tab", "\t"),
        restart=get_number(lvl, "lvlRestart"),
        in_digits=bool(is_on(lvl, "isLgl")),
        style=get_value(lvl, "pStyle") or "",
    )


def _read_format(lvl: Element) -> tuple[str, int]:
    """Return the format's name and the width that a custom one ("001, 002, …") pads numbers to."""
    for element in _iterate_formats(lvl):
        name = get_attribute(element, "val") or "decimal"
        if name != "custom":
            return name, 0
        first = (get_attribute(element, "format") or "").partition(",")[0].strip()
        if first.isdigit():
            return "decimal", len(first)
    return "decimal", 0


def _iterate_formats(lvl: Element) -> Iterator[Element]:
    for alternatives in lvl.findall("AlternateContent"):
        yield from (one for one in choose_alternative(alternatives) if one.tag == "numFmt")
    yield from lvl.findall("numFmt")
