import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.errors import ManifestError
from textq.ingest.fetch.listing import ListedRow
from textq.ingest.fetch.names import choose_names


def choose(*rows: dict[str, str]) -> list[str]:
    listed = [
        ListedRow(at, row.get("id", ""), row.get("url", ""), row.get("file", ""), "") for at, row in enumerate(rows)
    ]
    return list(choose_names(listed, ".fetch").values())


def test_the_cell_then_the_id_then_the_url() -> None:
    url = "http://www.gov.cn/zhengce/content_10605.htm?x=1"
    first, second, third = choose({"file": "f.pdf", "id": "i", "url": url}, {"id": "杭州-1", "url": url}, {"url": url})
    assert (first, second) == ("f.pdf", "杭州-1")
    assert third.startswith("content_10605-")


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("http://a/", "document-"),
        ("http://a/政策/关于%E9%80%9A知.html", "关于通知-"),
        ("http://a/x/..%2F..%2Fetc%2Fpasswd", "passwd-"),
        ('http://a/%00%0a<>:"|?*.html', "document-"),
        ("http://a/" + "长" * 300, "长" * 40 + "-"),
        ("http://a/=cmd().html", "cmd-"),
        ("http://[broken/x", "document-"),
    ],
)
def test_names_made_from_urls(url: str, start: str) -> None:
    (name,) = choose({"url": url})
    assert name.startswith(start)
    assert len(name) == len(start) + 8


def test_names_are_free_in_any_case() -> None:
    assert choose({"id": "a"}, {"file": "A", "id": "b"}, {"id": "A-2"}) == ["a-2", "A", "A-2-2"]


@given(st.lists(st.fixed_dictionaries({"id": st.text(max_size=3), "url": st.text(max_size=5)}), max_size=8))
def test_names_are_one_each_plain_and_the_same_next_time(rows: list[dict[str, str]]) -> None:
    names = choose(*rows)
    assert len({name.casefold() for name in names}) == len(rows)
    assert names == choose(*rows)
    assert all(name and not set(name) & set('/\\\x00\n:*?"<>| ') and not name.startswith(".") for name in names)


@pytest.mark.parametrize("file", ["../a", "/a", "a/../b", ".fetch/x", "a\nb", "a:b", "a*"])
def test_names_out_of_the_folder_are_refused(file: str) -> None:
    with pytest.raises(ManifestError, match="line 0: file"):
        choose({"file": file})
