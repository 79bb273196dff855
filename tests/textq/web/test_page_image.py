import hashlib
import io
import zlib
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from textq.web import page_image
from textq.web.page_image_draw import draw_page, find_boxes, write_png
from textq.web.page_image_file import find_original


def make_pdf() -> bytes:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab is not installed")
    made = io.BytesIO()
    pages = canvas.Canvas(made, pagesize=(300, 400))
    pages.rect(0, 0, 300, 200, fill=1)
    pages.showPage()
    pages.save()
    return made.getvalue()


def read_png(image: bytes) -> np.ndarray:
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(image):
        size = int.from_bytes(image[at : at + 4], "big")
        name, data = image[at + 4 : at + 8], image[at + 8 : at + 8 + size]
        assert zlib.crc32(name + data) == int.from_bytes(image[at + 8 + size : at + 12 + size], "big")
        chunks[name], at = data, at + 12 + size
    width, height = int.from_bytes(chunks[b"IHDR"][:4], "big"), int.from_bytes(chunks[b"IHDR"][4:8], "big")
    palette = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    assert len(palette) == 256
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return palette[rows[:, 1:]]


def test_png_is_one():
    assert read_png(write_png(bytes([0, 64, 127, 255]), 2, 2)).shape == (2, 2, 3)


def test_box_is_marked_and_nothing_else():
    plain = read_png(draw_page(np.full((100, 80), 255, np.uint8), 1.0, []))
    assert (plain == 255).all()
    marked = read_png(draw_page(np.full((100, 80), 255, np.uint8), 1.0, [(20, 30, 60, 40)]))
    changed = (marked != 255).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert (rows.min(), rows.max()) == (28, 41)
    assert (columns.min(), columns.max()) == (15, 61)
    assert not (marked[35, 40] == marked[35, 70]).all()
    dark = read_png(draw_page(np.zeros((100, 80), np.uint8), 1.0, [(20, 30, 60, 40)]))
    assert (dark[35, 40] == 0).all()


def test_box_beyond_the_page_is_cut():
    image = draw_page(np.full((10, 10), 255, np.uint8), 1.0, [(-50, -50, 500, 500)])
    assert read_png(image).shape == (10, 10, 3)


def test_boxes_of_a_run_without_lines_are_none(tmp_path):
    assert find_boxes(tmp_path, "a", 0, 10) == []


def meta_of(*folders: Path) -> dict[str, object]:
    return {"volatile": {"folders": [str(folder) for folder in folders]}}


def test_original_is_found_in_folders_and_archives_and_its_hash_counts(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    (first / "in").mkdir(parents=True)
    second.mkdir()
    data, sha = b"%PDF-1.4 one", hashlib.sha256(b"%PDF-1.4 one").hexdigest()
    (first / "in" / "a.pdf").write_bytes(data)
    with ZipFile(second / "b.zip", "w") as archive:
        archive.writestr("c/d.pdf", data)
    one = find_original(meta_of(first), "in/a.pdf", sha)
    assert one.file is not None
    assert one.file.location == first / "in" / "a.pdf"
    assert find_original(meta_of(second, first), "first/in/a.pdf", sha).reason == ""
    packed = find_original(meta_of(second), "b.zip/c/d.pdf", sha)
    assert packed.file is not None
    assert packed.file.read_bytes() == data
    assert find_original(meta_of(first), "in/a.pdf", "0" * 64).reason == "changed"
    assert find_original(meta_of(second), "in/a.pdf", sha).reason == "absent"
    assert find_original({"volatile": {}}, "in/a.pdf", sha).reason == "no_folders"
    assert find_original(meta_of(first), "in/a.docx", sha).reason == "no_pdf"
    assert find_original(meta_of(second), "../first/in/a.pdf", sha).reason == "absent"
    assert find_original(meta_of(second), str(first / "in" / "a.pdf"), sha).reason == "absent"


@pytest.fixture
def served_pdf(serve, tmp_path):
    """A server on the small study, whose first document is said to be a PDF of one page."""
    corpus, data = tmp_path / "pdfs", make_pdf()
    corpus.mkdir()
    (corpus / "alpha.pdf").write_bytes(data)
    served = serve("anna", lang="en")
    with served.store.write() as connection:
        connection.execute(
            "UPDATE document SET path = 'alpha.pdf', sha256 = ? WHERE path = 'alpha.txt'",
            (hashlib.sha256(data).hexdigest(),),
        )
        connection.execute(
            "UPDATE clause SET page = 1 WHERE doc_id = (SELECT doc_id FROM document WHERE path = 'alpha.pdf')"
        )
    return served, corpus


def test_page_is_shown_as_image_or_as_text(served_pdf, monkeypatch):
    from tests.textq.web.made_sample import find_doc, list_coded

    served, corpus = served_pdf
    doc_id = find_doc(served.store, "alpha.pdf")
    key = list_coded(served.store, doc_id)[0]
    browser = served.sign_in()
    monkeypatch.setattr(page_image, "_read_meta", lambda run_dir: meta_of(corpus))
    assert f"/page/{doc_id}/1.png?clause={key}" in browser.get(f"/page/{doc_id}/1?clause={key}").text
    answer = browser.get(f"/page/{doc_id}/1.png?clause={key}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    image = read_png(answer.body)
    assert image[5, 5].tolist() == [255, 255, 255]
    assert image[-5, image.shape[1] // 2].tolist() == [0, 0, 0]
    small = read_png(browser.get(f"/page/{doc_id}/1.png?size=small").body)
    assert small.shape[0] < image.shape[0]
    assert f'src="/page/{doc_id}/1.png?size=small"' in browser.get(f"/doc/{doc_id}").text
    assert browser.get(f"/page/{doc_id}/2.png").status == 404
    assert browser.get(f"/page/{doc_id}/2").status == 404
    assert browser.get(f"/page/{doc_id}/1.png?size=huge").status == 404
    assert browser.get("/page/nothing/1.png").status == 404
    (corpus / "alpha.pdf").write_bytes(b"%PDF other")
    page = browser.get(f"/page/{doc_id}/1").text
    assert "was changed after it was scored" in page
    assert "跨境电子商务" in page
    assert "<img" not in page
    (corpus / "alpha.pdf").unlink()
    gone = browser.get(f"/page/{doc_id}/1.png?clause={key}")
    assert gone.status == 404
    assert "Put it back" in gone.text


def test_images_kept_have_a_limit(monkeypatch):
    monkeypatch.setattr(page_image, "_MOST_BYTES", 10)
    images = page_image._Images()
    for n in range(5):
        images.keep((n,), b"xxxx")
    assert [n for n in range(5) if images.find((n,)) is not None] == [3, 4]
