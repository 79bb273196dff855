import pytest

from textq.coding.llm.tokens import estimate_messages, estimate_tokens


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("专项资金。", 5), ("four word sentence here.", 6), ("（B2B）", 3)]
)
def test_tokens_are_estimated_from_characters(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


def test_a_message_has_a_frame() -> None:
    assert estimate_messages([{"role": "user", "content": "专项"}]) == 10
