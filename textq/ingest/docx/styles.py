"""What the styles of a document give to its paragraphs and runs: numbering, hidden text."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from textq.ingest.docx.elements import get_attribute, get_value, is_on

_TRUE = frozenset({"1", "true", "on"})


class Styles:
    """The styles by their ids, each with those it is based on."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._default = ""
        for style in root.findall("style") if root is not None else ():
            style_id = get_attribute(style, "styleId") or ""
            self._styles.setdefault(style_id, style)
            is_default = get_attribute(style, "default") in _TRUE and get_attribute(style, "type") == "paragraph"
            self._default = style_id if is_default else self._default
        self._hides_by_default = bool(is_on(root, "docDefaults/rPrDefault/rPr/vanish"))
        self._hides: dict[str, bool | None] = {}

    def follow(self, style_id: str | None) -> Iterator[tuple[str, Element]]:
        """Yield (id, style) of a style and of those it is based on, the nearest first; None is the default style."""
        seen: set[str] = set()
        current = self._default if style_id is None else style_id
        while current in self._styles and current not in seen:
            seen.add(current)
            yield current, self._styles[current]
            current = get_value(self._styles[current], "basedOn") or ""

    def is_hidden(self, run: Element, style_id: str | None) -> bool:
        """Tell whether a run is hidden text: by itself, by its style, by its paragraph's style, or by default."""
        properties = run.find("rPr")
        own = is_on(properties, "vanish")
        if own is None and (character_style := get_value(properties, "rStyle")):
            own = self._hides_text(character_style)
        if own is None:
            own = self._hides_text(style_id or self._default)
        return self._hides_by_default if own is None else own

    def _hides_text(self, style_id: str) -> bool | None:
        if style_id not in self._hides:
            stated = (is_on(style, "rPr/vanish") for _, style in self.follow(style_id))
            self._hides[style_id] = next((hides for hides in stated if hides is not None), None)
        return self._hides[style_id]
