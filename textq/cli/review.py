"""``textq review``: people check and correct the machine's codes in the browser."""

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textq.cli import languages, paths
from textq.cli.review_arguments import CODER_VARIABLE, find_default, find_login

if TYPE_CHECKING:
    from textq.pipeline.review_open import ReviewStudy

_COMMANDS = ("serve", "sample", "export", "import", "merge", "status")
"""In the order of the help; ``textq.cli.review_<name>`` holds each but ``serve`` as ``command``."""


class _ReviewGroup(click.Group):
    """A group that serves unless its first word is another of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "serve":
            return serve
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"textq.cli.review_{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        if first not in (*_COMMANDS, *self.get_help_option_names(ctx)):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_ReviewGroup,
    epilog="""\b
Examples:
  textq review
  textq review textq-out --coder anna
  textq review sample textq-out --half-width .05
  textq review status textq-out
""",
)
def command() -> None:
    """Check and correct the machine's codes: in the browser, in spreadsheets, alone or several together.

    `textq review [RUN]` is short for `textq review serve [RUN]`: it opens the pages in the browser. A folder that is
    called like one of the commands is given as ./sample.
    """


@click.command(
    epilog="""\b
Examples:
  textq review textq-out
  textq review textq-out --coder anna --port 8765 --no-open
  textq review serve textq-out --coder anna --coder bao --lang zh
"""
)
@click.argument("run", type=paths.InputPath("Give a folder that textq score wrote.", file_okay=False), required=False)
@click.option("--coder", "coders", multiple=True, metavar="NAME", envvar=CODER_VARIABLE,
              help="Who codes; several times for several coders, who then sign in by a PIN each. Default: your login "
                   "name.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen at; default: one that is free.")
@click.option("--open/--no-open", "opens", default=True, help="Open the browser, or only print the address.")
@click.option("--host", metavar="ADDRESS",
              help="Listen at this address, so that other machines reach the pages; needs --i-understand.")  # fmt: skip
@click.option("--i-understand", is_flag=True,
              help="With --host: texts, codes and PINs travel unencrypted over the network.")  # fmt: skip
@click.option("--new-pin", "renewed", multiple=True, metavar="NAME", help="Make a new PIN for this coder.")
@click.option("--codebook", type=paths.CODEBOOK, metavar="DIR",
              help="The folder of the run's codebook; default: the copy in the run.")  # fmt: skip
@click.option("--study", type=paths.InputPath("Give a study.toml.", dir_okay=False), metavar="FILE",
              help="A study.toml: clauses to correct then come in the order in which they matter to its "
                   "estimates.")  # fmt: skip
@languages.option
@click.pass_context
def serve(
    ctx: click.Context,
    run: Path | None,
    coders: tuple[str, ...],
    port: int | None,
    opens: bool,
    host: str | None,
    i_understand: bool,
    renewed: tuple[str, ...],
    codebook: Path | None,
    study: Path | None,
    lang: str | None,
) -> None:
    """Open the review of RUN, a folder that textq score wrote (default: textq-out), in the browser.

    Prints one line on stdout, the address with its token, then serves until Ctrl-C, which is its normal end: exit code
    0. The link of one coder is good once. What each coder did is then written to review/events-NAME.jsonl in the
    study's folder, too; everything is saved as soon as it is decided. The language of the pages is that of the browser
    unless --lang or the settings page say otherwise.
    """
    from textq.pipeline.review_open import open_review

    language = languages.choose_language(lang)
    names = coders or (find_login(),)
    _check_network(host, i_understand)
    if stranger := next((name for name in renewed if name not in names), None):
        raise click.UsageError(f"--new-pin {stranger}: name this coder by --coder {stranger}, too.")
    opened = open_review(
        run or find_default(),
        coders=names,
        codebook=codebook,
        lang="zh" if lang == "zh" else "en" if lang == "en" else None,
        study_file=study,
    )
    try:
        _serve(opened, host=host, port=port, opens=opens, renewed=renewed, language=language, is_verbose=_is_loud(ctx))
    finally:
        opened.store.close()


def _serve(
    study: "ReviewStudy",
    *,
    host: str | None,
    port: int | None,
    opens: bool,
    renewed: tuple[str, ...],
    language: languages.Lang,
    is_verbose: bool,
) -> None:
    from textq.cli.review_messages import describe_error, describe_logs, describe_opening, describe_pins, describe_risk
    from textq.pipeline.review_open import export_logs
    from textq.store.place import find_risk
    from textq.web.pins import make_pins
    from textq.web.serve import LOOPBACK, Opening, bind_socket, is_local, open_browser, serve_review

    address = host or LOOPBACK
    needs_pin = host is not None or len(study.coders) > 1
    opening = Opening(address, not is_local(address), needs_pin, lambda error: _tell(describe_error(error, is_verbose)))
    with bind_socket(address, port) as listening:
        if risk := find_risk(study.out):
            _tell(describe_risk(risk, language))
        if needs_pin:
            _tell(describe_pins(make_pins(study.store, study.coders, renewed), language))
        _tell(describe_opening(study, language, is_network=opening.is_network, needs_pin=needs_pin))

        def announce(url: str) -> None:
            click.echo(url)
            sys.stdout.flush()
            if opens:
                open_browser(url)

        serve_review(study, listening, opening, announce)
    _tell(describe_logs(export_logs(study), language))


def _check_network(host: str | None, i_understand: bool) -> None:
    if host is not None and not i_understand:
        raise click.UsageError(
            f"--host {host} lets other machines reach the review: its texts, codes and PINs travel unencrypted, and "
            "whoever listens on the network can read and change them. If that is what you want, as in a network that "
            "you trust, add --i-understand; the safer way is to leave --host out and to tunnel (ssh -L)."
        )
    if host is None and i_understand:
        raise click.UsageError("--i-understand goes with --host ADDRESS. Leave it out, or give an address.")


def _is_loud(ctx: click.Context) -> bool:
    return bool(ctx.find_root().params.get("verbose"))


def _tell(lines: Any) -> None:
    for line in lines:
        click.echo(line, err=True)
