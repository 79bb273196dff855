"""Archives that do not tell when they were written, so that the same content gives the same bytes."""

import io
import re
import zipfile
from datetime import datetime

EPOCH = datetime(2000, 1, 1)
"""The time that office documents state for their creation and their last change."""

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def repack(archive: bytes) -> bytes:
    """Return a zip archive with fixed times of its members, and of the last change where it is an office document."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = _MODIFIED.sub(rb"\g<1>%sZ\g<2>" % EPOCH.isoformat().encode(), old.read(name))
            new.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
