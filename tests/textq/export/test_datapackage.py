"""The description of a folder's CSV files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from textq.export.csv import write_csv
from textq.export.datapackage import write_datapackage
from textq.export.table import write_table


def make_folder(folder: Path, *, orphan: bool = False) -> Path:
    (folder / "tables").mkdir()
    texts = {"dtype": "string"}
    documents = pd.DataFrame({"path": pd.Series(["a.txt", "b.txt"], **texts), "doc_id": pd.Series(["1", "2"], **texts)})
    clauses = pd.DataFrame(
        {
            "clause_id": pd.Series(["1#1", "2#1"], **texts),
            "doc_id": pd.Series(["1", "9" if orphan else "2"], **texts),
            "ordinal": pd.Series([1, None], dtype="Int64"),
            "copied_from": pd.Series([None, "1"], **texts),
            "copied_share": [0.5, 1.0],
            "unsure": [True, False],
        }
    )
    for name, frame in {"documents": documents, "clauses": clauses}.items():
        write_table(frame, folder / name)
    write_csv(pd.DataFrame([["did", "0.2**"], ["", "0.1"]], columns=["", "(1)"]), folder / "tables" / "main_zh.csv")
    write_csv(pd.DataFrame({"unit": ["330100"], "x": [1.5], "flag": [True], "n": [3]}), folder / "Figure 1.csv")
    return folder


def describe(folder: Path) -> dict[str, Any]:
    write_datapackage(folder, name="textq-test", title="test", sources=[{"title": "elsewhere"}])
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return package


def resources_of(folder: Path) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in describe(folder)["resources"]}


def types_of(resource: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["type"] for field in resource["schema"]["fields"]}


def test_every_csv_file_is_described_with_its_size_and_hash(tmp_path: Path) -> None:
    found = resources_of(make_folder(tmp_path))

    assert list(found) == ["figure-1", "clauses", "documents", "tables/main_zh"]
    for resource in found.values():
        data = (tmp_path / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")


def test_types_are_those_of_the_parquet_file_or_of_the_cells(tmp_path: Path) -> None:
    found = resources_of(make_folder(tmp_path))

    assert types_of(found["clauses"]) == {
        "clause_id": "string", "doc_id": "string", "ordinal": "integer", "copied_from": "string",
        "copied_share": "number", "unsure": "boolean",
    }  # fmt: skip
    assert types_of(found["figure-1"]) == {"unit": "string", "x": "number", "flag": "boolean", "n": "integer"}


def test_a_printed_table_has_no_head(tmp_path: Path) -> None:
    table = resources_of(make_folder(tmp_path))["tables/main_zh"]

    assert table["dialect"] == {"header": False}
    assert types_of(table) == {"column_1": "string", "column_2": "string"}


def test_keys_lead_from_clause_to_document(tmp_path: Path) -> None:
    schema = resources_of(make_folder(tmp_path))["clauses"]["schema"]

    assert schema["primaryKey"] == ["clause_id"]
    assert schema["foreignKeys"] == [
        {"fields": ["doc_id"], "reference": {"resource": "documents", "fields": ["doc_id"]}},
        {"fields": ["copied_from"], "reference": {"resource": "documents", "fields": ["doc_id"]}},
    ]


def test_a_link_that_the_files_do_not_keep_is_not_stated(tmp_path: Path) -> None:
    schema = resources_of(make_folder(tmp_path, orphan=True))["clauses"]["schema"]

    assert [link["fields"] for link in schema["foreignKeys"]] == [["copied_from"]]


def test_a_key_with_doubles_is_not_stated(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    write_csv(pd.DataFrame({"term": ["did", "did"], "vif": [1.5, 2.5]}), folder / "inflation.csv")

    assert "primaryKey" not in resources_of(folder)["inflation"]["schema"]


def test_titles_are_for_the_tables_that_textq_defines(tmp_path: Path) -> None:
    found = resources_of(make_folder(tmp_path))

    assert found["clauses"]["schema"]["fields"][0]["title"] == "Clause: document#ordinal"
    assert all("title" not in field for field in found["figure-1"]["schema"]["fields"])


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    make_folder(tmp_path)
    describe(tmp_path)
    first = (tmp_path / "datapackage.json").read_bytes()
    describe(tmp_path)

    assert (tmp_path / "datapackage.json").read_bytes() == first


def test_frictionless_finds_it_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frictionless = pytest.importorskip("frictionless", reason="needs frictionless: pip install frictionless")
    describe(make_folder(tmp_path))
    monkeypatch.chdir(tmp_path)
    report = frictionless.validate("datapackage.json")

    assert report.valid, report.flatten(["name", "type", "message"])
