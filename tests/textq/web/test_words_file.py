from string import Formatter

import pytest

from textq.errors import ReviewError
from textq.web.words_file import bind_language, list_words, say


@pytest.mark.parametrize("key", sorted(list_words()))
def test_words_are_in_both_languages(key: str) -> None:
    words = list_words()[key]
    assert set(words) == {"zh", "en"}
    assert all(text.strip() for text in words.values())
    places = [{name for _, name, _, _ in Formatter().parse(words[lang]) if name} for lang in ("zh", "en")]
    assert places[0] == places[1]


def test_places_are_filled() -> None:
    assert say("sign_in.hello", "en", coder="{anna}") == "You are signed in, {anna}"
    assert "安娜" in bind_language("zh")("sign_in.hello", coder="安娜")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ReviewError, match=r"'sign_in\.nothing'"):
        say("sign_in.nothing", "en")
    with pytest.raises(ReviewError, match="do not fit"):
        say("sign_in.hello", "en", name="anna")
