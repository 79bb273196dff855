"""Coding with a language model from the command line: what is told, written and returned."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from textq.cli import cli, languages
from textq.cli.llm_options import _NAMES, add_options, code_with_llm, refuse_llm_options
from textq.coding.llm import LlmSpec
from textq.coding.llm.spec import PARAMETERS
from textq.errors import ConfigError
from textq.export.codings import save_codings
from textq.ingest.cut_clauses import read_clauses

from ..coding.llm.conftest import CODEBOOK, Said, Server, answer_right, make_answers, make_item, read_units
from ..coding.llm.conftest import server as chat_server

Run = Callable[..., Any]
server = chat_server


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--coder", default="llm")
@languages.option
@add_options
@click.pass_context
def ask(ctx: click.Context, file: Path, coder: str, lang: str | None, **llm: Any) -> None:
    if coder != "llm":
        refuse_llm_options(ctx)
        return

    def write(codings: Any) -> None:
        save_codings(codings, Path("codings.jsonl"))

    ctx.exit(code_with_llm(read_clauses(file), CODEBOOK, llm, write, languages.choose_language(lang)))


@pytest.fixture
def run(run_textq: Run, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with the options of a language model on three clauses."""
    monkeypatch.setattr(type(cli), "get_command", lambda self, ctx, name: ask)
    rows = [{"id": str(n), "text": text} for n, text in enumerate(("A grant.", "A ban.", "A loan."))]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return lambda *more: run_textq("ask", "c.jsonl", "--llm-url", server.base_url, "--llm-model", "m", *more)


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_estimate_codings_and_usage(run: Run, server: Server, tmp_path: Path) -> None:
    done = run("--llm-price", 2, 8, "--llm-record", "record.jsonl")
    assert (done.code, done.out) == (0, "")
    lines = done.err.splitlines()
    netloc = f"127.0.0.1:{server.server_port}"
    assert lines[0] == f"llm: 3 clauses (3 distinct, 0 answered before): 3 requests to {netloc}, model m"
    assert "an estimate from characters" in lines[1]
    assert lines[2].startswith("llm: estimated cost 0.0")
    assert lines[3] == "llm: 3 answers, 3,000 tokens sent, 120 answered, cost 0.00696"
    assert [row["instrument"] for row in read_rows(tmp_path / "codings.jsonl")] == ["money", "law", "money"]
    record = read_rows(tmp_path / "record.jsonl")
    assert [(row["id"], row["reason"], row["stated_probability"]) for row in record] == [
        (str(n), "because", 0.9) for n in range(3)
    ]


def test_a_second_run_costs_nothing_and_writes_the_same(run: Run, server: Server, tmp_path: Path) -> None:
    names = ("codings.jsonl", "record.jsonl")
    run("--llm-record", "record.jsonl")
    before = [(tmp_path / name).read_bytes() for name in names]
    done = run("--llm-record", "record.jsonl")
    assert "3 answered before): 0 requests" in done.err
    assert "llm: 0 answers, 0 tokens sent" in done.err
    assert [(tmp_path / name).read_bytes() for name in names] == before
    assert len(server.asked) == 3


def test_a_dry_run_sends_and_writes_nothing(run: Run, server: Server, tmp_path: Path) -> None:
    done = run("--dry-run")
    assert (done.code, done.out) == (0, "")
    assert "cost unknown: give --llm-price" in done.err
    assert server.asked == []
    assert [path.name for path in tmp_path.iterdir()] == ["c.jsonl"]


def test_clauses_without_a_code_are_3_and_the_others_are_written(run: Run, server: Server, tmp_path: Path) -> None:
    server.always = lambda body: Said("never") if "ban" in read_units(body)[0]["text"] else answer_right(body)
    done = run("--llm-record", "record.jsonl")
    assert done.code == 3
    assert "llm: no code for 1: the second answer of the model is wrong, too" in done.err
    assert "1 clauses have no code and are not in the result" in done.err
    assert [row["id"] for row in read_rows(tmp_path / "codings.jsonl")] == ["0", "2"]
    assert [list(row) for row in read_rows(tmp_path / "record.jsonl")][1] == ["id", "failure"]


def test_a_refused_key_is_1(run: Run, server: Server, tmp_path: Path) -> None:
    server.always = lambda body: Said(status=401)
    done = run()
    assert done.code == 1
    assert "error: 127.0.0.1" in done.err
    assert "Set TEXTQ_LLM_KEY" in done.err
    assert not (tmp_path / "codings.jsonl").exists()


def test_too_dear_is_1(run: Run, server: Server) -> None:
    done = run("--llm-price", 2, 8, "--max-cost", 0.000001)
    assert done.code == 1
    assert "estimated to cost" in done.err
    assert server.asked == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--llm-model", ""), "needs --llm-url and --llm-model"),
        (("--llm-url", ""), "needs --llm-url and --llm-model"),
        (("--max-cost", 1), "--max-cost needs --llm-price"),
    ],
)
def test_what_is_missing_is_wrong_usage(run: Run, arguments: tuple[Any, ...], message: str) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert message in done.err


def test_options_reach_the_request(run: Run, server: Server) -> None:
    run(
        "--llm-seed", 7, "--llm-answer-tokens", 50, "--llm-without", "temperature", "--llm-batch", 2, "--llm-threads", 1
    )
    body = server.asked[0].body
    assert (body["seed"], body["max_tokens"], "temperature" in body) == (7, 100, False)
    assert [len(asked.units) for asked in server.asked] == [2, 1]


def test_chinese(run: Run) -> None:
    done = run("--lang", "zh")
    assert "3 个条款（3 个不同，0 个已有回答）" in done.err
    assert "收到 3 个回答" in done.err


def test_what_a_model_says_cannot_move_the_terminal(run: Run, server: Server) -> None:
    item = {"id": "c1", "text": "A grant."}
    server.always = lambda body: Said(make_answers(make_item(item, code="\x1b[2Jboo")))
    done = run()
    assert done.code == 3
    assert "\x1b" not in done.err


@pytest.mark.parametrize("option", [option for option in ask.params if option.name not in ("file", "coder", "lang")])
def test_with_another_coder_no_option_is_taken_for_granted(run_textq: Run, run: Run, option: click.Parameter) -> None:
    values = {"dry_run": [], "llm_price": [1, 2], "llm_without": ["seed"], "llm_answer_tokens": [99]}
    given = [option.opts[0], *values.get(str(option.name), [3])]
    assert run_textq("ask", "c.jsonl", "--coder", "rules").code == 0
    done = run_textq("ask", "c.jsonl", "--coder", "rules", *given)
    assert done.code == 2
    assert f"{option.opts[0]}: only with --coder llm" in done.err


SPEC = LlmSpec("http://localhost:1/v1", "m")
OPTIONS = {str(option.name): option for option in ask.params}
OF_SPEC = {
    name: name.removeprefix("llm_")
    for name in (
        "llm_batch",
        "llm_threads",
        "llm_timeout",
        "llm_retries",
        "llm_answer_tokens",
        "llm_seed",
        "llm_without",
    )
}


@pytest.mark.parametrize(("option", "field"), OF_SPEC.items())
def test_defaults_are_those_of_the_spec(option: str, field: str) -> None:
    default = OPTIONS[option].default
    assert (default if option != "llm_without" else ()) == getattr(SPEC, field)


@pytest.mark.parametrize("option", ["llm_batch", "llm_threads", "llm_retries", "llm_answer_tokens"])
def test_ranges_are_within_those_of_the_spec(option: str) -> None:
    kind = OPTIONS[option].type
    assert isinstance(kind, click.IntRange)
    for bound, beyond in ((kind.min, -1), (kind.max, 1)):
        if bound is None:
            continue
        replace(SPEC, **{OF_SPEC[option]: int(bound)})
        if (option, beyond) != ("llm_retries", 1):  # the spec knows no most
            with pytest.raises(ConfigError):
                replace(SPEC, **{OF_SPEC[option]: int(bound) + beyond})


def test_parameters_are_those_of_the_spec() -> None:
    kind = OPTIONS["llm_without"].type
    assert isinstance(kind, click.Choice)
    assert tuple(kind.choices) == PARAMETERS


def test_every_option_is_refused_with_another_coder() -> None:
    assert set(OPTIONS) - {"file", "coder", "lang"} == set(_NAMES)
