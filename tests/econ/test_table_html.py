"""Pages: semantic, self-contained, and equal to what was printed."""

from html.parser import HTMLParser
from pathlib import Path

from econ.table import print_rows, set_minus, unset_minus
from econ.table_html import read_html, render_html
from econ.tables import tabulate_estimates
from tests.econ.estimates import fit_cities
from tests.econ.hard_tables import HARD

VOID = {"meta"}


class Tags(HTMLParser):
    """Collects start tags with their attributes; tells whether all were closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parse(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


def test_every_sign_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "table.html"
    path.write_text(render_html(HARD), encoding="utf-8")
    wanted = [[unset_minus(cell) for cell in row] for row in print_rows(HARD)]
    assert read_html(path) == wanted


def test_heads_say_what_they_head() -> None:
    tags = parse(render_html(tabulate_estimates(fit_cities(), style="aer", lang="en", title="Growth")))
    heads = [attributes for tag, attributes in tags.found if tag == "th"]
    assert all(attributes.get("scope") in ("col", "colgroup", "row") for attributes in heads)
    assert [one["colspan"] for one in heads if one["scope"] == "colgroup"] == ["2", "2"]
    assert sum(one["scope"] == "col" for one in heads) == 4
    assert [tag for tag, _ in tags.found].count("tbody") == 2
    assert ("html", {"lang": "en"}) in tags.found
    assert [tag for tag, _ in tags.found].count("caption") == 1


def test_pages_need_nothing_from_elsewhere() -> None:
    page = render_html(HARD)
    tags = parse(page)
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in tags.found}
    assert not [one for _, one in tags.found if {"src", "href"} & set(one)]
    assert "url(" not in page
    assert "@import" not in page
    assert "<i>" not in page


def test_stars_are_raised_and_the_minus_is_one() -> None:
    page = render_html(HARD)
    assert f"<td>{set_minus('-0.5000')}<sup>***</sup></td>" in page
    assert "2015-03-07" in page


def test_the_language_is_the_one_of_the_words() -> None:
    assert '<html lang="zh-CN">' in render_html(tabulate_estimates(fit_cities()))
