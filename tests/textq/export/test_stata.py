"""Stata files, read back by pandas, by pyreadstat where it is installed, and byte by byte."""

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from textq.errors import TableError
from textq.export.columns import Column, name_columns
from textq.export.stata import number_texts, write_dta

NOTES = ["textq estimate, run 0123456789ab", "第二条说明"]


def make_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit": [330100, 440100, 330100],
            "name": pd.Series(["杭州市", "广州市", None], dtype="string"),
            "role": pd.Series([0, 1, None], dtype="Int64"),
            "treated": [True, False, True],
            "did:supply": [1 / 3, np.nan, -2.5],
            "whole": [1.0, 2.0, 3.0],
        }
    )


def make_columns(frame: pd.DataFrame) -> tuple[Column, ...]:
    values = {"role": {"en": {0: "neither", 1: "one"}, "zh": {0: "双方均非试点", 1: "一方为试点"}}}
    return name_columns(frame.columns, {"did:supply": {"en": "did × Supply", "zh": "did × 供给型"}}, values)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    frame = make_frame()
    write_dta(frame, tmp_path / "t.dta", make_columns(frame), lang="zh", title="城市对面板", notes=NOTES)
    return tmp_path / "t.dta"


def read_characteristics(data: bytes) -> dict[tuple[str, str], str]:
    """Read them by the layout in Stata's help: <ch>, length, two names of 129 bytes, the content, </ch>."""
    at = struct.unpack_from("<14Q", data, data.index(b"<map>") + 5)[8]
    assert data[at : at + 17] == b"<characteristics>"
    at += 17
    found = {}
    while data[at : at + 4] == b"<ch>":
        (length,) = struct.unpack_from("<I", data, at + 4)
        content = data[at + 8 : at + 8 + length]
        owner, name = (part.split(b"\0")[0].decode() for part in (content[:129], content[129:258]))
        found[owner, name] = content[258:-1].decode()
        at += 8 + length
        assert data[at : at + 5] == b"</ch>"
        at += 5
    assert data[at : at + 18] == b"</characteristics>"
    return found


def test_values_come_back(path: Path) -> None:
    found = pd.read_stata(path, convert_categoricals=False)

    assert list(found.columns) == ["unit", "name", "role", "treated", "did_supply", "whole"]
    assert list(found["unit"]) == [330100, 440100, 330100]
    assert list(found["name"]) == ["杭州市", "广州市", ""]
    np.testing.assert_array_equal(found["role"], [0, 1, np.nan])
    np.testing.assert_array_equal(found["did_supply"], [1 / 3, np.nan, -2.5])
    assert list(found["treated"]) == [1, 0, 1]
    assert found["whole"].dtype == "float64"


def test_the_file_is_of_version_118_with_labels_in_the_language_asked_for(path: Path) -> None:
    with pd.read_stata(path, iterator=True) as reader:
        assert reader.data_label == "城市对面板"
        assert reader.variable_labels()["did_supply"] == "did × 供给型"
        assert reader.value_labels() == {"role": {0: "双方均非试点", 1: "一方为试点"}}
    assert path.read_bytes().startswith(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>")


def test_notes_and_the_labels_of_all_languages_are_characteristics(path: Path) -> None:
    found = read_characteristics(path.read_bytes())

    assert [found["_dta", f"note{place}"] for place in range(3)] == ["2", *NOTES]
    assert found["did_supply", "label_en"] == "did × Supply"
    assert found["did_supply", "label_zh"] == "did × 供给型"


def test_the_map_leads_to_every_part(path: Path) -> None:
    data = path.read_bytes()
    addresses = struct.unpack_from("<14Q", data, data.index(b"<map>") + 5)
    tags = [
        *("<stata_dta>", "<map>", "<variable_types>", "<varnames>", "<sortlist>", "<formats>", "<value_label_names>"),
        *("<variable_labels>", "<characteristics>", "<data>", "<strls>", "<value_labels>", "</stata_dta>"),
    ]

    assert addresses[13] == len(data)
    assert [data[at : at + len(tag)].decode() for at, tag in zip(addresses, tags, strict=False)] == tags


def test_the_same_table_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    frame = make_frame()
    write_dta(frame, tmp_path / "again.dta", make_columns(frame), lang="zh", title="城市对面板", notes=NOTES)

    assert (tmp_path / "again.dta").read_bytes() == path.read_bytes()


def test_pyreadstat_reads_the_same(path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat", reason="needs pyreadstat: pip install -e .[oracle]")
    found, meta = pyreadstat.read_dta(path)

    assert list(found["name"]) == ["杭州市", "广州市", ""]
    assert meta.notes == NOTES
    assert meta.file_label == "城市对面板"
    assert meta.column_names_to_labels["did_supply"] == "did × 供给型"
    assert meta.variable_value_labels == {"role": {0: "双方均非试点", 1: "一方为试点"}}


@pytest.mark.parametrize(
    ("values", "message"),
    [([1.0, np.inf], "infinite"), ([0.0, 0.5], "labels of whole numbers"), (["a", "b"], "Number its values")],
)
def test_what_stata_cannot_hold_is_refused(values: list[object], message: str, tmp_path: Path) -> None:
    labels = {"en": {0: "no", 1: "yes"}}
    columns = name_columns(["x"], None, {} if values[-1] == np.inf else {"x": labels})

    with pytest.raises(TableError, match=message):
        write_dta(pd.DataFrame({"x": values}), tmp_path / "t.dta", columns, lang="en")


def test_too_long_a_note_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="Shorten it"):
        write_dta(pd.DataFrame({"x": [1]}), tmp_path / "t.dta", name_columns(["x"]), lang="en", notes=["x" * 70_000])


def test_codes_of_digits_stay_what_they_are() -> None:
    numbers, labels = number_texts(pd.Series(["330100", None, "110000"], dtype="string"))

    assert numbers.tolist() == [330100, pd.NA, 110000]
    assert labels == {}


@pytest.mark.parametrize("codes", [["elmstead", "vesterby"], ["001", "002"], ["99999999999", "1"], ["１", "２"]])
def test_other_codes_are_numbered_in_their_order(codes: list[str]) -> None:
    numbers, labels = number_texts(pd.Series(codes))

    assert [labels[number] for number in numbers] == codes
    assert sorted(numbers) == [1, 2]


def test_several_columns_can_be_numbered_alike() -> None:
    numbers, labels = number_texts(pd.Series(["c", "b"]), first=["a", "b"])

    assert numbers.tolist() == [3, 2]
    assert labels == {1: "a", 2: "b", 3: "c"}
