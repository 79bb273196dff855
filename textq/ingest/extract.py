"""What every reader returns: the normalised text of a file, its pages, and the fields its format states."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from textq.records import Span


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of one file as read.

    ``pages`` are spans of ``text`` labelled with page numbers. ``fields`` are metadata that the format itself
    states (the table and meta tags of a government page), by the names of the manifest's columns.
    """

    text: str
    pages: tuple[Span, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
