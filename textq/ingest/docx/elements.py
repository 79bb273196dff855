"""Elements of WordprocessingML by their local names, which the strict and the transitional format share."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, XMLParser

from textq.errors import ReadError

_DOCTYPE = "<!DOCTYPE"
_OFF = frozenset({"0", "false", "off", "none"})


def parse_xml(data: bytes) -> Element:
    """Parse a part; tags lose their namespaces, attributes keep theirs.

    Raises
    ------
    ReadError
        If the part declares a document type: the format forbids it, and its entities could grow without bound.
    SyntaxError
        If it is not well-formed.
    """
    if any(_DOCTYPE.encode(encoding) in data for encoding in ("ascii", "utf-16-le", "utf-16-be")):
        raise ReadError("the DOCX file declares a document type, which no Word program writes. It is not opened.")
    parser = XMLParser()
    parser.feed(data)
    root: Element = parser.close()
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def get_attribute(element: Element | None, name: str) -> str | None:
    """Return an attribute by its local name; None if the element or the attribute is not there."""
    if element is None:
        return None
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def get_value(parent: Element | None, path: str) -> str | None:
    """Return the attribute ``val`` of the element at ``path`` below ``parent``."""
    return get_attribute(parent.find(path), "val") if parent is not None else None


def get_number(parent: Element | None, path: str) -> int | None:
    """Return the attribute ``val`` at ``path`` as a whole number; None where it is absent or no number."""
    value = get_value(parent, path)
    return int(value) if value and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit() else None


def is_on(parent: Element | None, path: str) -> bool | None:
    """Return whether a switch is on; None where it is not stated."""
    found = parent.find(path) if parent is not None else None
    if found is None:
        return None
    return (get_attribute(found, "val") or "1").lower() not in _OFF


def choose_alternative(element: Element) -> Iterator[Element]:
    """Yield the children of the newest form of a content that is stored in several (``AlternateContent``)."""
    chosen = element.find("Choice")
    yield from chosen if chosen is not None else element.find("Fallback") or ()
