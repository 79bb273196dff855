"""The parts of a DOCX container and how they hang together."""

import io
import posixpath
import zipfile
from xml.etree.ElementTree import Element

from textq.errors import ReadError
from textq.ingest.archive import unpack_member
from textq.ingest.docx.elements import parse_xml

LARGEST_PART = 100 * 2**20
"""Bytes of a part when unpacked; a tree of its elements takes some ten times as much memory."""


class Package:
    """The parts of a container, read when they are asked for."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._members = {f"/{info.filename}".casefold(): info for info in self._archive.infolist()}

    def find_main(self) -> str:
        """Return the name of the part that holds the text; "" if the package names none."""
        return next(iter(self.find_related("/", "officeDocument")), "")

    def find_related(self, part: str, kind: str) -> list[str]:
        """Return the names of the parts that ``part`` refers to as of a kind ("styles", "numbering" …)."""
        folder, name = posixpath.split(part)
        relations = self.read_part(f"{folder.rstrip('/')}/_rels/{name}.rels")
        return [
            posixpath.normpath(posixpath.join(folder, relation.get("Target", "")))
            for relation in (relations if relations is not None else ())
            if relation.get("Type", "").rpartition("/")[2] == kind and relation.get("TargetMode") != "External"
        ]

    def read_related(self, part: str, kind: str) -> Element | None:
        """Return the root of the part of a kind that ``part`` refers to, or None."""
        return next(filter(lambda root: root is not None, map(self.read_part, self.find_related(part, kind))), None)

    def read_part(self, name: str) -> Element | None:
        """Return the root element of a part, or None if there is no such part.

        Raises
        ------
        ReadError
            If the part is larger than :data:`LARGEST_PART`, encrypted or damaged.
        """
        info = self._members.get(name.casefold())
        if info is None:
            return None
        try:
            return parse_xml(unpack_member(self._archive, info, LARGEST_PART))
        except SyntaxError as error:
            raise ReadError(
                f"not a readable DOCX file (its part {name[1:]} is damaged: {error}). "
                "Open it in Word and save it as .docx again."
            ) from error
