"""Another codebook in another language, from an empty folder to a score table: the commands of its page, run."""

import csv
import json
import re
import shlex
import shutil
from collections import Counter
from pathlib import Path

import pytest

import textq
from textq.cli import main
from textq.cli.score_summary import describe_run

PAGE = "docs/another-codebook.md"
PLACES = {"norhaven": "910100", "port-aldine": "910200", "vesterby": "910300", "marrow": "910400", "elmstead": "910500"}


def list_commands(repository: Path) -> list[list[str]]:
    text = (repository / PAGE).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all commands of the page were run, one after the other."""
    folder = tmp_path_factory.mktemp("another")
    shutil.copytree(repository / "tests" / "journeys" / "climate", folder / "climate")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in list_commands(repository):
            with pytest.raises(SystemExit) as stopped:
                main(command)
            assert not stopped.value.code, f"textq {shlex.join(command)}"
    return folder


@pytest.fixture(scope="module")
def gold(folder: Path) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in read_rows(folder / "climate" / "gold.csv")}


@pytest.fixture(scope="module")
def runs(folder: Path) -> list[textq.Run]:
    """The run by the lexicon, and the one by the trained coder."""
    return [textq.load_run(path) for path in sorted((folder / "study" / "runs").iterdir())]


def test_the_page_shows_the_whole_way(repository: Path) -> None:
    words = {command[0] for command in list_commands(repository)}
    assert words == {"init", "codebook", "lexicon", "code", "evaluate", "train", "score"}


def test_the_gold_standard_holds_every_clause_that_is_coded(
    gold: dict[str, dict[str, str]], runs: list[textq.Run]
) -> None:
    run = runs[0]
    texts = run.clauses[run.clauses["clause_id"].isin(run.codings["clause_id"])].set_index("clause_id")["text"]
    assert texts.to_dict() == {name: row["text"] for name, row in gold.items()}


def test_the_lexicon_codes_the_clauses_as_the_page_says(folder: Path, gold: dict[str, dict[str, str]]) -> None:
    found = read_rows(folder / "codings.csv")
    right = [row["instrument"] == gold[row["id"]]["code"] for row in found]
    assert (sum(right), len(right)) == (77, 78)


def test_scores_are_the_counts_of_the_codes(gold: dict[str, dict[str, str]], runs: list[textq.Run]) -> None:
    run = runs[0]
    codes = run.codings.set_index("clause_id")["instrument"]
    found = Counter(
        (PLACES[re.split("-[0-9]", row["doc"])[0]], int(re.search("[0-9]{4}", row["doc"])[0]), codes[name])  # type: ignore[index]
        for name, row in gold.items()
    )
    counts = {(row.unit, row.period, row.instrument): row.count for row in run.scores.itertuples(index=False)}

    assert len(counts) == 5 * 5 * 5
    assert {cell: count for cell, count in counts.items() if count} == found


def test_a_run_tells_by_which_codebook_and_coder_it_was_made(runs: list[textq.Run]) -> None:
    by_lexicon, by_model = (run.meta for run in runs)
    assert {meta["codebook"] for meta in (by_lexicon, by_model)} == {"climate@1.0"}
    assert by_lexicon["coder"] == "rules:instruments@1.0"
    assert by_model["coder"] != by_lexicon["coder"]
    assert by_model["run_id"] != by_lexicon["run_id"]
    assert len({meta["coder_sha256"] for meta in (by_lexicon, by_model)}) == 2
    assert list(by_lexicon["classes"]) == ["regulation", "pricing", "subsidy", "information", "none"]


def test_codes_are_named_as_the_codebook_names_them(runs: list[textq.Run]) -> None:
    run = runs[0]
    assert [run.name_code(code, "zh") for code in ("pricing", "pricing/trading", "none")] == [
        "定价",
        "交易",
        "非政策工具",
    ]
    assert run.name_code("subsidy/relief") == "Relief"
    assert run.name_code("unknown") == "unknown"


def test_the_summary_counts_what_a_coder_is_unsure_of(runs: list[textq.Run]) -> None:
    by_lexicon, doubtful = runs[0], textq.load_run(runs[1].run_dir)
    doubtful.codings = doubtful.codings.assign(unsure=[True] * 3 + [False] * (len(doubtful.codings) - 3))
    shown = [" ".join(describe_run(run, [], Path("out"), "en")) for run in (by_lexicon, doubtful)]

    assert ["unsure of" in text for text in shown] == [False, True]
    assert "3 clauses the coder is unsure of" in shown[1]


def test_workers_code_by_the_same_codebook(folder: Path, runs: list[textq.Run]) -> None:
    climate = folder / "climate"
    run = textq.score(climate / "corpus", codebook=climate / "codebook", out=folder / "again", jobs=2)
    assert run.meta["run_id"] == runs[0].meta["run_id"]
    assert run.codings.equals(runs[0].codings)


@pytest.mark.usefixtures("in_this_process")
def test_an_edited_lexicon_makes_another_run_in_the_same_process(folder: Path, runs: list[textq.Run]) -> None:
    codebook = folder / "edited"
    shutil.copytree(folder / "climate" / "codebook", codebook)
    with (codebook / "instruments" / "pricing.csv").open("a", encoding="utf-8") as file:
        file.write("heat pump,pricing/charge,anywhere,9,,,\n")
    run = textq.score(folder / "climate" / "corpus", codebook=codebook, out=folder / "again")

    assert run.meta["run_id"] != runs[0].meta["run_id"]
    assert run.meta["classes"]["pricing"] == runs[0].meta["classes"]["pricing"] + 1


@pytest.mark.usefixtures("in_this_process")
def test_the_summary_speaks_of_the_codebook_s_own_classes(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    climate = folder / "climate"
    arguments = ["score", climate / "corpus", "--codebook", climate / "codebook", "--out", folder / "again", "--json"]
    with pytest.raises(SystemExit):
        main([*map(str, arguments), "--lang", "zh"])
    shown = capfd.readouterr()

    assert "条款 78 · 管制 27% · 定价 13% · 补贴 21% · 信息 15% · 非政策工具 24%" in shown.err
    assert json.loads(shown.out)["classes"]["regulation"] == 21
