import pytest

from textq.coding.llm.endpoint import parse_endpoint
from textq.errors import ConfigError


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
        (" https://API.Example.com:443/v1/ ", "https://api.example.com/v1/chat/completions"),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1/chat/completions"),
        ("https://api.example.com", "https://api.example.com/chat/completions"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"),
        ("https://例子.example/v1", "https://xn--fsqu00a.example/v1/chat/completions"),
    ],
)
def test_two_ways_to_write_an_address_give_one(base_url: str, url: str) -> None:
    assert parse_endpoint(base_url).url == url


@pytest.mark.parametrize(
    "base_url",
    [
        "", "localhost:11434/v1", "ftp://a/v1", "https:///v1", "https://user:hunter2@a.example/v1",
        "https://a.example/v1?key=hunter2", "https://a.example/v1#hunter2", "https://a.example:99999/v1",
        "https://a.example/v 1", "https://a.example/v1\nHost: b", "https://a b/v1", "https://[::1/v1", "https://../v1",
    ],
)  # fmt: skip
def test_what_is_no_base_url_is_refused_and_not_repeated(base_url: str) -> None:
    with pytest.raises(ConfigError, match="base_url") as refused:
        parse_endpoint(base_url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("base_url", "guards"),
    [
        ("https://api.example.com/v1", True),
        ("http://localhost:1/v1", True),
        ("http://127.0.0.1:1/v1", True),
        ("http://192.168.1.5:1/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://api.example.com/v1", False),
        ("http://8.8.8.8/v1", False),
    ],
)
def test_where_a_key_may_travel(base_url: str, guards: bool) -> None:
    assert parse_endpoint(base_url).guards_key is guards
