import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.textq.store.made import make_store
from tests.textq.web.served import Browser, Served, run_server
from textq.lexicon.read import builtin_codebook
from textq.pipeline.review_open import ReviewStudy
from textq.store.settings import read_setting, write_settings
from textq.web.keys import ACTIONS

GOOD = {
    "language": "zh",
    "theme": "dark",
    "contrast": "high",
    "size": "large",
    "suggestions": "off",
    "keys_on": "on",
    "hidden_percent": "30",
} | {f"key_{action.name}": action.keys[0] for action in ACTIONS}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    store = make_store(tmp_path / "review.sqlite")
    study = ReviewStudy(store, tmp_path, "made", tmp_path, builtin_codebook(), ("anna", "bao"), "en")
    with run_server(study, needs_pin=False) as running:
        yield running
    store.close()


@pytest.fixture
def anna(server: Served) -> Browser:
    return server.sign_in("anna")


def test_settings_are_saved_for_one_coder_and_change_her_pages(server: Served, anna: Browser) -> None:
    answer = anna.post("/settings", GOOD | {"key_unsure": "KeyQ"})
    assert (answer.status, answer.headers["location"]) == (303, "/settings?saved")
    page = anna.get("/settings?saved").text
    assert '<html lang="zh-Hans" data-theme="dark" data-contrast="high" data-size="large">' in page
    assert "已保存" in page
    assert read_setting(server.store, "anna", "keys") == {"unsure": "KeyQ"}
    assert read_setting(server.store, "anna", "suggestions") == "off"
    assert read_setting(server.store, "", "hidden_share") == 0.3
    assert read_setting(server.store, "bao", "theme", "unset") == "unset"
    assert 'data-theme="auto"' in server.sign_in("bao").get("/settings").text


def test_changed_keys_stand_on_the_card_and_in_the_page_for_scripts(anna: Browser) -> None:
    anna.post("/settings", GOOD | {"language": "en", "key_unsure": "KeyQ", "key_skip": ""})
    card = anna.get(anna.get("/q/fix").headers["location"]).text
    assert "&#34;unsure&#34;: [&#34;KeyQ&#34;]" in card
    assert re.search(r'data-action="unsure" aria-keyshortcuts="Q">Unsure <kbd aria-hidden="true">Q</kbd>', card)
    assert re.search(r'data-action="skip">Skip *</button>', card)


def test_single_keys_can_be_switched_off(anna: Browser) -> None:
    assert 'data-keys-on="true"' in anna.get("/settings").text
    anna.post("/settings", {name: value for name, value in GOOD.items() if name != "keys_on"})
    assert 'data-keys-on="false"' in anna.get("/settings").text
    assert "Ctrl+Z" in anna.get("/keys").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"theme": "purple"}, "Theme has no choice"),
        ({"key_unsure": "Enter"}, "Enter cannot be a key"),
        ({"key_unsure": "<b>"}, "&lt;b&gt; cannot be a key"),
        ({"key_unsure": "KeyS"}, "The key S is both"),
        ({"hidden_percent": "120"}, "between 0 and 100"),
        ({"hidden_percent": "many"}, "between 0 and 100"),
        ({"hidden_percent": "nan"}, "between 0 and 100"),
    ],
)
def test_wrong_settings_are_refused_whole(server: Served, anna: Browser, change: dict[str, str], words: str) -> None:
    answer = anna.post("/settings", GOOD | change)
    assert answer.status == 400
    assert words in answer.text
    assert read_setting(server.store, "anna", "theme", "unset") == "unset"
    assert read_setting(server.store, "", "hidden_share", "unset") == "unset"


def test_keys_can_be_restored(server: Served, anna: Browser) -> None:
    anna.post("/settings", GOOD | {"key_unsure": "KeyQ"})
    anna.post("/settings", GOOD | {"key_unsure": "KeyQ", "do": "reset"})
    assert read_setting(server.store, "anna", "keys") == {}


def test_the_page_of_keys_names_the_classes_of_the_codebook(anna: Browser) -> None:
    page = anna.get("/keys").text
    assert "Supply" in page
    assert "Class 4" not in page
    assert anna.get("/keys", {"X-Textq": "fragment"}).text.lstrip().startswith("<main")


def test_settings_say_why_suggestions_were_turned_off(server: Served, anna: Browser) -> None:
    reason = {"pull": 0.3, "low": 0.1, "high": 0.5, "n_shown": 100, "n_hidden": 25}
    write_settings(server.store, [("anna", "suggestions", "off"), ("anna", "suggestions_reason", reason)])
    assert "more often where its code was in sight" in anna.get("/settings").text
    assert "+30 points [+10, +50]" in anna.get("/settings").text
    anna.post("/settings", GOOD | {"suggestions": "on"})
    assert read_setting(server.store, "anna", "suggestions_reason") is None


def test_saving_settings_writes_only_what_changed(server: Served, anna: Browser) -> None:
    anna.post("/settings", GOOD | {"hidden_percent": "20", "theme": "dark"})
    assert read_setting(server.store, "anna", "theme") == "dark"
    assert read_setting(server.store, "", "hidden_share", "unset") == "unset"  # .2 stands without being written


def test_keys_are_written_as_they_are_printed(server: Served, anna: Browser) -> None:
    page = anna.get("/settings").text
    assert 'name="key_class1" value="1"' in page
    assert 'name="key_unsure" value="F"' in page
    assert 'name="key_search" value="/"' in page
    anna.post("/settings", GOOD | {"key_unsure": "q", "key_class1": "1"})
    assert read_setting(server.store, "anna", "keys") == {"unsure": "KeyQ"}
    assert 'name="key_unsure" value="Q"' in anna.get("/settings").text
