"""The language of messages."""

import locale
import os
from typing import Any, Literal

import click

Lang = Literal["zh", "en"]

option = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help="Language of messages; default: that of the system.",
)


def choose_language(lang: str | None) -> Lang:
    """Return the language asked for, else Chinese on a Chinese system, else English."""
    if lang in ("zh", "en"):
        return "zh" if lang == "zh" else "en"
    names: list[Any] = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    system = next((name for name in names if name), locale.getlocale()[0]) or ""
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"
