import pytest

from textq.coding.llm.endpoint import parse_endpoint
from textq.coding.llm.key import VARIABLE, Key, read_key
from textq.errors import ConfigError

SAFE = parse_endpoint("https://api.example.com/v1")


def test_no_key_is_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert read_key(SAFE) == Key("")


def test_a_key_is_read_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " sk-secret-1234\n")
    key = read_key(SAFE)
    assert key.value == "sk-secret-1234"
    assert "secret" not in repr(key)
    assert key.redact("no: sk-secret-1234!") == "no: [key]!"


def test_a_dummy_key_is_a_word_like_others() -> None:
    assert Key("none").redact("none of it") == "none of it"


@pytest.mark.parametrize("value", ["two words", "tab\there", "schlüssel", "hunter\r\nHost: b"])
def test_an_odd_key_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(ConfigError, match=VARIABLE) as refused:
        read_key(SAFE)
    assert value.split()[0] not in str(refused.value)


def test_a_key_does_not_travel_unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "sk-secret-1234")
    with pytest.raises(ConfigError, match="not encrypted") as refused:
        read_key(parse_endpoint("http://api.example.com/v1"))
    assert "secret" not in str(refused.value)
    assert read_key(parse_endpoint("http://127.0.0.1:8000/v1")).value
