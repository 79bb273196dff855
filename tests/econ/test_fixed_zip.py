"""Archives without the time of writing."""

import io
import zipfile

from econ.fixed_zip import repack_zip


def make_archive(year: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt", (year, 2, 3, 4, 5, 6)), "政策")
        core = f'<x><dcterms:modified xsi:type="t">{year}-02-03T04:05:06Z</dcterms:modified></x>'
        archive.writestr(zipfile.ZipInfo("docProps/core.xml", (year, 1, 1, 0, 0, 0)), core)
    return stream.getvalue()


def test_the_time_of_writing_is_forgotten_and_nothing_else() -> None:
    packed = repack_zip(make_archive(2025))

    assert packed == repack_zip(make_archive(2026))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read("a.txt").decode() == "政策"
        assert b'<dcterms:modified xsi:type="t">2000-01-01T00:00:00Z</dcterms:modified>' in archive.read(
            "docProps/core.xml"
        )
