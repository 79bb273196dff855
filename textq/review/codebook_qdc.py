"""The codebook → a REFI-QDA codebook (.qdc), which programs for qualitative analysis read."""

import uuid
from xml.etree import ElementTree

from textq.lexicon.codebook import Codebook, Instrument, Subtype
from textq.records import join_code
from textq.review.workbook import UNPRINTABLE

NAMESPACE = "urn:QDA-XML:codebook:1.0"
"""Of the codebook exchange format of REFI-QDA 1.5."""

_COLOURS = ("#3B6FB6", "#C8641B", "#3C8D5A", "#8A5FB0", "#B0486A", "#6B7A1E", "#1E7A78", "#8C6D46")
_NONE_COLOUR = "#808080"


def build_qdc(codebook: Codebook, lang: str) -> bytes:
    """Return a codebook in the codebook exchange format of REFI-QDA; the same codebook gives the same bytes.

    An instrument holds its subtypes. Names are in ``lang`` (``"zh"``, ``"en"``), descriptions are the definitions with
    what is included and excluded. The identifiers are made of the codebook's name and the code, so that later editions
    keep them.
    """
    root = ElementTree.Element("CodeBook", {"xmlns": NAMESPACE, "origin": f"textq {codebook.edition}"})
    codes = ElementTree.SubElement(root, "Codes")
    for rank, one in enumerate(codebook.instruments):
        colour = _COLOURS[rank % len(_COLOURS)]
        element = _add_code(codes, codebook, one.name, one, colour, lang)
        for subtype in one.subtypes:
            _add_code(element, codebook, join_code(one.name, subtype.name), subtype, colour, lang)
    _add_code(codes, codebook, codebook.none.name, codebook.none, _NONE_COLOUR, lang)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add_code(
    parent: ElementTree.Element, codebook: Codebook, code: str, one: Instrument | Subtype, colour: str, lang: str
) -> ElementTree.Element:
    guid = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:textq:codebook:{codebook.name}:{code}")
    stated = {
        "guid": str(guid),
        "name": _clean(one.label.in_language(lang) or code),
        "isCodable": "true",
        "color": colour,
    }
    element = ElementTree.SubElement(parent, "Code", stated)
    ElementTree.SubElement(element, "Description").text = _clean(_describe(code, one))
    return element


def _describe(code: str, one: Instrument | Subtype) -> str:
    lines = [f"[{code}] {one.label.zh} {one.label.en}".rstrip(), one.definition]
    lines += [f"+ {line}" for line in getattr(one, "includes", ())]
    lines += [f"− {line}" for line in getattr(one, "excludes", ())]
    return "\n".join(line for line in lines if line)


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("\ufffd", text)
