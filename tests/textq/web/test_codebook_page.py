import html

import pytest

from textq.lexicon.codebook import Codebook, Example, Instrument, Label, Rule, Subtype
from textq.lexicon.read import builtin_codebook
from textq.web.codebook_page import view_codebook


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_holds_all_of_the_codebook(serve, lang):
    page = serve("anna", lang=lang).sign_in().get("/codebook").text
    codebook = builtin_codebook()
    for code in (*codebook.codes, "none"):
        assert f'id="{code}"' in page
    assert codebook.version in page
    assert page.count('<li class="small">') == len(codebook.examples)


def test_prose_is_in_the_language_of_the_visitor(serve):
    texts = {lang: list_prose(builtin_codebook(lang=lang)) for lang in ("zh", "en")}
    for lang, other in (("zh", "en"), ("en", "zh")):
        browser = serve("anna", lang=lang).sign_in()
        page, panel = (html.unescape(browser.get(path).text) for path in ("/codebook", "/card/codebook"))
        assert [text for text in texts[lang] if f'lang="{lang}">{text}<' not in page] == []
        assert [text for text in texts[other] if text in page or text in panel] == []
        assert texts[lang][-1] in panel


def list_prose(book: Codebook) -> list[str]:
    subtypes = [one for instrument in book.instruments for one in instrument.subtypes]
    excludes = [text for one in subtypes for text in one.excludes]
    defined = [one.definition for one in (*subtypes, *book.instruments, book.none)]
    return [*book.decision, *(rule.statement for rule in book.rules), *excludes, *defined]


def test_own_codebook_says_what_its_examples_show():
    fits = Example("甲", "own", "negative")
    other, border = Example("乙", "none"), Example("丙", "own/fine", "border")
    fine = Subtype("fine", Label("细", ""), "what is fine", ("a",), ("b",), (Example("丁", "own/fine"), border))
    own = Instrument("own", Label("自", ""), "of one's own", (fine,), (fits, other, Example("戊", "own/fine")))
    none = Instrument("none", Label("", "nothing"), "the rest")
    page = view_codebook(Codebook("mine", "3", "zh", (own,), ("asked?",), (Rule("a rule", (border,)),), none), "en")
    first = page.classes[0]
    assert [(one.text, one.fits) for one in first.examples] == [("戊", True), ("甲", False), ("乙", False)]
    assert [(one.text, one.fits) for one in first.subtypes[0].examples] == [("丁", True), ("丙", None)]
    assert [one.chip.name for one in page.classes] == ["自", "nothing"]
    assert page.rules[0].statement == "a rule"
