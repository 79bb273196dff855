import os
import pickle
import sys
import zipfile
from pathlib import Path

import pytest

from textq.errors import ConfigError, ManifestError, ReadError
from textq.ingest import files
from textq.ingest.files import find_files


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}：正文。", encoding="utf-8")
    return folder


def state(folder: Path, *rows: str) -> Path:
    (folder / "manifest.csv").write_text("\n".join(("file,id", *rows)), encoding="utf-8")
    return folder


def listed(*paths: Path) -> list[str]:
    return [file.path for file in find_files(paths).files if not file.ignored]


def ignored(*paths: Path) -> dict[str, str]:
    return {file.path: file.ignored for file in find_files(paths).files if file.ignored}


def test_without_a_manifest_every_document_is_listed_by_name(tmp_path):
    put(tmp_path, "b.txt", "a.pdf", "丙 通知（一）.docx", "d.HTML", "e.doc")
    assert listed(tmp_path) == ["a.pdf", "b.txt", "d.HTML", "e.doc", "丙 通知（一）.docx"]


def test_nested_folders(tmp_path):
    put(tmp_path, "杭州/2016/a.txt", "宁波/a.txt", "z.txt")
    assert listed(tmp_path) == ["z.txt", "宁波/a.txt", "杭州/2016/a.txt"]


def test_other_files_are_ignored_and_say_why(tmp_path):
    put(tmp_path, "a.txt", "b.xlsx", "c")
    assert ignored(tmp_path) == {"b.xlsx": "no document format: .xlsx", "c": "no document format: no ending"}


def test_hidden_files_and_lock_files_are_not_even_listed(tmp_path):
    put(tmp_path, "a.txt", ".DS_Store", "~$a.docx", ".git/b.txt")
    assert listed(tmp_path) == ["a.txt"]
    assert ignored(tmp_path) == {}


def test_the_output_of_a_run_is_never_input(tmp_path):
    put(tmp_path, "a.txt", "out/.textq-study", "out/runs/1/text/a.txt")
    assert listed(tmp_path) == ["a.txt"]


def test_the_rows_of_a_manifest_are_the_corpus_in_its_order(tmp_path):
    state(put(tmp_path, "b.txt", "a.txt", "sub/c d.txt", "left.txt"), "b.txt,2", "sub/c d.txt,3", "a.txt,1")
    assert listed(tmp_path) == ["b.txt", "sub/c d.txt", "a.txt"]
    assert ignored(tmp_path) == {"left.txt": "not listed in the manifest"}


def test_a_row_without_its_file_stays_listed(tmp_path):
    state(put(tmp_path, "a.txt"), "a.txt,1", "missing.txt,2")
    assert listed(tmp_path) == ["a.txt", "missing.txt"]


def test_a_broken_manifest_stops_everything(tmp_path):
    with pytest.raises(ManifestError):
        find_files([state(put(tmp_path, "a.txt"), "a.txt,1", "a.txt,2")])


def test_a_file_given_twice_is_listed_once(tmp_path):
    put(tmp_path, "a.txt")
    assert listed(tmp_path / "a.txt", tmp_path, tmp_path / ".." / tmp_path.name) == ["a.txt"]


def test_several_folders_go_by_their_names(tmp_path):
    put(tmp_path, "one/a.txt", "two/a.txt")
    assert listed(tmp_path / "one", tmp_path / "two") == ["one/a.txt", "two/a.txt"]


def test_two_files_of_one_name_cannot_be_told_apart(tmp_path):
    put(tmp_path, "one/a.txt", "two/a.txt")
    with pytest.raises(ConfigError, match="the same name"):
        find_files([tmp_path / "one/a.txt", tmp_path / "two/a.txt"])


def test_a_link_to_a_listed_file_is_the_same_file(tmp_path):
    put(tmp_path, "a.txt")
    os.symlink(tmp_path / "a.txt", tmp_path / "b.txt")
    assert listed(tmp_path) == ["a.txt"]


def test_a_missing_path_and_an_empty_folder(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        find_files([tmp_path / "none"])
    with pytest.raises(ConfigError, match="no file was found"):
        find_files([tmp_path])


def test_coverage_and_the_hashes_of_the_lists(tmp_path):
    state(put(tmp_path, "a.txt"), "a.txt,1")
    (tmp_path / "coverage.csv").write_text("unit,first_period,last_period\n330100,2015,2020")
    corpus = find_files([tmp_path])
    assert [row.unit for row in corpus.coverage] == ["330100"]
    assert sorted(corpus.lists) == ["coverage.csv", "manifest.csv"]
    (tmp_path / "coverage.csv").write_text("unit,first_period,last_period\n330100,2015,2021")
    assert find_files([tmp_path]).lists["coverage.csv"] != corpus.lists["coverage.csv"]


def test_a_manifest_in_a_folder_below_is_read_by_its_rows(tmp_path):
    put(tmp_path, "a.txt", "sub/b.txt", "sub/c.txt")
    state(tmp_path / "sub", "b.txt,1")
    assert listed(tmp_path) == ["a.txt", "sub/b.txt"]
    assert ignored(tmp_path) == {"sub/c.txt": "not listed in the manifest"}


def test_a_single_file_has_its_row_of_the_manifest_beside_it(tmp_path):
    state(put(tmp_path, "a.txt", "b.txt"), "a.txt,1")
    (file,) = find_files([tmp_path / "a.txt"]).files
    assert file.row is not None
    assert file.row.doc_id == "1"


def test_a_loop_of_links_ends(tmp_path):
    put(tmp_path, "sub/a.txt")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert listed(tmp_path) == ["sub/a.txt"]


def pack(path: Path, *names: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, f"{name}：正文。")
    return path


def test_the_members_of_an_archive_are_files_of_the_corpus(tmp_path):
    put(tmp_path, "c.txt")
    pack(tmp_path / "sub/b.ZIP", "内/a.pdf", "d.xlsx", "manifest.csv")
    assert listed(tmp_path) == ["c.txt", "sub/b.ZIP/内/a.pdf"]
    assert ignored(tmp_path) == {
        "sub/b.ZIP/d.xlsx": "no document format: .xlsx",
        "sub/b.ZIP/manifest.csv": "a manifest inside an archive is not used; unpack the archive",
    }
    member = find_files([tmp_path]).files[1]
    assert member.read_bytes().decode() == "内/a.pdf：正文。"
    assert pickle.loads(pickle.dumps(member)) == member


def test_an_archive_given_alone(tmp_path):
    assert listed(pack(tmp_path / "a.zip", "b.txt")) == ["a.zip/b.txt"]


def test_a_file_is_read_from_where_it_is(tmp_path):
    (file,) = find_files([put(tmp_path, "a.txt")]).files
    assert file.read_bytes().decode() == "a.txt：正文。"


def test_a_broken_archive_is_one_file_that_fails(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 cut")
    (file,) = find_files([tmp_path]).files
    assert (file.path, file.ignored) == ("a.zip", "")
    with pytest.raises(ReadError, match="cannot be opened"):
        file.read_bytes()


def test_an_archive_in_an_archive_is_one_file_that_fails(tmp_path):
    pack(tmp_path / "a.zip", "b.zip", "c.txt")
    inner, sound = find_files([tmp_path]).files
    assert (inner.path, sound.path) == ("a.zip/b.zip", "a.zip/c.txt")
    with pytest.raises(ReadError, match="archive inside an archive"):
        inner.read_bytes()


def test_a_manifest_names_members(tmp_path):
    pack(tmp_path / "a.zip", "内/b.txt", "c.txt")
    pack(tmp_path / "rest.zip", "d.txt")
    state(put(tmp_path, "e.txt"), "a.zip/内/b.txt,1", "e.txt,2", "a.zip/gone.txt,3")
    files = {file.path: file for file in find_files([tmp_path]).files}
    assert [path for path, file in files.items() if not file.ignored] == ["a.zip/内/b.txt", "e.txt", "a.zip/gone.txt"]
    assert ignored(tmp_path) == dict.fromkeys(["a.zip/c.txt", "rest.zip"], "not listed in the manifest")
    row = files["a.zip/内/b.txt"].row
    assert row is not None
    assert row.doc_id == "1"
    assert files["a.zip/内/b.txt"].read_bytes().decode() == "内/b.txt：正文。"
    with pytest.raises(FileNotFoundError):
        files["a.zip/gone.txt"].read_bytes()


def test_the_rows_of_members_serve_an_archive_given_alone(tmp_path):
    state(pack(tmp_path / "a.zip", "b.txt", "c.txt").parent, "a.zip/b.txt,1")
    rows = {file.path: file.row and file.row.doc_id for file in find_files([tmp_path / "a.zip"]).files}
    assert rows == {"a.zip/b.txt": "1", "a.zip/c.txt": None}


def test_a_row_that_names_an_archive_asks_for_its_members(tmp_path):
    state(pack(tmp_path / "a.zip", "b.txt").parent, "a.zip,1")
    (file,) = find_files([tmp_path]).files
    with pytest.raises(ReadError, match=r"Name the documents in it: a\.zip/"):
        file.read_bytes()


def test_a_link_that_leads_in_circles_is_a_file_that_cannot_be_opened(tmp_path):
    (tmp_path / "l.pdf").symlink_to("l.pdf")
    (file,) = find_files([tmp_path]).files
    with pytest.raises(OSError, match=r"l\.pdf"):
        file.read_bytes()
    assert listed(state(put(tmp_path, "a.txt"), "a.txt,1", "l.pdf,2")) == ["a.txt", "l.pdf"]


def test_folders_that_link_to_themselves_are_walked_once(tmp_path):
    state(put(tmp_path, "a.txt"), "a.txt,1")
    for name in "bcd":
        (tmp_path / name).symlink_to(".")
    assert listed(tmp_path) == ["a.txt"]
    assert ignored(tmp_path) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["p.pdf", "p.zip"])
def test_a_pipe_is_never_opened(tmp_path, name):
    os.mkfifo(tmp_path / name)
    for path in (tmp_path, tmp_path / name):
        (file,) = find_files([path]).files
        with pytest.raises(ReadError, match="a pipe or a device"):
            file.read_bytes()


def test_a_row_that_names_a_folder_is_told_so(tmp_path):
    state(put(tmp_path, "a.txt/b.txt"), "a.txt,1")
    (file,) = (file for file in find_files([tmp_path]).files if not file.ignored)
    with pytest.raises(ReadError, match="it is a folder"):
        file.read_bytes()


def test_a_file_without_measure_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 3)
    (file,) = find_files([put(tmp_path, "a.txt")]).files
    with pytest.raises(ReadError, match="more than 3"):
        file.read_bytes()


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="names of files are Unicode on this system")
@pytest.mark.parametrize(("stored", "shown"), [("杭州市通知".encode("gbk"), "杭州市通知"), (b"\xff", "\\xff")])
def test_a_name_that_is_no_utf8_is_text(tmp_path, stored, shown):
    folder = put(tmp_path / "目录", "a.txt")
    (folder / "a.txt").rename(os.fsdecode(os.fsencode(folder) + b"/" + stored + b".txt"))
    (file,) = find_files([tmp_path]).files
    assert file.path == f"目录/{shown}.txt"
    assert file.read_bytes().decode() == "a.txt：正文。"
    state(put(tmp_path, "b.txt"), "b.txt,1")
    assert ignored(tmp_path) == {f"目录/{shown}.txt": "not listed in the manifest"}


@pytest.mark.parametrize(
    "name", ["manifest.xlsx", "Manifest.XLS", "manifest.csv.txt", "coverage.xlsx", "coverage.ods", "MANIFEST.et"]
)
def test_a_list_under_another_name_is_not_passed_over(tmp_path, name):
    with pytest.raises(ManifestError, match=r"under the name .*Save it as that"):
        find_files([put(tmp_path, "a.txt", name)])


def test_the_workbook_behind_a_manifest_may_lie_beside_it(tmp_path):
    state(put(tmp_path, "a.txt", "manifest.xlsx"), "a.txt,1")
    assert listed(tmp_path) == ["a.txt"]


def test_a_folder_that_may_not_be_read_is_listed(tmp_path, monkeypatch):
    put(tmp_path, "closed/b.txt", "z.txt")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "closed")
    closed, _ = find_files([tmp_path]).files
    assert closed.path == "closed"
    with pytest.raises(ReadError, match="the folder may not be read"):
        closed.read_bytes()


@pytest.mark.parametrize("rows", [(), ("a.txt,1",)])
def test_folders_without_end_are_refused(tmp_path, monkeypatch, rows):
    monkeypatch.setattr(files, "DEEPEST", len(tmp_path.parts) + 2)
    put(tmp_path, "a.txt", "b/c/d/e.txt")
    if rows:
        state(tmp_path, *rows)
    with pytest.raises(ConfigError, match="lies more than"):
        find_files([tmp_path])
