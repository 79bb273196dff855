"""The keys: which action each calls, and how a coder changes or switches off single ones.

Keys are named by their place on the keyboard (``KeyboardEvent.code``), so that they are the same under every layout and
input method: ``"KeyM"``, ``"Shift+KeyU"``. Those of the number pad count as those above the letters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Place = Literal["card", "fix", "all", "table", "adjudicate"]
"""Where an action can be called: on cards, on cards that show a suggestion, everywhere, in tables, in adjudication."""

KeyMap = Mapping[str, tuple[str, ...]]
"""Action → the keys that call it."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a key calls: its name, its keys unless changed (the first can be changed), and where it can be called."""

    name: str
    keys: tuple[str, ...]
    place: Place


ACTIONS = (
    *(Action(f"class{digit}", (f"Digit{digit}",), "card") for digit in range(1, 10)),
    Action("none", ("Digit0",), "card"),
    Action("accept", ("Space",), "fix"),
    Action("secondary", ("Equal", "Shift+Equal", "NumpadAdd"), "card"),
    Action("unsure", ("KeyF",), "card"),
    Action("skip", ("KeyS",), "card"),
    Action("memo", ("KeyM",), "card"),
    Action("undo", ("KeyU",), "all"),
    Action("redo", ("Shift+KeyU",), "all"),
    Action("previous", ("KeyK", "ArrowLeft"), "all"),
    Action("next", ("KeyJ", "ArrowRight"), "all"),
    Action("context", ("KeyC",), "card"),
    Action("evidence", ("KeyE",), "fix"),
    Action("document", ("KeyD",), "all"),
    Action("codebook", ("KeyG",), "all"),
    Action("search", ("Slash", "NumpadDivide"), "all"),
    Action("help", ("Shift+Slash",), "all"),
    Action("select", ("KeyX",), "table"),
    Action("select_range", ("Shift+KeyX",), "table"),
    Action("bulk", ("KeyB",), "table"),
    Action("rule", ("KeyR",), "adjudicate"),
)
"""Every action in the order in which they are listed."""

_CODE = re.compile(r"(Shift\+)?(Key[A-Z]|Digit[0-9]|F[1-9]|F1[0-2]|[A-Z][A-Za-z]{2,15}[0-9]?)")
_RESERVED = {"Enter", "Escape", "Tab", "NumpadEnter"}
_SIGNS = {
    "Equal": "+",
    "Slash": "/",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "Minus": "-",
    "Comma": ",",
    "Period": ".",
    "Semicolon": ";",
    "Quote": "'",
    "BracketLeft": "[",
    "BracketRight": "]",
    "Backslash": "\\",
    "Backquote": "`",
    "Backspace": "⌫",
    "Delete": "⌦",
    "Shift+Slash": "?",
    "Shift+Equal": "+",
    "NumpadAdd": "+",
    "NumpadDivide": "/",
}


def build_key_map(changed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of every action; of a changed one the first key is replaced, or left out where it is ``""``."""
    keys: dict[str, tuple[str, ...]] = {}
    for action in ACTIONS:
        if action.name not in changed:
            keys[action.name] = action.keys
            continue
        own = changed[action.name]
        keys[action.name] = (*((own,) if own else ()), *(key for key in action.keys[1:] if key not in changed.values()))
    return keys


def find_clashes(keys: KeyMap) -> list[tuple[str, str, str]]:
    """Return ``(key, action, action)`` for each key that calls two actions which can be called in one place."""
    places = {action.name: action.place for action in ACTIONS}
    clashes = []
    taken: dict[str, list[str]] = {}
    for name, codes in keys.items():
        for code in codes:
            met = [other for other in taken.get(code, ()) if _can_meet(places[name], places[other])]
            clashes += [(code, other, name) for other in met]
            taken.setdefault(code, []).append(name)
    return clashes


def is_key(code: str) -> bool:
    """Return whether a key can call an action: Enter, Escape and Tab keep what they do."""
    return bool(_CODE.fullmatch(code)) and code.removeprefix("Shift+") not in _RESERVED


def show_key(code: str) -> str:
    """Return what is printed for a key.

    >>> show_key("KeyU"), show_key("Shift+KeyU"), show_key("Digit1"), show_key("Shift+Slash")
    ('U', '⇧U', '1', '?')
    """
    if code in _SIGNS:
        return _SIGNS[code]
    if code.startswith("Shift+"):
        return f"⇧{show_key(code.removeprefix('Shift+'))}"
    return code.removeprefix("Key").removeprefix("Digit")


def read_key(text: str) -> str:
    """Return the key that is written as a code or as what is printed on it; anything else as it is.

    >>> read_key("u"), read_key("⇧U"), read_key("1"), read_key("?"), read_key("KeyU"), read_key("Enter")
    ('KeyU', 'Shift+KeyU', 'Digit1', 'Shift+Slash', 'KeyU', 'Enter')
    """
    if text.startswith("⇧"):
        return f"Shift+{read_key(text[1:])}"
    if len(text) == 1 and text.isascii() and text.isalnum():
        return f"Digit{text}" if text.isdigit() else f"Key{text.upper()}"
    return next((code for code, sign in _SIGNS.items() if sign == text), text)


def write_key(code: str) -> str:
    """Return what is printed on a key where that names it, else its code."""
    return show_key(code) if read_key(show_key(code)) == code else code


def name_shortcut(code: str) -> str:
    """Return a key as ``aria-keyshortcuts`` has it.

    >>> name_shortcut("Shift+KeyU"), name_shortcut("Space"), name_shortcut("Shift+Slash")
    ('Shift+U', 'Space', '?')
    """
    return show_key(code).replace("⇧", "Shift+")


def _can_meet(one: Place, other: Place) -> bool:
    cards = {"card", "fix"}
    return one == other or "all" in (one, other) or {one, other} <= cards or {one, other} == {"card", "adjudicate"}
