"""From files to scores, as a user does it: the invariants of a run, hostile files, the same bytes twice."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import textq
from textq.records import CODED_KINDS

TEXT = """深圳市人民政府关于支持跨境电子商务的意见
深府〔2020〕901号
一、支持企业建设公共海外仓。
深圳市人民政府
2020年5月1日
"""


def make_pdf(*, user_password: str | None = None) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(user_password) if user_password else None)
    canvas.setFont("STSong-Light", 16)
    for at, line in enumerate(TEXT.splitlines()):
        canvas.drawString(80, 700 - 28 * at, line)
    canvas.save()
    return buffer.getvalue()


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    folder = tmp_path / "语料 库"
    folder.mkdir()
    pdf = make_pdf()
    files = {
        "truncated.pdf": pdf[: len(pdf) * 2 // 3],
        "encrypted.pdf": make_pdf(user_password="secret"),
        "empty.txt": b"",
        "empty.docx": b"",
        "image.pdf": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "gb.txt": TEXT.encode("gb18030"),
        "关于 支持跨境电商的意见（2020）.txt": TEXT.replace("深圳", "广州").replace("深府", "穗府").encode(),
        "good.pdf": make_pdf(),
        "notes.xlsx": b"PK\x03\x04",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def run_textq(*args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "textq", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


def test_hostile_files_are_reported_rightly_and_nothing_crashes(hostile: Path) -> None:
    done = run_textq("score", hostile, "--json", cwd=hostile.parent)
    summary = json.loads(done.stdout)
    run = textq.load_run(hostile.parent / summary["run_dir"])
    status = dict(zip(run.documents["path"], run.documents["status"], strict=True))
    reasons = dict(zip(run.documents["path"], run.documents["reason"], strict=True))

    assert done.returncode == 3, done.stderr
    assert status == {
        "truncated.pdf": "failed",
        "encrypted.pdf": "failed",
        "empty.txt": "failed",
        "empty.docx": "failed",
        "image.pdf": "failed",
        "gb.txt": "read",
        "关于 支持跨境电商的意见（2020）.txt": "read",
        "good.pdf": "duplicate",
        "notes.xlsx": "ignored",
    }
    assert "truncated" in reasons["truncated.pdf"]
    assert "password" in reasons["encrypted.pdf"]
    assert "empty" in reasons["empty.docx"]
    assert "PNG" in reasons["image.pdf"]
    assert "Traceback" not in done.stderr


def test_the_same_inputs_give_the_same_bytes(sample_run: textq.Run, tmp_path: Path, repository: Path) -> None:
    """The sample's run by one worker, and another by two."""
    runs = [sample_run, textq.score(repository / "corpus", out=tmp_path, jobs=2)]
    files = [{p.relative_to(r.run_dir): p.read_bytes() for p in r.run_dir.rglob("*") if p.is_file()} for r in runs]
    metas = [{**json.loads(found.pop(Path("run.json"))), "volatile": None} for found in files]

    assert files[0] == files[1]
    assert metas[0] == metas[1]


def test_clause_text_is_its_span_and_evidence_lies_inside(sample_run: textq.Run) -> None:
    texts = {doc_id: sample_run.read_text(doc_id) for doc_id in sample_run.clauses["doc_id"].unique()}
    clauses = pd.read_csv(sample_run.run_dir / "clauses.csv", encoding="utf-8-sig", keep_default_na=False)
    codings = pd.read_csv(sample_run.run_dir / "codings.csv", encoding="utf-8-sig", keep_default_na=False)

    for row in clauses.itertuples():
        assert texts[row.doc_id][row.start : row.end] == row.text
    for row in codings.merge(clauses, on="clause_id").itertuples():
        for start, end, term in json.loads(row.evidence):
            assert row.start <= start < end <= row.end, (row.clause_id, term)


def test_only_provisions_paragraphs_items_and_annexes_are_coded(sample_run: textq.Run) -> None:
    coded = sample_run.clauses[sample_run.clauses["clause_id"].isin(sample_run.codings["clause_id"])]

    assert set(coded["kind"]) == CODED_KINDS
    assert len(coded) == sample_run.clauses["kind"].isin(CODED_KINDS).sum()


def test_own_readme_gold_and_outcomes_are_ignored(sample_run: textq.Run, repository: Path) -> None:
    ignored = sample_run.documents.query("status == 'ignored'")["path"].tolist()

    assert "README.md" in ignored
    assert sample_run.meta["status"]["read"] == len(list((repository / "corpus" / "documents").iterdir()))


def test_every_covered_cell_has_a_row_and_no_other(sample_run: textq.Run) -> None:
    coverage = sample_run.coverage
    n_periods = (coverage["last_period"] - coverage["first_period"] + 1).sum()

    assert len(sample_run.scores) == 4 * n_periods
    assert sample_run.scores.drop(columns=["power_sum", "power_stock"]).notna().all(axis=None)


def test_an_interrupted_run_leaves_no_half_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr("textq.export.table.write_parquet", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))

    with pytest.raises(KeyboardInterrupt):
        textq.score(tmp_path / "a.txt", out=tmp_path / "out")

    assert list((tmp_path / "out" / "runs").iterdir()) == []
    assert list((tmp_path / "out" / "cache").rglob("*.json"))


@pytest.mark.usefixtures("in_this_process")
def test_a_second_run_reads_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    first = textq.score(tmp_path / "a.txt", out=tmp_path / "out")
    (stored,) = (tmp_path / "out" / "cache").rglob("*.json")
    stored.write_text(stored.read_text(encoding="utf-8").replace("海外仓", "体验店"), encoding="utf-8")
    second = textq.score(tmp_path / "a.txt", out=tmp_path / "out")

    assert "体验店" in second.read_text(second.documents["doc_id"][0])
    assert second.run_dir != first.run_dir
    assert textq.load_run(tmp_path / "out").run_dir == second.run_dir
    assert second.meta["run_id"] == first.meta["run_id"]


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("name", ["local_laws", "govcn_html", "originals"])
def test_real_documents_run_to_the_end(shared: Path, tmp_path: Path, name: str) -> None:
    run = textq.score(shared / "data" / "policy" / name, out=tmp_path)

    assert run.meta["status"]["failed"] == run.meta["status"]["scanned"] == 0
    assert run.meta["n_clauses"] > 0
    for row in run.clauses.itertuples():
        assert run.read_text(row.doc_id)[row.start : row.end] == row.text


@pytest.mark.usefixtures("in_this_process")
def test_a_zero_for_which_a_document_could_not_be_read_is_flagged(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "manifest.csv").write_text("file,units,issued_on\nscan.pdf,320500,2018-03-01\n", encoding="utf-8")
    (tmp_path / "coverage.csv").write_text("unit,first_period,last_period\n320500,2017,2018\n", encoding="utf-8")
    run = textq.score(tmp_path, out=tmp_path / "out")
    coverage = run.scores.groupby("period")["coverage"].first()

    assert dict(coverage) == {2017: "declared", 2018: "incomplete"}
    assert run.meta["warnings"]["incomplete"] == ["scan.pdf"]


@pytest.mark.usefixtures("in_this_process")
def test_a_unit_whose_only_document_could_not_be_read_is_there_and_flagged(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4 nothing")
    manifest = "file,units,issued_on\na.txt,440300,2020-05-01\nscan.pdf,320500;440300,2018-03-01\n"
    (tmp_path / "manifest.csv").write_text(manifest, encoding="utf-8")
    run = textq.score(tmp_path, out=tmp_path / "out")
    coverage = run.scores.groupby(["unit", "period"])["coverage"].first()

    assert coverage["320500"].to_dict() == {2018: "incomplete", 2019: "incomplete_stock", 2020: "incomplete_stock"}
    assert coverage["440300"].to_dict() == {2018: "incomplete", 2019: "incomplete_stock", 2020: "incomplete_stock"}


@pytest.mark.usefixtures("in_this_process")
def test_one_text_stated_for_two_cities_counts_for_both(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "manifest.csv").write_text("file,id,units\na.txt,a,330100\nb.txt,b,330200\n", encoding="utf-8")
    run = textq.score(tmp_path, out=tmp_path / "out")

    assert run.documents["status"].tolist() == ["read", "read"]
    assert run.scores.query("instrument == 'demand'")["count"].tolist() == [1.0, 1.0]


def test_the_context_that_decided_is_named(sample_run: textq.Run) -> None:
    bare = sample_run.codings[(sample_run.codings["evidence"] == "[]") & (sample_run.codings["instrument"] != "none")]

    assert len(bare)
    assert (bare["context"] != "[]").all()
