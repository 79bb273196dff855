import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.fetch.addresses import follow_location, parse_address
from textq.ingest.fetch.failure import FetchError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.gov.cn", "http://www.gov.cn/"),
        (" HTTPS://WWW.Gov.CN:443/a?b=c#d ", "https://www.gov.cn/a?b=c"),
        ("http://www.gov.cn:8080/a", "http://www.gov.cn:8080/a"),
        ("http://www.gov.cn./a", "http://www.gov.cn/a"),
        (
            "http://www.gov.cn/政策/通知 一.html",
            "http://www.gov.cn/%E6%94%BF%E7%AD%96/%E9%80%9A%E7%9F%A5%20%E4%B8%80.html",
        ),
        ("http://www.gov.cn/a?标题=x y", "http://www.gov.cn/a?%E6%A0%87%E9%A2%98=x%20y"),
        ("http://www.gov.cn/%e6%94%bf/100%", "http://www.gov.cn/%e6%94%bf/100%25"),
        ("http://中文.com/", "http://xn--fiq228c.com/"),
        ("http://中国政府网。政务/", "http://xn--fiqs8sirgfmhq98a.xn--zfr164b/"),
        ("http://www.gov.cn/a/../b/./c/", "http://www.gov.cn/b/c/"),
        ("http://www.gov.cn/a/%2e%2E/b/..", "http://www.gov.cn/"),
        ("http://www.gov.cn//a", "http://www.gov.cn//a"),
        ("http://[2001:DB8::1]:81/a", "http://[2001:db8::1]:81/a"),
        ("http://my_host.gov.cn/", "http://my_host.gov.cn/"),
    ],
)
def test_an_address_is_ascii_and_without_fragment(url: str, expected: str) -> None:
    assert parse_address(url).url == expected
    assert expected.isascii()


def test_names_of_hosts_by_a_second_coder() -> None:
    idna = pytest.importorskip("idna", reason="needs the package idna")
    for host in ("中文.com", "中国政府网.政务", "bücher.example"):
        assert parse_address(f"http://{host}/").host == idna.encode(host).decode()


@pytest.mark.parametrize(
    "url",
    [
        "", "www.gov.cn/a", "/a", "file:///etc/passwd", "ftp://www.gov.cn/", "javascript:alert(1)", "data:text/html,x",
        "gopher://127.0.0.1:70/_", "http://", "http:///a", "http://a b.cn/", "http://www.gov.cn\r\nHost: x/",
        "http://www.gov.cn/a\r\nX: y", "http://www.gov.cn/\x00", "http://www.gov.cn:99999/", "http://www.gov.cn:x/",
        "http://[::1/", "http://[fe80::1%25eth0]/", "http://www.gov.cn\\@evil.cn/", "http://-a.cn/", "http://a..cn/",
        "http://" + "a" * 64 + ".cn/", "http://%31%32%37.0.0.1/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchError, match="is no address"):
        parse_address(url)


@pytest.mark.parametrize("url", ["http://user:secret@www.gov.cn/", "http://user@www.gov.cn/", "http://@www.gov.cn/"])
def test_passwords_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(FetchError, match="user name or password") as refused:
        parse_address(url)
    assert "secret" not in str(refused.value)


@given(st.text(string.printable + "政策通知%/\\@:?#", max_size=60))
def test_a_target_never_holds_a_character_that_ends_a_line(text: str) -> None:
    try:
        address = parse_address("http://www.gov.cn/" + text)
    except FetchError:
        return
    assert address.host == "www.gov.cn"
    assert all("!" <= char <= "~" for char in address.target)
    assert parse_address(address.url) == address


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b", "https://a.gov.cn/b"),
        ("c.html", "https://a.gov.cn/x/c.html"),
        ("//b.gov.cn/y", "https://b.gov.cn/y"),
        ("政策".encode().decode("latin-1"), "https://a.gov.cn/x/%E6%94%BF%E7%AD%96"),
    ],
)
def test_redirects_are_relative_to_where_they_stand(location: str, expected: str) -> None:
    assert follow_location(parse_address("https://a.gov.cn/x/y"), location).url == expected


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://a.gov.cn/x", "https://u:p@a.gov.cn/", "gopher://x/"]
)
def test_redirects_to_elsewhere_are_refused(location: str) -> None:
    with pytest.raises(FetchError):
        follow_location(parse_address("https://a.gov.cn/x/y"), location)
