from textq.web.keys import ACTIONS, build_key_map, find_clashes, is_key, name_shortcut, read_key, show_key, write_key


def test_no_two_actions_of_one_place_share_a_key() -> None:
    assert find_clashes(build_key_map({})) == []
    assert len({action.name for action in ACTIONS}) == len(ACTIONS)
    assert all(is_key(key) for action in ACTIONS for key in action.keys)


def test_the_keys_are_those_of_the_key_map() -> None:
    keys = build_key_map({})
    assert keys["class3"] == ("Digit3",)
    assert keys["none"] == ("Digit0",)
    assert keys["accept"] == ("Space",)
    assert keys["previous"] == ("KeyK", "ArrowLeft")
    assert not any("Enter" in key for codes in keys.values() for key in codes)


def test_a_changed_key_takes_the_place_of_the_first_and_an_empty_one_of_none() -> None:
    keys = build_key_map({"unsure": "KeyQ", "skip": "", "next": "KeyN"})
    assert (keys["unsure"], keys["skip"], keys["next"]) == (("KeyQ",), (), ("KeyN", "ArrowRight"))


def test_clashes_are_found_within_a_place_only() -> None:
    assert find_clashes(build_key_map({"unsure": "KeyS"})) == [("KeyS", "unsure", "skip")]
    assert find_clashes(build_key_map({"unsure": "KeyU"})) == [("KeyU", "unsure", "undo")]
    assert find_clashes(build_key_map({"bulk": "KeyF"})) == []


def test_enter_escape_tab_and_nonsense_are_no_keys() -> None:
    assert not any(map(is_key, ["Enter", "Shift+Enter", "NumpadEnter", "Escape", "Tab", "", "m", "Ctrl+KeyM", "<b>"]))
    assert all(map(is_key, ["KeyM", "Shift+KeyM", "Digit7", "F2", "ArrowUp", "BracketLeft", "Space", "IntlBackslash"]))


def test_keys_are_printed_as_on_the_keyboard_and_named_for_readers() -> None:
    assert [show_key(key) for key in ("KeyM", "Digit1", "Shift+KeyU", "Shift+Slash")] == ["M", "1", "⇧U", "?"]
    assert [name_shortcut(key) for key in ("Shift+KeyU", "Space", "Digit0")] == ["Shift+U", "Space", "0"]


def test_what_is_written_for_a_key_names_it() -> None:
    for action in ACTIONS:
        assert all(read_key(write_key(code)) == code for code in action.keys)
