"""Documents in English: divisions that words name, lists, sentences and titles."""

from tests.strategies import make_document
from textq.segment.clauses import split_clauses


def show(text: str) -> list[str]:
    """Return "kind division text" of each clause."""
    clauses = split_clauses(make_document(text, title=text.partition("\n")[0]))
    return [" ".join(filter(None, (one.kind, "/".join(one.division), one.text))) for one in clauses]


ACT = """Clean Air Act of Norhaven
Adopted on 12 March 2018
Part I General provisions
Article 1
This Act lays down how the city reaches its aims.
Article 2 Definitions
For the purposes of this Act:
(a) "operator" means the person who runs an installation;
(b) "office" means the Environment Office.
PART II DUTIES
ARTICLE 3
(1) No installation may be operated without a permit under Article 2.
(2) The permit is refused where the limits of Article 1 are not met.
The office publishes all permits on its website.
"""


def test_an_act_has_parts_articles_and_items() -> None:
    assert show(ACT) == [
        "heading Clean Air Act of Norhaven",
        "heading Adopted on 12 March 2018",
        "heading Part I Part I General provisions",
        "heading Part I/Article 1 Article 1",
        "paragraph Part I/Article 1 This Act lays down how the city reaches its aims.",
        "heading Part I/Article 2 Article 2 Definitions",
        "stem Part I/Article 2 For the purposes of this Act:",
        'item Part I/Article 2/(a) (a) "operator" means the person who runs an installation;',
        'item Part I/Article 2/(b) (b) "office" means the Environment Office.',
        "heading PART II PART II DUTIES",
        "heading PART II/ARTICLE 3 ARTICLE 3",
        "item PART II/ARTICLE 3/(1) (1) No installation may be operated without a permit under Article 2.",
        "item PART II/ARTICLE 3/(2) (2) The permit is refused where the limits of Article 1 are not met.",
        "paragraph PART II/ARTICLE 3 The office publishes all permits on its website.",
    ]


def test_the_heading_path_and_the_stem_travel_with_the_clause() -> None:
    clauses = split_clauses(make_document(ACT))
    (item,) = (one for one in clauses if one.text.startswith("(b)"))
    assert (item.heading, item.stem) == (
        "Part I General provisions / Article 2 Definitions",
        "For the purposes of this Act:",
    )


def test_sections_alone_are_provisions_with_titles_or_text() -> None:
    assert show(
        "Harbour Ordinance\nSection 1. Shore power.\n(a) Ships at berth shall use shore power.\n"
        "(b) The Harbour Master may exempt a ship.\nSection 2. Harbour dues rise by 5 per cent on 1 May.\n"
        "Section 3. Effect.\nThis ordinance takes effect on 1 July 2019.\n"
    ) == [
        "heading Harbour Ordinance",
        "heading Section 1. Section 1. Shore power.",
        "item Section 1./(a) (a) Ships at berth shall use shore power.",
        "item Section 1./(b) (b) The Harbour Master may exempt a ship.",
        "provision Section 2. Section 2. Harbour dues rise by 5 per cent on 1 May.",
        "heading Section 3. Section 3. Effect.",
        "paragraph Section 3. This ordinance takes effect on 1 July 2019.",
    ]


def test_sections_above_articles_are_headings() -> None:
    assert show(
        "Regulation\nChapter I General\nSection 1 Scope\nArticle 1\nThis regulation applies to all of the ships.\n"
        "Section 2 Terms\nArticle 2\nA ship is a vessel of more than ten metres.\n"
    )[2:] == [
        "heading Chapter I/Section 1 Section 1 Scope",
        "heading Chapter I/Section 1/Article 1 Article 1",
        "paragraph Chapter I/Section 1/Article 1 This regulation applies to all of the ships.",
        "heading Chapter I/Section 2 Section 2 Terms",
        "heading Chapter I/Section 2/Article 2 Article 2",
        "paragraph Chapter I/Section 2/Article 2 A ship is a vessel of more than ten metres.",
    ]


def test_paragraph_signs_are_articles_and_later_paragraphs_are_counted() -> None:
    assert show(
        "Heat Regulation\n§ 1 Stoves are banned from 2024 on.\nThe town grants exemptions.\n§ 2a Fines rise."
    ) == [
        "heading Heat Regulation",
        "provision § 1 § 1 Stoves are banned from 2024 on.",
        "paragraph § 1/para. 2 The town grants exemptions.",
        "provision § 2a § 2a Fines rise.",
    ]


def test_roman_items_in_brackets_follow_their_stem() -> None:
    assert show(
        "Green Budget\nThe Mayor proposes to the Assembly:\n(i) a tax on oil;\n(ii) a label;\n(v) a ban.\n"
    ) == [
        "heading Green Budget",
        "stem The Mayor proposes to the Assembly:",
        "item (i) (i) a tax on oil;",
        "item (ii) (ii) a label;",
        "paragraph (ii) (v) a ban.",
    ]


def test_a_numbered_sentence_above_a_paragraph_is_no_heading() -> None:
    lines = show(
        "Plan\n1. Large roofs must carry solar panels.\nSome are exempt.\n2. Transport\n2.1 Trams run.\n2.2 Fares fall."
    )
    assert lines[1:4] == [
        "provision 1. 1. Large roofs must carry solar panels.",
        "paragraph 1. Some are exempt.",
        "heading 2. 2. Transport",
    ]


def test_a_text_without_numbers_loses_no_sentence_to_its_head() -> None:
    lines = show(
        "Letter\nThe council has met three times this year.\nIt decided as follows:\n- fares fall\n- trams run"
    )
    assert lines[1:] == [
        "paragraph The council has met three times this year.",
        "stem It decided as follows:",
        "item - fares fall",
        "item - trams run",
    ]


def test_a_cited_article_at_the_beginning_of_a_line_opens_nothing() -> None:
    lines = show("Act\nArticle 1\nPermits are issued in accordance with\nArticle 5 of the Water Act of the county.\n")
    assert lines[-1] == "paragraph Article 1 Article 5 of the Water Act of the county."
