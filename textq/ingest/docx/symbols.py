"""Characters of symbol fonts, which have no code point of their own in the file, as Unicode."""

from collections.abc import Mapping

_PRIVATE = 0xF000
"""Word stores the code 0x6C of a symbol font as U+F06C."""


def _row(first: int, characters: str) -> dict[int, str]:
    return {first + step: character for step, character in enumerate(characters)}


_TABLES: Mapping[str, Mapping[int, str]] = {
    "symbol": _row(0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")
    | _row(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ")
    | {0x20: " ", 0x25: "%", 0x2B: "+", 0x2D: "−", 0x3C: "<", 0x3D: "=", 0x3E: ">", 0x7E: "∼"}
    | {0xA3: "≤", 0xA5: "∞", 0xAE: "→", 0xAC: "←", 0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×"}
    | {0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xC5: "⊕", 0xD6: "√", 0xE5: "∑"},
    "wingdings": _row(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿")
    | {0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x74: "⧫", 0x75: "◆", 0x76: "❖"}
    | {0x9F: "•", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xE0: "→", 0xF0: "⇨"}
    | {0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"},
    "wingdings 2": _row(0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩")
    | {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□", 0x97: "●"},
}  # fmt: skip


def read_symbol(font: str, code: int) -> str | None:
    """Return the character that a font shows at a code; None if it is a private one of a font unknown here.

    Codes outside the private area of symbol fonts (U+F000 to U+F0FF) are Unicode already.
    """
    if not _PRIVATE <= code <= _PRIVATE + 0xFF:
        is_character = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xF8FF
        return chr(code) if is_character else None
    return _TABLES.get(font.lower(), {}).get(code - _PRIVATE)
