"""How pages look to a coder: language, colours, size of the letters, keys."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textq.store.settings import read_setting
from textq.web.words_file import Lang

if TYPE_CHECKING:
    from textq.store.store import Store


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a coder set, or else the defaults.

    Attributes
    ----------
    lang
        The language of the pages.
    theme, contrast, size
        ``"auto"``, ``"light"`` or ``"dark"``; ``"normal"`` or ``"high"``; ``"small"``, ``"normal"``, ``"large"`` or
        ``"huge"``.
    keys, keys_on
        The keys of the actions as JSON, and whether single keys act at all.
    """

    lang: Lang
    theme: str = "auto"
    contrast: str = "normal"
    size: str = "normal"
    keys: str = "{}"
    keys_on: bool = True


def load_preferences(store: "Store", coder: str, lang: Lang) -> Preferences:
    """Return what a coder set; ``lang`` is the language where he set none."""
    from textq.web.keys import build_key_map

    set_lang = read_setting(store, coder, "language", "")
    return Preferences(
        lang="zh" if set_lang == "zh" else "en" if set_lang == "en" else lang,
        theme=str(read_setting(store, coder, "theme", "auto")),
        contrast=str(read_setting(store, coder, "contrast", "normal")),
        size=str(read_setting(store, coder, "size", "normal")),
        keys=json.dumps(build_key_map(read_setting(store, coder, "keys", {}))),
        keys_on=bool(read_setting(store, coder, "keys_on", True)),
    )


def choose_accepted(header: str) -> Lang:
    """Return which of the two languages a browser asks for by ``Accept-Language``; English where it names neither.

    >>> choose_accepted("fr, zh-CN;q=0.9, en;q=0.8")
    'zh'
    """
    asked: list[tuple[float, Lang]] = []
    for part in header.split(","):
        name, _, parameter = part.strip().partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        if name.lower().startswith(("zh", "en")) and weight.replace(".", "", 1).isdigit():
            asked.append((float(weight), "zh" if name.lower().startswith("zh") else "en"))
    asked = [one for one in asked if one[0] > 0]
    return max(asked, key=lambda one: one[0])[1] if asked else "en"
