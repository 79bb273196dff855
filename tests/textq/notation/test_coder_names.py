import pytest

from textq.errors import ReviewError
from textq.notation.coder_names import check_coder, is_coder, make_safe


@pytest.mark.parametrize("name", ["anna", "安娜", "José", "देवी", "A.B-c_9", "x" * 40, "é", "_x"])
def test_names_of_any_script(name: str) -> None:
    assert check_coder(name) == name


@pytest.mark.parametrize(
    "name", ["", "a b", "a/b", "..", ".a", "-a", "a\\b", "x" * 41, "a\n", "a:b", "<b>", "a+b", "a,b", "a\u202eb", "²"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ReviewError, match="cannot be the name of a coder"):
        check_coder(name)


@pytest.mark.parametrize("name", ["adjudicated", "Adjudicated"])
def test_what_marks_final_codes_is_no_name(name: str) -> None:
    with pytest.raises(ReviewError, match="marked by that word"):
        check_coder(name)
    assert not is_coder(name)
    assert make_safe(name) == "coder"


def test_composed_and_decomposed_letters_are_one_name() -> None:
    assert check_coder("e\u0301") == check_coder("\u00e9") == make_safe("e\u0301")
    assert is_coder("\u00e9")
    assert not is_coder("e\u0301")


@pytest.mark.parametrize(
    ("login", "name"),
    [("DESK\\Anna Li", "DESK-Anna-Li"), ("安娜", "安娜"), ("..", "coder"), ("", "coder"), ("-x", "x")],
)
def test_login_names_are_made_safe(login: str, name: str) -> None:
    assert make_safe(login) == check_coder(name)
