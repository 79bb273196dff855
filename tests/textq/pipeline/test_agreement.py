"""Coders compared: what is drawn, subtypes, documents on which files differ."""

from pathlib import Path
from typing import Any

import pytest

from textq.coding.reliability.joint_codings import JointCodings
from textq.coding.reliability.report import Reliability
from textq.errors import ClauseFileError, ConfigError
from textq.pipeline import agreement
from textq.pipeline.agreement import compare_coders


def write(path: Path, *rows: str, columns: str = "id,code,subtype,doc") -> Path:
    path.write_text("\n".join((columns, *rows)) + "\n", encoding="utf-8")
    return path


def test_documents_are_drawn_where_all_are_known(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", "1,supply,,d1", "2,none,,d1", "3,none,,")
    two = write(tmp_path / "two.csv", "1,supply,,", "2,supply,,", "4,none,,")
    found = compare_coders([one, two], draws=0)
    assert (found.by, found.codes.n_documents, found.codes.n_clauses, found.codes.n_single) == ("document", 1, 2, 2)
    assert [(one.clause_id, one.document, one.given) for one in found.disagreements] == [
        ("2", "d1", ("none", "supply"))
    ]


def test_clauses_are_drawn_where_a_document_is_not_known(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", "1,supply,,d1", "2,none,,")
    assert compare_coders([one, write(tmp_path / "two.csv", "1,supply,,", "2,none,,")], draws=0).by == "clause"


def test_files_that_differ_on_the_document_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", "1,supply,,d1", "2,none,,d2")
    two = write(tmp_path / "two.csv", "1,supply,,d1", "2,none,,d3")
    with pytest.raises(ClauseFileError, match="the clause '2' is in the document 'd2', but for two in 'd3'"):
        compare_coders([one, two])


def test_subtypes_are_compared_where_two_coders_gave_them(tmp_path: Path) -> None:
    rows = ["1,supply,talent,d1", "2,supply,funding,d2", "3,none,,d3"]
    one, two = write(tmp_path / "one.csv", *rows), write(tmp_path / "two.csv", rows[0], "2,supply,talent,d2", rows[2])
    found = compare_coders([one, two], draws=0)
    assert found.subtypes is not None
    assert (found.codes.percent.value, found.subtypes.percent.value) == (1, pytest.approx(2 / 3))
    assert found.subtypes.categories == ("supply/talent", "supply/funding", "none")


def test_subtypes_of_one_coder_only_are_not_compared(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", "1,supply,talent,d1", "2,supply,talent,d2")
    two = write(tmp_path / "two.csv", "1,supply,,d1", "2,supply,,d2")
    found = compare_coders([one, two], draws=0)
    assert (found.subtypes, found.n_without_subtype, found.disagreements) == (None, 2, ())


@pytest.mark.parametrize("given", ["", "supply,talent"])
def test_agreements_on_the_code_are_not_dropped_while_disagreements_stay(tmp_path: Path, given: str) -> None:
    one = write(tmp_path / "one.csv", *(f"{at},supply,talent,d{at}" for at in range(9)), "9,none,,d9")
    rows = [f"{at},supply,,d{at}" for at in range(1, 7)] + ["7,none,,d7", "8,none,,d8", "9,none,,d9"]
    two = write(tmp_path / "two.csv", *rows, *([f"0,{given},d0"] if given else []))
    assert compare_coders([one, two], draws=0).subtypes is None


def test_a_clause_without_a_subtype_is_left_out_whole(tmp_path: Path) -> None:
    rows = [f"{at},supply,talent,d{at}" for at in range(19)]
    paths = [
        write(tmp_path / f"{name}.csv", *rows, last)
        for name, last in (("one", "19,supply,talent,d"), ("two", "19,supply,,d"), ("three", "19,none,,d"))
    ]
    found = compare_coders(paths, draws=0).subtypes
    assert found is not None
    assert (found.n_clauses, found.percent.value) == (19, 1)


def test_too_many_codes_are_refused_before_memory_ends(tmp_path: Path) -> None:
    rows = [f"{at},note {at},,d" for at in range(500)]
    with pytest.raises(ClauseFileError, match="500 different codes in 500 clauses are too many"):
        compare_coders([write(tmp_path / "one.csv", *rows), write(tmp_path / "two.csv", *rows)])


def test_errors_of_subtypes_are_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "one.csv", "1,supply,talent,d1", "2,supply,talent,d2")
    measure = agreement.measure_reliability

    def fail_on_subtypes(codings: JointCodings, *more: Any, **named: Any) -> Reliability:
        if "supply/talent" in codings.categories:
            raise ConfigError("broken")
        return measure(codings, *more, **named)

    monkeypatch.setattr(agreement, "measure_reliability", fail_on_subtypes)
    with pytest.raises(ConfigError, match="broken"):
        compare_coders([one, write(tmp_path / "two.csv", "1,supply,talent,d1", "2,none,,d2")])
