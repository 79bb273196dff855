"""Which library cuts words, and why it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Cut = Callable[[str], list[str]]
"""Text → its words in order; joined together they are the text again."""

EngineChoice = Literal["auto", "jieba", "rjieba"]
"""What can be asked for; "auto" is rjieba where it is installed and cuts like jieba, else jieba."""

ENGINE_CHOICES: tuple[EngineChoice, ...] = get_args(EngineChoice)

Reason = Literal["asked", "equal", "different", "absent", "untested", "elsewhere"]

_WHY: dict[Reason, str] = {
    "asked": "it was asked for",
    "equal": "it cuts like jieba",
    "different": "rjieba cuts otherwise",
    "absent": "rjieba (the extra fast) is not installed",
    "untested": "there was no text on which to compare rjieba with it",
    "elsewhere": "what was chosen elsewhere is not installed here",
}


@dataclass(frozen=True, slots=True)
class WordEngine:
    """The library that cuts words: its name and version, the reason why it was chosen, and what bears that out."""

    name: Literal["jieba", "rjieba"]
    version: str
    reason: Reason
    detail: str = ""

    @property
    def why(self) -> str:
        """The reason in words."""
        return f"{_WHY[self.reason]}: {self.detail}" if self.detail else _WHY[self.reason]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
