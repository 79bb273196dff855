import pytest

from tests.textq.web.served import Served
from textq.store.settings import write_setting
from textq.web.preferences import choose_accepted, load_preferences


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr;q=1.0, zh-Hans;q=0.4, en;q=0.3", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=nonsense", "en"),
        ("ZH", "zh"),
        (",;,", "en"),
    ],
)
def test_the_language_a_browser_asks_for(header: str, lang: str) -> None:
    assert choose_accepted(header) == lang


def test_what_a_coder_set_wins(served: Served) -> None:
    assert load_preferences(served.store, "anna", "en").lang == "en"
    write_setting(served.store, "anna", "language", "zh")
    write_setting(served.store, "anna", "theme", "dark")
    assert load_preferences(served.store, "anna", "en").lang == "zh"
    page = served.sign_in("anna").get("/settings").text
    assert '<html lang="zh-Hans" data-theme="dark"' in page
