"""The settings of a coder, and the page of all keys."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from textq.store.settings import read_setting, write_settings
from textq.store.store import Store
from textq.web.forms import read_field
from textq.web.keys import ACTIONS, KeyMap, build_key_map, find_clashes, is_key, read_key, show_key, write_key
from textq.web.templating import render
from textq.web.words_file import bind_language

CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": ("", "zh", "en"),
    "theme": ("auto", "light", "dark"),
    "contrast": ("normal", "high"),
    "size": ("small", "normal", "large", "huge"),
    "suggestions": ("on", "off"),
}
"""The settings that are one of a few values."""

_DEFAULTS = {"language": "", "theme": "auto", "contrast": "normal", "size": "normal", "suggestions": "on"}
"""Which of them stands until one is chosen."""

HIDDEN_SHARE = 0.2
"""The share of FIX whose suggestion is hidden unless the study says otherwise."""

_PLACES = ("card", "fix", "all", "table", "adjudicate")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An action, what it is called, and its keys as they are printed; ``code`` is the one that can be changed."""

    name: str
    called: str
    signs: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class KeysView:
    """All keys, by the place where they act."""

    places: tuple[tuple[str, tuple[KeyRow, ...]], ...]
    are_on: bool


@dataclass(frozen=True, slots=True)
class SettingsView:
    """What a coder can set, with what is set, what was just refused, and whether it was just saved.

    ``pulled`` says why suggestions were turned off for the coder, ``""`` where they were not, or by himself.
    """

    choices: tuple[tuple[str, str, tuple[str, ...]], ...]
    keys_on: bool
    rows: tuple[KeyRow, ...]
    hidden_percent: str
    pulled: str
    problems: tuple[str, ...]
    saved: bool


def show_keys(request: Request) -> Response:
    """Show all keys; as a part of a page where a script asks for it."""
    preferences = request.state.preferences
    rows = _list_rows(json.loads(preferences.keys), request)
    places = tuple(
        (place, tuple(rows[action.name] for action in ACTIONS if action.place == place and action.name in rows))
        for place in _PLACES
    )
    template = "keys_main.html" if request.headers.get("x-textq") == "fragment" else "keys.html"
    return render(request, template, KeysView(places, preferences.keys_on))


def show_settings(request: Request) -> Response:
    """Show the settings of the coder."""
    store, coder = request.state.study.store, request.state.coder
    return _render(request, _read_settings(store, coder), saved="saved" in request.query_params)


def save_settings(request: Request) -> Response:
    """Save the settings of a form, all of them or, where one is wrong, none."""
    store, coder, form = request.state.study.store, request.state.coder, request.state.form
    asked, problems = read_settings_form(form, request.state.lang)
    if problems:
        return _render(request, asked, problems=problems)
    stands = _read_settings(store, coder)
    changed = {name: value for name, value in asked.items() if value != stands[name]}
    rows: list[tuple[str, str, object]] = [
        ("" if name == "hidden_share" else coder, name, value) for name, value in changed.items()
    ]
    if "suggestions" in changed:
        rows.append((coder, "suggestions_reason", None))  # from now on it is the coder's own choice
    write_settings(store, rows)
    return RedirectResponse("/settings?saved", 303)


def read_settings_form(form: FormData, lang: str) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the settings that a form asks for, and what is wrong with them."""
    say = bind_language(lang)
    problems = []
    asked: dict[str, object] = {}
    for name, values in CHOICES.items():
        value = read_field(form, name)
        if value not in values:
            problems.append(say("settings.unknown_choice", name=say(f"settings.{name}"), value=value))
        asked[name] = value if value in values else _DEFAULTS[name]
    asked["keys_on"] = read_field(form, "keys_on") == "on"
    changed = {} if read_field(form, "do") == "reset" else _read_changed(form)
    wrong = [code for code in changed.values() if code and not is_key(code)]
    problems += [say("settings.no_key", sign=code) for code in wrong]
    for key, one, other in find_clashes(build_key_map(changed)):
        names = {"one": say(f"keys.{one}"), "other": say(f"keys.{other}")}
        problems.append(say("settings.clash", sign=show_key(key), **names))
    asked["keys"] = changed
    share = _read_share(read_field(form, "hidden_percent"))
    if share is None:
        problems.append(say("settings.wrong_share"))
    asked["hidden_share"] = HIDDEN_SHARE if share is None else share
    return asked, tuple(dict.fromkeys(problems))


def _read_settings(store: Store, coder: str) -> dict[str, object]:
    own = {name: read_setting(store, coder, name, default) for name, default in _DEFAULTS.items()}
    return own | {
        "keys_on": read_setting(store, coder, "keys_on", True),
        "keys": read_setting(store, coder, "keys", {}),
        "hidden_share": read_setting(store, "", "hidden_share", HIDDEN_SHARE),
    }


def _read_changed(form: FormData) -> dict[str, str]:
    """Return the keys that differ from those an action has by itself."""
    asked = {action.name: form.get(f"key_{action.name}") for action in ACTIONS}
    own = {action.name: action.keys[0] for action in ACTIONS}
    read = {name: read_key(code.strip()) for name, code in asked.items() if isinstance(code, str)}
    return {name: code for name, code in read.items() if code != own[name]}


def _read_share(text: str) -> float | None:
    try:
        percent = float(text)
    except ValueError:
        return None
    return percent / 100 if 0 <= percent <= 100 else None


def _list_rows(keys: KeyMap, request: Request) -> dict[str, KeyRow]:
    """Return the actions; of the classes those that the codebook has."""
    lang, codebook = request.state.lang, request.state.study.codebook
    called = {f"class{place}": one.label.in_language(lang) for place, one in enumerate(codebook.instruments, 1)}
    called["none"] = codebook.none.label.in_language(lang)
    say = bind_language(lang)
    rows = {}
    for action in ACTIONS:
        if action.name.startswith("class") and action.name not in called:
            continue
        codes = tuple(keys.get(action.name, ()))
        own = codes[0] if codes and codes[0] not in action.keys[1:] else ""
        rows[action.name] = KeyRow(
            action.name,
            called.get(action.name) or say(f"keys.{action.name}"),
            tuple(dict.fromkeys(show_key(code) for code in codes)),
            write_key(own),
        )
    return rows


def _tell_reason(request: Request) -> str:
    store, coder = request.state.study.store, request.state.coder
    reason = read_setting(store, coder, "suggestions_reason")
    if not reason or read_setting(store, coder, "suggestions", "on") != "off":
        return ""
    points = {name: f"{100 * float(reason[name]):+.0f}" for name in ("pull", "low", "high")}
    return bind_language(request.state.lang)("settings.pulled", **points)


def _render(
    request: Request, asked: Mapping[str, object], *, problems: tuple[str, ...] = (), saved: bool = False
) -> Response:
    changed = asked["keys"]
    assert isinstance(changed, dict)
    rows = _list_rows(build_key_map(changed), request)
    choices = tuple((name, str(asked[name]), values) for name, values in CHOICES.items())
    percent = f"{100 * float(str(asked['hidden_share'])):g}"
    view = SettingsView(
        choices, bool(asked["keys_on"]), tuple(rows.values()), percent, _tell_reason(request), problems, saved
    )
    return render(request, "settings.html", view, status=400 if problems else 200)


ROUTES = (
    Route("/settings", show_settings),
    Route("/settings", save_settings, methods=["POST"]),
    Route("/keys", show_keys),
)
"""The pages of this module."""
