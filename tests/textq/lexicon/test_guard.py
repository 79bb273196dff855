import pytest

from textq.errors import LexiconError
from textq.lexicon.fold import fold
from textq.lexicon.guard import Guard, find_sentence, parse_guard


def is_met(guard: str, text: str, term: str) -> bool:
    parsed = parse_guard(guard)
    assert parsed is not None
    start = text.index(term)
    return parsed.is_met(fold(text), start, start + len(term))


def test_no_guard() -> None:
    assert parse_guard("") is None


def test_guard_is_folded() -> None:
    assert parse_guard("~12:Ｂ２Ｂ|出口") == Guard(("b2b", "出口"), 12)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("支持企业，给予补贴", True),
        ("给予补贴，鼓励创新", True),
        ("支持企业。给予补贴", False),
        ("支持企业；给予补贴", False),
        ("支持企业\n给予补贴", False),
        ("企业获得补贴！鼓励创新", False),
        ("给予补贴", False),
    ],
)
def test_guard_looks_at_the_sentence(text: str, met: bool) -> None:
    assert is_met("支持|鼓励", text, "补贴") is met


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("支持补贴", True),
        ("支持一二补贴", True),
        ("支持一二三补贴", False),
        ("补贴一二支持", True),
        ("补贴一二三支持", False),
        ("支持。补贴", False),
    ],
)
def test_guard_with_a_distance_looks_at_both_sides_within_the_sentence(text: str, met: bool) -> None:
    assert is_met("~4:支持", text, "补贴") is met


def test_guard_sees_what_stands_inside_the_match() -> None:
    assert is_met("~1:不得", "给予不得补贴", "给予不得补贴")


@pytest.mark.parametrize(("text", "met"), [("a Firm grant", True), ("a firmly given grant", False)])
def test_guard_looks_for_whole_words(text: str, met: bool) -> None:
    assert is_met("firm", text, "grant") is met


def test_sentence_of_a_match_that_holds_an_end() -> None:
    assert find_sentence("甲。乙；丙。丁", 2, 5) == (2, 5)


@pytest.mark.parametrize(
    ("guard", "message"),
    [
        ("支持|", "an alternative that is empty"),
        ("支持||鼓励", "an alternative that is empty"),
        ("支持| 鼓励", "spaces around it"),
        ("支持|鼓\t励", "an alternative that is empty, longer"),
        ("支持；", "holds the end of a sentence"),
        ("支" * 201, "longer than 200"),
        ("ＡＢ|ab", "names one thing twice"),
        ("|".join(map(str, range(1000, 1065))), "more than 64"),
        ("~0:支持", "looks 0 characters far"),
        ("~61:支持", "looks 61 characters far"),
        ("~12支持", "begins with '~', but not like"),
        ("~:支持", "begins with '~', but not like"),
        ("~12:", "an alternative that is empty"),
    ],
)
def test_broken_guard_is_refused(guard: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        parse_guard(guard)
