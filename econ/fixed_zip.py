"""Office files without a clock: the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

EPOCH = datetime(2000, 1, 1)
"""Stands for the time of creation and of the last change."""

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MS_DOS = 0
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def repack_zip(data: bytes) -> bytes:
    """Return a zip archive with the same files in the same order, without the times and the system of writing.

    The time of the last change that an office document states becomes :data:`EPOCH`.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _ZIP_EPOCH)
            member.create_system = _MS_DOS
            content = _MODIFIED.sub(rb"\g<1>%sZ\g<2>" % EPOCH.isoformat().encode(), old.read(name))
            new.writestr(member, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
