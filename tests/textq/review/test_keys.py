from textq.review.keys import hash_place, make_keys, match_lost


def test_keys_count_clauses_that_are_alike_and_nothing_else() -> None:
    place = hash_place("一、支持", "包括：")
    first = make_keys(["a", "a", "a", "b"], [place] * 4, ["x", "x", "y", "x"])
    assert len(set(first)) == 4
    assert all(len(key) == 16 and int(key, 16) >= 0 for key in first)
    assert make_keys(["a", "a"], [place, place], ["y", "x"]) == [first[2], first[0]]
    assert make_keys(["a"], [hash_place("一、支持", "")], ["x"]) != first[:1]


def test_heading_and_stem_are_told_apart() -> None:
    assert hash_place("a", "b") != hash_place("ab", "")


def test_lost_clauses_are_matched_only_where_nothing_else_could_be_meant() -> None:
    free = [("n1", "s1", "p"), ("n2", "s2", "p"), ("n3", "s2", "p"), ("n4", "s4", "p"), ("n5", "s5", "q")]
    lost = [("o1", "s1", "p"), ("o2", "s2", "p"), ("o4", "s4", "p"), ("o4b", "s4", "p"), ("o5", "s5", "p")]
    assert match_lost(lost, free) == {"o1": "n1"}
