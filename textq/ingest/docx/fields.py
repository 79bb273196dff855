"""Fields of WordprocessingML: which stretches are codes (``PAGE``, ``HYPERLINK …``) and which the result shown."""

from xml.etree.ElementTree import Element

from textq.ingest.docx.elements import get_attribute


class FieldCodes:
    """Follows the field characters of a part in their order and tells where its text is a code.

    Only fields that end in the part are fields: one left open would hide everything behind it.
    """

    def __init__(self, root: Element, left_out: frozenset[str]) -> None:
        self._closed = _find_closed(root, left_out)
        self._in_code: list[bool] = []
        self._n_codes = 0

    @property
    def in_code(self) -> bool:
        """Whether the text at this place is the code of a field, which is not shown."""
        return self._n_codes > 0

    def pass_mark(self, mark: Element) -> None:
        """Take note of a field character (``fldChar``)."""
        if mark not in self._closed:
            return
        kind = get_attribute(mark, "fldCharType")
        if kind == "begin":
            self._in_code.append(True)
            self._n_codes += 1
        elif self._in_code and kind in {"separate", "end"}:
            self._n_codes -= self._in_code.pop()
            self._in_code += [False] if kind == "separate" else []


def _find_closed(root: Element, left_out: frozenset[str]) -> set[Element]:
    """Return the field characters of the fields that have both a beginning and an end."""
    closed: set[Element] = set()
    open_fields: list[list[Element]] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag == "fldChar":
            _match_mark(element, open_fields, closed)
        elif element.tag not in left_out:
            waiting.extend(reversed(element))
    return closed


def _match_mark(mark: Element, open_fields: list[list[Element]], closed: set[Element]) -> None:
    kind = get_attribute(mark, "fldCharType")
    if kind == "begin":
        open_fields.append([mark])
    elif open_fields:
        open_fields[-1].append(mark)
        if kind == "end":
            closed.update(open_fields.pop())
