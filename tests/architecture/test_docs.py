"""Commands, options, columns, errors and words are documented, and the documents are current."""

import importlib.util
import inspect
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml

import textq.config
import textq.errors
import textq.tables
from textq.cli import cli
from textq.tables import Contract

CONTRACTS = [value for value in vars(textq.tables).values() if isinstance(value, Contract)]
ERRORS = [value for value in vars(textq.errors).values() if inspect.isclass(value)]
BANNED = re.compile(r"\b(annotat\w+|label(?:l?ed|l?ing|s)|policy tools?|dictionar\w+)\b", re.IGNORECASE)


def load_command(name: str) -> click.Command:
    """The command called by these words: "score", "panel check"."""
    command: click.Command | None = cli
    for word in name.split():
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    return command


def list_commands(group: click.Group, before: str = "") -> Iterator[str]:
    for word in group.list_commands(click.Context(group)):
        yield before + word
        command = load_command(before + word)
        if isinstance(command, click.Group):
            yield from list_commands(command, f"{before}{word} ")


COMMANDS = list(list_commands(cli))


def list_options(command: click.Command) -> list[str]:
    return [name for option in command.params if isinstance(option, click.Option) for name in option.opts]


def read_glossary(repository: Path) -> list[list[str]]:
    lines = (repository / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if row[0] != "in code" and not set(row[0]) <= {"-"}]


def list_shown_commands(repository: Path) -> Iterator[str]:
    """The lines of all READMEs that call textq or one of its commands."""
    for readme in sorted(repository.glob("README*.md")):
        text = readme.read_text(encoding="utf-8")
        fenced = "\n".join(
            re.findall(r"^```(?:sh|bash|console|powershell)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        )
        for piece in re.split(r"&&|;|\n", fenced):
            if found := re.search(r"(?:^|[\s/\\])textq (.+)$", piece.partition("#")[0].rstrip()):
                yield found[1]


def test_cli_reference_is_current(repository: Path) -> None:
    """When this fails, run ``just docs``."""
    path = repository / "docs" / "render_cli_reference.py"
    spec = importlib.util.spec_from_file_location("render_cli_reference", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (repository / "docs" / "cli-reference.md").read_text(encoding="utf-8") == script.render_reference()


@pytest.mark.parametrize("name", COMMANDS)
def test_command_and_options_are_in_the_reference(repository: Path, name: str) -> None:
    _, _, rest = (repository / "docs" / "cli-reference.md").read_text(encoding="utf-8").partition(f"## textq {name}\n")
    section = rest.partition("\n## ")[0]
    assert section
    assert [option for option in list_options(load_command(name)) if f"`{option}`" not in section] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_command_and_options_have_help_and_examples(name: str) -> None:
    command = load_command(name)
    assert command.help
    assert f"textq {name} " in (command.epilog or "")
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_commands_of_the_readmes_parse(repository: Path) -> None:
    shown = list(list_shown_commands(repository))
    assert shown
    for line in shown:
        name, *arguments = shlex.split(line)
        if arguments:
            load_command(name).make_context(name, arguments)
        else:
            assert name in COMMANDS


def test_the_econ_example_of_the_readmes_runs(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(repository)
    for readme in sorted(repository.glob("README*.md")):
        (code,) = re.findall(
            r"^```python\n(import econ\n.*?)^```", readme.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        exec(compile(code, readme.name, "exec"), {})  # the repository's own text
        assert "synchronization ~ treated + [pair] + [period]" in capsys.readouterr().out


def test_readmes_name_the_test_command(repository: Path) -> None:
    """The one that .ci/run runs, too."""
    for readme in repository.glob("README*.md"):
        text = readme.read_text(encoding="utf-8")
        assert '.venv/bin/pip install -e ".[test]" && .venv/bin/python -m pytest' in text, readme.name


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "docs/glossary.md"])
def test_documents_that_the_readme_names_are_there(repository: Path, name: str) -> None:
    assert (repository / name).is_file()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_columns_are_documented(repository: Path, contract: Contract) -> None:
    text = (repository / "docs" / "tables.md").read_text(encoding="utf-8")
    assert [column for column in contract.columns if f"`{column}`" not in text] == []


@pytest.mark.parametrize("error", ERRORS)
def test_errors_are_documented_and_of_one_family(error: type[Exception]) -> None:
    assert error.__doc__
    assert issubclass(error, textq.errors.TextqError)


def test_glossary_has_both_languages(repository: Path) -> None:
    for word, meaning, chinese in read_glossary(repository):
        assert word
        assert meaning
        assert re.search("[一-鿿]", chinese), word


def test_glossary_holds_the_words_of_the_code(repository: Path) -> None:
    words = " ".join(row[0] for row in read_glossary(repository))
    expected = "document clause coding coder codebook lexicon entry match score unit period issuer power pair estimate"
    assert [word for word in expected.split() if not re.search(rf"\b{word}\b", words)] == []


def test_glossary_names_the_instruments_as_the_codebook_does(repository: Path) -> None:
    codebook = yaml.safe_load((repository / "lexicons" / "codebook.yaml").read_text(encoding="utf-8"))
    chinese = " ".join(row[2] for row in read_glossary(repository))
    assert [one["zh"] for one in codebook["instruments"] if one["zh"] not in chinese] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_keeps_to_the_glossary(name: str) -> None:
    command = load_command(name)
    texts = [command.help or "", *(str(getattr(option, "help", "")) for option in command.params)]
    assert BANNED.findall(" ".join(texts)) == []


def test_changelog_tells_of_this_version(repository: Path) -> None:
    version = re.search(r'^version = "(.+)"', (repository / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    changes = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))
    assert "## [Unreleased]" in changes
    assert version[1] in changes
    assert citation["version"] == version[1]


@pytest.mark.parametrize("section", sorted(textq.config.SECTIONS))
def test_settings_of_a_study_are_documented(repository: Path, section: str) -> None:
    text = (repository / "docs" / "study.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(f"## [{section}]")
    part = rest.partition("\n## ")[0]
    assert part
    assert [one.name for one in fields(textq.config.SECTIONS[section]) if f"`{one.name}`" not in part] == []
