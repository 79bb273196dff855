import pytest

from textq.web.prose_language import name_language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("执业资格许可 → environment/regulation", "zh"),
        (
            "一站式 and 一网通办 as a service to applicants are supply/service; 简政放权, 取消审批 are environment/x.",
            "en",
        ),
        ("Warehouses at home → supply/infrastructure", "en"),
    ],
)
def test_codes_do_not_count(text: str, lang: str) -> None:
    assert name_language(text) == lang
