"""``textq code``: clauses in, codes out, by the files that people have."""

import csv
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

CLAUSES = [
    {"id": "a", "text": "设立专项资金。", "heading": "保障措施", "stem": ""},
    {"id": "b", "text": "本办法自2018年1月1日起施行。", "heading": "", "stem": ""},
]
FIELDS = ["id", "instrument", "subtype", "secondary", "confidence", "unsure", "evidence", "coder_id", "codebook"]


def write_jsonl(path: Path, rows: Sequence[object] = CLAUSES) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_csv(path: Path, rows: Sequence[Mapping[str, str]] = CLAUSES, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_codes(text: str) -> dict[str, str]:
    """Return {id: instrument} from what the command wrote, in either format."""
    rows = map(json.loads, text.splitlines()) if text.startswith("{") else csv.DictReader(io.StringIO(text))
    return {row["id"]: row["instrument"] for row in rows}


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "clauses.jsonl")


def test_jsonl_in_jsonl_out(run_textq: Run, jsonl: Path) -> None:
    done = run_textq("code", jsonl)
    assert (done.code, done.err) == (0, "")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [list(row) for row in rows] == [FIELDS, FIELDS]
    assert [row["instrument"] for row in rows] == ["supply", "none"]


def test_evidence_is_in_the_text(run_textq: Run, jsonl: Path) -> None:
    for coder in ("rules", "full"):
        (first, _) = map(json.loads, run_textq("code", jsonl, "--coder", coder).out.splitlines())
        found = [CLAUSES[0]["text"][start:end] for start, end, _ in first["evidence"]]
        assert [text.rstrip("。") for text in found] == ["设立专项资金"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_csv_in_csv_out(run_textq: Run, tmp_path: Path, jsonl: Path, encoding: str) -> None:
    done = run_textq("code", write_csv(tmp_path / "clauses.csv", encoding=encoding))
    assert done.code == 0
    assert done.out.splitlines()[0] == ",".join(FIELDS)
    assert read_codes(done.out) == read_codes(run_textq("code", jsonl).out)


def test_out_decides_the_format(run_textq: Run, tmp_path: Path, jsonl: Path) -> None:
    assert run_textq("code", jsonl, "--out", "codes.csv").out == ""
    written = (tmp_path / "codes.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbfid,")
    assert read_codes(written.decode("utf-8-sig")) == {"a": "supply", "b": "none"}


def test_csv_cells_may_hold_lines_and_quotes(run_textq: Run, tmp_path: Path) -> None:
    rows = [{"id": "1", "text": '建设"公共"\n海外仓，降低成本。'}]
    assert set(read_codes(run_textq("code", write_csv(tmp_path / "c.csv", rows)).out)) == {"1"}


def test_ids_may_be_numbers_in_jsonl(run_textq: Run, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "c.jsonl", [{"id": 7, "text": "建设海外仓。"}])
    assert set(read_codes(run_textq("code", path).out)) == {"7"}


def test_empty_file_is_1(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("code", write_jsonl(tmp_path / "c.jsonl", []))
    assert (done.code, done.out) == (1, "")
    assert "c.jsonl holds no clause" in done.err


def test_heading_counts(run_textq: Run, tmp_path: Path) -> None:
    rows = [
        {"id": "bare", "text": "（一）年出口额一千万美元以上的企业；"},
        {"id": "led", "text": "（一）年出口额一千万美元以上的企业；", "stem": "对下列企业给予海外仓建设资金补助："},
    ]
    codes = read_codes(run_textq("code", write_jsonl(tmp_path / "c.jsonl", rows)).out)
    assert codes["bare"] != codes["led"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.jsonl", '{"id": "a"}\n', "c.jsonl:1: every clause needs the fields id and text. Found: id."),
        ("c.jsonl", '{"id": "a", "text": "x"}\n{"id": "", "text": "x"}\n', "c.jsonl:2: every clause needs"),
        ("c.jsonl", '{"id": "a", "text": "x"}\n\n{"id": "a", "text": "y"}\n', "c.jsonl:3: id 'a' stands twice"),
        ("c.jsonl", '{"id": "a", "text": \n', "c.jsonl:1: no JSON object"),
        ("c.jsonl", "[1]\n", "c.jsonl:1: no JSON object but list"),
        ("c.csv", "id,words\na,x\n", "c.csv:2: every clause needs the fields id and text. Found: id, words."),
        ("c.csv", "id,text\na,x\na,y\n", "c.csv:3: id 'a' stands twice"),
        ("c.xlsx", "id,text\na,x\n", "clause files end in .jsonl or .csv"),
    ],
)
def test_broken_files_are_1_and_say_where(
    run_textq: Run, tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    done = run_textq("code", name)
    assert (done.code, done.out) == (1, "")
    assert message in done.err


def test_absent_file_is_1_and_named(run_textq: Run) -> None:
    done = run_textq("code", "nowhere.jsonl")
    assert (done.code, done.out) == (1, "")
    assert "FILE nowhere.jsonl does not exist." in done.err


def test_unknown_ending_of_out_is_1(run_textq: Run, jsonl: Path) -> None:
    done = run_textq("code", jsonl, "--out", "codes.xlsx")
    assert done.code == 1
    assert ".jsonl or .csv" in done.err


def test_unknown_ending_of_out_leaves_the_file_alone(run_textq: Run, tmp_path: Path, jsonl: Path) -> None:
    (tmp_path / "notes.txt").write_text("precious", encoding="utf-8")
    run_textq("code", jsonl, "--out", "notes.txt")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "precious"


def test_out_in_an_absent_folder_is_1_and_named(run_textq: Run, jsonl: Path) -> None:
    done = run_textq("code", jsonl, "--out", "nowhere/codes.csv")
    assert done.code == 1
    assert "nowhere" in done.err


@pytest.mark.parametrize("write", [write_jsonl, write_csv])
def test_line_separators_within_a_text(run_textq: Run, tmp_path: Path, write: Callable[..., Path]) -> None:
    rows = [{"id": "1", "text": "建设公共\u2028海外仓。"}, {"id": "2", "text": "建设公共\x85海外仓。"}]
    done = run_textq("code", write(tmp_path / f"c.{write.__name__.removeprefix('write_')}", rows))
    assert (done.code, set(read_codes(done.out))) == (0, {"1", "2"})


LLM = ("--coder", "llm", "--llm-url", "http://127.0.0.1:1/v1", "--llm-model", "m")


@pytest.mark.parametrize(
    "arguments",
    [("--out", "x.jsonl", "--html", "x.jsonl"), (*LLM, "--out", "x.jsonl", "--llm-record", "sub/../x.jsonl")],
)
def test_one_file_for_two_outputs_is_2(run_textq: Run, tmp_path: Path, jsonl: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "sub").mkdir()
    done = run_textq("code", jsonl, *arguments)
    assert (done.code, done.out) == (2, "")
    assert f"--out and {arguments[-2]} name the same file" in done.err
    assert not (tmp_path / "x.jsonl").exists()


@pytest.mark.parametrize("option", ["--out", "--html", "--llm-record"])
def test_the_clauses_are_never_written_over(run_textq: Run, tmp_path: Path, jsonl: Path, option: str) -> None:
    before = jsonl.read_bytes()
    done = run_textq("code", jsonl, *LLM, option, tmp_path / "clauses.jsonl")
    assert (done.code, done.out) == (2, "")
    assert "is FILE itself" in done.err
    assert jsonl.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "o.xlsx"), ".xlsx: codings are written to .jsonl or .csv"),
        (("--out", "nodir/o.csv"), "--out nodir/o.csv: there is no folder nodir"),
        (("--html", "nodir/o.html"), "--html nodir/o.html: there is no folder nodir"),
        (("--llm-record", "nodir/r.jsonl"), "--llm-record nodir/r.jsonl: there is no folder nodir"),
    ],
)
def test_outputs_are_looked_at_before_a_model_is_asked(
    run_textq: Run, jsonl: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = run_textq("code", jsonl, *LLM, *arguments)
    assert done.code == 1
    assert message.replace("/", os.sep) in done.err
    assert "llm:" not in done.err
