"""The options of a language model, and coding with one: estimate first, then the answers, then what is missing."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from textq.cli import EXIT_PARTIAL
from textq.cli.languages import Lang
from textq.cli.llm_summary import ASKING, describe_estimate, describe_outcome
from textq.cli.progress import ProgressBar
from textq.notation.controls import spell_controls

if TYPE_CHECKING:
    from textq.coding.llm import LlmSpec
    from textq.lexicon.codebook import Codebook
    from textq.records import Coding, CodingUnit

_PARAMETERS = ("temperature", "seed", "max_tokens")

_OPTIONS = (
    click.option("--llm-url", metavar="URL",
                 help="Address of a chat endpoint, such as http://localhost:11434/v1; a key is read from the "
                      "environment variable TEXTQ_LLM_KEY alone."),
    click.option("--llm-model", metavar="NAME", help="Name of the model, as the server knows it."),
    click.option("--llm-batch", type=click.IntRange(1, 50), default=1, show_default=True,
                 help="Clauses a request; with more than 1 requests are fewer, and clauses can influence one another."),
    click.option("--llm-threads", type=click.IntRange(1, 32), default=4, show_default=True,
                 help="Requests at the same time."),
    click.option("--llm-timeout", type=click.FloatRange(0, min_open=True), default=120.0, show_default=True,
                 help="Seconds that one request may last."),
    click.option("--llm-retries", type=click.IntRange(0, 20), default=5, show_default=True,
                 help="How often to repeat a request that may succeed later."),
    click.option("--llm-answer-tokens", type=click.IntRange(50), default=1000, show_default=True,
                 help="The most tokens of the answer for one clause; models that think aloud need some thousands."),
    click.option("--llm-seed", type=int, default=1, show_default=True, help="Seed that is sent with each request."),
    click.option("--llm-without", type=click.Choice(_PARAMETERS), multiple=True,
                 help="A parameter that the server refuses, not to be sent; may be repeated."),
    click.option("--llm-price", type=(click.FloatRange(0), click.FloatRange(0)), metavar="INPUT OUTPUT",
                 help="Price of a million tokens sent and of a million tokens answered, in any currency."),
    click.option("--llm-cache", type=click.Path(path_type=Path, file_okay=False), default=".textq-llm",
                 show_default=True, help="Folder of the answers; what is there is not asked again."),
    click.option("--llm-record", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
                 help="Where to write the model's reasons and the failures, a line of JSON a clause."),
    click.option("--max-cost", type=click.FloatRange(0),
                 help="Do not begin a run that is estimated to cost more; end one whose next request could."),
    click.option("--dry-run", is_flag=True,
                 help="Print the estimate of a language model's tokens and cost; send nothing."),
)  # fmt: skip

_NAMES = (
    "llm_url", "llm_model", "llm_batch", "llm_threads", "llm_timeout", "llm_retries", "llm_answer_tokens", "llm_seed",
    "llm_without", "llm_price", "llm_cache", "llm_record", "max_cost", "dry_run",
)  # fmt: skip

_Command = TypeVar("_Command", bound=Callable[..., Any])


def add_options(command: _Command) -> _Command:
    """Give a command the options of a language model; it receives them as keywords, and passes them on as they are."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse_llm_options(ctx: click.Context) -> None:
    """Refuse options of a language model where another coder was asked for: they would have no effect.

    Raises
    ------
    click.UsageError
        If one stands on the command line.
    """
    names = {option.name: option.opts[0] for option in ctx.command.params if option.name in _NAMES}
    given = [
        shown for name, shown in names.items() if ctx.get_parameter_source(str(name)) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{', '.join(given)}: only with --coder llm.")


def code_with_llm(
    units: "Sequence[CodingUnit]",
    codebook: "Codebook",
    options: Mapping[str, Any],
    write: "Callable[[Sequence[Coding]], None]",
    language: Lang,
) -> int:
    """Code ``units`` with the language model that ``options`` name, and return the exit code.

    ``write`` is called with the codings there are, unless nothing but the estimate was asked for. 3 is returned if
    some clauses have none.

    Raises
    ------
    click.UsageError
        If the address or the model is missing.
    """
    from textq.coding.llm import LlmCoder

    progress, spec = ProgressBar(ASKING[language]), _build_spec(options)
    coder = LlmCoder(spec, codebook, options["llm_cache"], on_note=_tell, on_progress=progress.show)
    plan = coder.plan(units)
    for line in describe_estimate(plan.estimate, spec, language):
        _tell(line)
    if options["dry_run"]:
        return 0
    with progress:
        outcome = coder.answer(plan)
    write(outcome.codings)
    if options["llm_record"] is not None:
        from textq.coding.llm.record import save_record

        save_record(outcome, options["llm_record"])
    for line in describe_outcome(outcome, language):
        _tell(line)
    return EXIT_PARTIAL if outcome.failed else 0


def _build_spec(options: Mapping[str, Any]) -> "LlmSpec":
    from textq.coding.llm import LlmSpec

    if not options["llm_url"] or not options["llm_model"]:
        raise click.UsageError("--coder llm needs --llm-url and --llm-model.")
    input_price, output_price = options["llm_price"] or (None, None)
    if options["max_cost"] is not None and input_price is None:
        raise click.UsageError("--max-cost needs --llm-price: without it no cost is known.")
    return LlmSpec(
        base_url=options["llm_url"], model=options["llm_model"], seed=options["llm_seed"],
        without=options["llm_without"], batch=options["llm_batch"], answer_tokens=options["llm_answer_tokens"],
        timeout=options["llm_timeout"], retries=options["llm_retries"], threads=options["llm_threads"],
        input_price=input_price, output_price=output_price, max_cost=options["max_cost"],
    )  # fmt: skip


def _tell(line: str) -> None:
    click.echo(f"llm: {spell_controls(line)}", err=True)
