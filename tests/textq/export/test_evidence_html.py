"""The page of evidence: whole, self-contained, safe with any text, for any codebook."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.textq.export.coded_clauses import CODEBOOK, TEXT, build_coding, build_unit
from textq.errors import ClauseFileError
from textq.export import evidence_html
from textq.export.evidence_html import check_page_size, render_evidence, save_evidence_html
from textq.lexicon.entry import Entry, Lexicon
from textq.records import Coding, CodingUnit, Span

HOSTILE = "</p><script>alert(1)</script>\" onmouseover='x' &lt; \x1b[2J\u202e <!--"
VOID = {"meta", "input"}


class Page(HTMLParser):
    """The elements of a page with their attributes, the text of those of a class, and whether all were closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.depth = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if dict(attrs).get("class") == "text":
            self.depth = len(self.open)
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if len(self.open) < self.depth:
            self.depth = 0

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.texts[-1] += data

    def find(self, kind: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.elements if kind in (attributes.get("class") or "").split()]


def render(*pairs: tuple[CodingUnit, Coding], lang: str = "en") -> str:
    units, codings = [unit for unit, _ in pairs], [coding for _, coding in pairs]
    return "".join(render_evidence(units, codings, CODEBOOK, lang))  # type: ignore[arg-type]


def test_evidence_is_marked_and_named() -> None:
    coding = build_coding("a", "apple", "red", Span(2, 6, "专项资金 +1.2"), Span(12, 14, "pear"))
    text = render((build_unit(), coding))

    assert '<mark class="k0" title="apple/red +1.2">专项资金</mark><i class="for k0" data-for="Red +1.2"></i>' in text
    assert '<mark class="k1" title="pear">补贴</mark><i class="for k1" data-for="Pear &amp; Co"></i>' in text
    assert Page(text).texts == [TEXT]


def test_all_that_is_known_is_shown() -> None:
    unit = build_unit("a", title="办法", heading="第二章", stem="支持：")
    more = {"secondary": "pear", "unsure": True, "context": ("支持", "奖励 +0.4")}
    text = render((unit, build_coding("a", "apple", "red", confidence=0.825, **more)), lang="zh")

    for shown in (
        "苹果 · 红",
        "--p:82%",
        "0.82",
        "次要: Pear &amp; Co",
        "存疑",
        "办法 › 第二章 › 支持：",
        "支持; 奖励 +0.4",
    ):
        assert shown in text
    assert '<html lang="zh">' in text


def test_terms_of_a_lexicon_are_shown_with_their_subtype() -> None:
    coding = build_coding("a", "apple", None, Span(2, 6, "专项资金"))
    lexicon = Lexicon("x", "1", (Entry("专项资金", "apple/red", "anywhere", 1.0),))
    text = "".join(render_evidence([build_unit()], [coding], CODEBOOK, "en", lexicon))

    assert '<mark class="k0" title="apple/red">专项资金</mark><i class="for k0" data-for="Red"></i>' in text


@pytest.mark.parametrize(
    ("lang", "named", "explained"),
    [
        ("zh", "条款长度 +0.8; 奖励", "<li>条款长度: 条款的字数</li>"),
        ("en", "length +0.8; 奖励", "<li>length: how long the clause is</li>"),
    ],
)
def test_names_of_the_context_are_translated_and_explained(lang: str, named: str, explained: str) -> None:
    text = render((build_unit(), build_coding("a", context=("length +0.8", "奖励"))), lang=lang)

    assert named in text
    assert re.findall("<li>.*?</li>", text) == [explained]
    assert Page(text).open == []


def test_a_page_without_names_to_explain_has_no_legend() -> None:
    assert '<details class="legend">' not in render((build_unit(), build_coding("a", context=("奖励", "length"))))


def test_overlapping_evidence_keeps_the_text() -> None:
    coding = build_coding("a", "pear", None, Span(0, 4, "apple/red"), Span(2, 6), Span(3, 4, "none"))
    text = render((build_unit(), coding))

    assert Page(text).texts == [TEXT]
    assert [mark["data-for"] for mark in Page(text).find("for")] == ["Red", "None of them", "Pear & Co"]


def test_the_page_needs_nothing_else() -> None:
    text = render((build_unit(), build_coding("a", "apple", "red", Span(2, 6))))

    assert "default-src 'none'" in text
    assert not re.search(r"https?:|//|src=|<script|<link|@import|url\(|javascript", text)


def test_hostile_texts_stay_texts() -> None:
    unit = build_unit(HOSTILE, HOSTILE, title=HOSTILE, heading=HOSTILE, stem=HOSTILE)
    coding = build_coding(HOSTILE, HOSTILE, HOSTILE, Span(2, 9, HOSTILE), secondary=HOSTILE, context=(HOSTILE,))
    text = render((unit, coding))
    page = Page(text)

    assert "script" not in {tag for tag, _ in page.elements}
    assert all("onmouseover" not in attributes for _, attributes in page.elements)
    assert page.texts == [HOSTILE.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")]
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)


@settings(max_examples=50)
@given(
    st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.text(max_size=5)), max_size=5)
)
def test_any_text_with_any_evidence_is_well_formed(text: str, found: list[tuple[int, int, str]]) -> None:
    spans = [Span(*sorted((start, end)), label) for start, end, label in found]
    within = [span for span in spans if span.start < span.end <= len(text)]
    page = Page(render((build_unit("a", text), build_coding("a", "apple", "red", *within))))

    assert page.open == []
    assert len(page.find("for")) == len(within)


def test_half_characters_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    save_evidence_html(path, [build_unit("a", "甲\ud800")], [build_coding()], CODEBOOK)

    assert "甲\\ud800" in path.read_text(encoding="utf-8")


def test_clauses_lie_in_folds_of_which_the_first_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_html, "N_OPEN", 2)
    text = render(*((build_unit(f"{at}"), build_coding(f"{at}")) for at in range(5)))

    assert re.findall("<details( open)?><summary>(.+?)</summary>", text) == [
        (" open", "1–2 / 5"), ("", "3–4 / 5"), ("", "5–5 / 5"),
    ]  # fmt: skip
    assert text.count("<article") == 5


def test_clauses_are_counted_by_instrument_and_can_be_left_out() -> None:
    pairs = [(build_unit(name), build_coding(name, name, None)) for name in ("pear", "none", "plum")]
    text = render(*pairs)

    assert re.findall("<b>(.+?)</b> ([0-9]+)", text) == [("Apple", "0"), ("Pear &amp; Co", "1"), ("None of them", "2")]
    assert "body:has(#pick-k1:not(:checked)) article.k1{display:none}" in text
    assert "unsure only" not in text


def test_an_empty_list_has_a_page() -> None:
    assert Page(render()).open == []


def test_the_same_clauses_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        save_evidence_html(tmp_path / name, [build_unit()], [build_coding()], CODEBOOK, "zh")

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_page_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("precious")
    with pytest.raises(ValueError, match="evidence at"):
        save_evidence_html(path, [build_unit()], [build_coding("a", "pear", None, Span(5, 99))], CODEBOOK)

    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    assert path.read_text() == "precious"


def test_too_many_clauses_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_html, "MAX_CLAUSES", 1)
    check_page_size(1)
    with pytest.raises(ClauseFileError, match="2 clauses are too many for one HTML page"):
        render((build_unit("a"), build_coding("a")), (build_unit("b"), build_coding("b")))
