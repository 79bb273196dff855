import os
from pathlib import Path

import pytest

from textq.errors import ConfigError, ManifestError
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
