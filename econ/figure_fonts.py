"""Fonts of figures: found by the characters that a figure needs, in the files of this machine; never a box for one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from econ.errors import FontError
from econ.figure_library import load_matplotlib

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLAIN = "DejaVu Sans"
"""The font that comes with matplotlib: the same on every machine."""

SAMPLE = "政策工具强度与城市同步性（一）：≤−4，①"
"""Characters that a Chinese figure is likely to need."""

_LIKED = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "Heiti SC", "STHeiti", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "DengXian",
    "Noto Sans CJK JP", "Noto Sans CJK TC", "Noto Sans CJK HK", "Noto Sans CJK KR", "Arial Unicode MS", "SimSun",
    "Songti SC", "Noto Serif CJK SC",
)  # fmt: skip
"""Which of several fonts that have all characters is taken; others come after them, by name."""

_BOXES = ("Last Resort", "LastResort", "Adobe Blank")
"""Fonts that claim to have every character and draw a box for it."""

_FOLDERS = (
    "C:/Windows/Fonts",
    "/System/Library/Fonts",
    "/System/Library/Fonts/Supplemental",
    "/Library/Fonts",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "~/Library/Fonts",
)
_ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}

_INSTALL = (
    "Windows: Settings, Time & language, add Chinese (Simplified), or install the font Noto Sans SC; macOS has "
    "PingFang and Songti, else install Noto Sans SC with Font Book; Debian, Ubuntu: apt install fonts-noto-cjk; "
    "Fedora: dnf install google-noto-sans-cjk-fonts"
)


def choose_fonts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the families in which all of ``texts`` can be written; a character is taken from the first that has it.

    Texts without Chinese are written in the font that comes with matplotlib alone.

    Raises
    ------
    FontError
        If no font of this machine has the characters; the message names them and says what to install.
    """
    needed = {ord(letter) for text in texts for letter in text if not letter.isspace()}
    beyond = needed - _list_characters(_find_plain())
    if not beyond:
        return (PLAIN,)
    found = _find_family(beyond) or (_find_family(beyond) if _register_new_files() else None)
    if found is not None:
        return (found, PLAIN)
    shown = "".join(map(chr, sorted(beyond)[:20])) + (" …" if len(beyond) > 20 else "")
    raise FontError(
        f"no font on this machine has all of these characters of the figure: {shown}. Install a font with them "
        f'({_INSTALL}), or draw the figure with lang="en" and names in Latin letters.'
    )


def find_chinese_font() -> str:
    """Return the family that Chinese figures are drawn in.

    Raises
    ------
    FontError
        If there is none.
    """
    return choose_fonts([SAMPLE])[0]


def is_truetype(family: str) -> bool:
    """Return whether the outlines of a family are TrueType, which PDF embeds as such; those of others are CFF.

    PDF files with CFF outlines embedded as TrueType are blank in some viewers (Ghostscript among them).
    """
    manager = load_matplotlib("font_manager")
    path = manager.findfont(manager.FontProperties(family=[family]), fallback_to_default=False)
    with Path(str(path)).open("rb") as file:
        head = file.read(16)
        if head[:4] == b"ttcf":
            file.seek(int.from_bytes(head[12:16], "big"))
            head = file.read(4)
    return head[:4] != b"OTTO"


def _find_plain() -> str:
    manager = load_matplotlib("font_manager")
    return str(manager.findfont(manager.FontProperties(family=[PLAIN]), fallback_to_default=False))


def _find_family(needed: set[int]) -> str | None:
    """Return the family of the first regular font with all characters, the liked ones first."""
    files = {entry.name: str(entry.fname) for entry in _list_regular()}
    liked = [name for name in _LIKED if name in files]
    for name in [*liked, *sorted(set(files) - set(liked))]:
        if needed <= _list_characters(files[name]):
            return str(name)
    return None


def _list_regular() -> Sequence[Any]:
    """Return what matplotlib knows of regular, upright fonts that are no stand-ins."""
    entries = load_matplotlib("font_manager").fontManager.ttflist
    return [
        entry
        for entry in entries
        if entry.style == "normal"
        and str(entry.weight) in ("400", "normal", "regular", "book", "medium", "350", "300", "light", "500")
        and not any(entry.name.startswith(name) for name in _BOXES)
    ]


@cache
def _list_characters(path: str) -> frozenset[int]:
    """Return the code points of which a font file has a glyph; none for a file that cannot be read."""
    manager = load_matplotlib("font_manager")
    try:
        return frozenset(manager.get_font(path).get_charmap())
    except (OSError, RuntimeError, UnicodeDecodeError):
        return frozenset()


@cache
def _register_new_files() -> bool:
    """Let matplotlib know the font files that its stored list lacks; return whether there are any."""
    manager = load_matplotlib("font_manager").fontManager
    known = {str(entry.fname) for entry in manager.ttflist}
    added = False
    for folder in map(Path, _FOLDERS):
        for path in sorted(folder.expanduser().rglob("*")):
            if path.suffix.lower() in _ENDINGS and str(path) not in known:
                try:
                    manager.addfont(str(path))
                except (OSError, RuntimeError, UnicodeDecodeError):
                    continue
                added = True
    return added
