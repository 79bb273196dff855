import pickle

import pytest

from textq.errors import LexiconError
from textq.lexicon.entry import Entry, Lexicon, MatchKind, check_entry


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Entry("ＡＢ", "a", "anywhere", 1), Entry("ab", "b", "anywhere", 2), True),
        (Entry("补", "a", "anywhere", 1), Entry("补", "", "stop", 2), True),
        (Entry("补", "a", "anywhere", 1), Entry("补", "a", "start", 1), False),
        (Entry("补", "a", "anywhere", 1), Entry("补", "a", "pattern", 1), False),
        (Entry("补", "a", "anywhere", 1, "支持"), Entry("补", "a", "anywhere", 1), False),
        (Entry("补", "a", "anywhere", 1, "支持"), Entry("补", "a", "anywhere", 1, "", "支持"), False),
        (Entry("补", "a", "anywhere", 1, "Ａ"), Entry("补", "b", "anywhere", 1, "a"), True),
        (Entry("补~3贴", "a", "pattern", 1), Entry("补~3\\贴", "a", "pattern", 1), True),
        (Entry("^补", "a", "pattern", 1), Entry("补", "a", "pattern", 1), False),
    ],
)
def test_key_tells_entries_apart(one: Entry, other: Entry, same: bool) -> None:
    assert (one.key == other.key) is same


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (Entry("", "a", "anywhere", 1), "the term '' is empty"),
        (Entry("补 ", "a", "anywhere", 1), "spaces around it"),
        (Entry("补\u200b贴", "a", "anywhere", 1), "cannot be printed"),
        (Entry("补" * 201, "a", "anywhere", 1), "longer than 200"),
        (Entry("补", "", "stop", 1, "支持"), "'stop' is not asked for guards"),
        (Entry("补", "", "negate", 1, "", "支持"), "'negate' is not asked for guards"),
        (Entry("补)", "a", "pattern", 1), "column 2"),
        (Entry("补", "a", "anywhere", 1, "~99:支持"), "the guard '~99:支持'"),
        (Entry("补贴", "a", "anywhere", 1, "", "补"), "always or never let it through"),
        (Entry("补贴", "a", "anywhere", 1, "补|企业"), "always or never let it through"),
        (Entry("补贴", "a", "anywhere", 1, "企业|园区", "园区"), "'园区', which is part of the term or stands in both"),
    ],
)
def test_entry_that_contradicts_itself_is_refused(entry: Entry, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        check_entry(entry)


def test_guard_may_name_a_part_of_a_pattern() -> None:
    check_entry(Entry("(补贴|奖励)~6企业", "a", "pattern", 1, "奖励"))


def test_ranks_put_guards_and_shields_first() -> None:
    kinds: list[tuple[MatchKind, str]] = [("anywhere", ""), ("stop", ""), ("anywhere", "支持"), ("pattern", "")]
    entries = tuple(Entry("补" * (at + 1), "a", kind, 1, must) for at, (kind, must) in enumerate(kinds))
    assert Lexicon("x", "1", entries).ranks == (2, 1, 0, 3)


def test_lexicon_survives_pickling() -> None:
    lexicon = Lexicon("x", "1", (Entry("补", "a", "anywhere", 1), Entry("补~3贴", "a", "pattern", 1)))
    copy = pickle.loads(pickle.dumps(lexicon))
    assert copy == lexicon
    assert len(copy.matcher.match(["补或贴"])) == 1
