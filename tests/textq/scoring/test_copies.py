"""What was copied from higher-level documents."""

from collections.abc import Sequence

import pandas as pd
import pytest

from textq.errors import TableError
from textq.scoring.copies import LONG_RUN, NEARLY, Copying, measure_copying
from textq.scoring.shared_runs import LEAST_LETTERS, SHORT

DOCUMENTS = pd.DataFrame(
    {
        "doc_id": ["centre", "province", "city", "undated"],
        "level": ["central", "province", "prefecture", "prefecture"],
        "place": ["", "330000", "330100", "330100"],
        "issued_on": ["2015-03-01", "2016-03-01", "2016-03-01", None],
    }
)
LONG = "支持企业在境外建设公共海外仓，对面积超过五千平方米的给予一次性补助，补助资金由地方财政在年度预算中安排。"
ADAPTED = LONG.replace("地方财政", "市级财政").replace("支持企业", "支持我市企业")
OTHER = "开展跨境电子商务人才培训，鼓励高等院校与行业协会共同编写教材，每年培养紧缺人才两千名以上并做好就业服务。"


def measure(documents: pd.DataFrame = DOCUMENTS, **clauses: Sequence[str]) -> Copying:
    return measure_copying(documents, lambda doc_id: clauses.get(doc_id, ()))


def list_origins(copying: Copying) -> list[tuple[str, int, str]]:
    return list(copying.clauses[["doc_id", "position", "copied_from"]].itertuples(index=False, name=None))


def test_the_same_words_under_another_number_are_a_copy():
    copying = measure(province=["（一）支持海外仓。"], city=["培育主体。", "五、支持海外仓。"])

    assert list_origins(copying) == [("city", 1, "province")]
    assert copying.clauses["copied_share"].tolist() == [1.0]
    assert copying.new_share["city"] == pytest.approx(4 / 9)


def test_the_source_itself_is_new_and_peers_lend_nothing():
    copying = measure(DOCUMENTS.assign(level="prefecture", issued_on="2016-03-01"), city=[LONG], undated=[LONG])

    assert copying.clauses.empty
    assert copying.new_share[["city", "undated"]].tolist() == [1.0, 1.0]


def test_lower_levels_lend_nothing():
    documents = DOCUMENTS.assign(issued_on=["2016-03-01", "2015-03-01", "2014-03-01", None])

    assert measure(documents, centre=[LONG], province=[LONG], city=[LONG]).clauses.empty


def test_a_later_document_of_the_centre_lends_nothing():
    late = DOCUMENTS.assign(issued_on=["2017-01-01", "2016-03-01", "2016-03-01", None])
    copying = measure(late, centre=[LONG, "支持海外仓。"], city=["支持海外仓。", ADAPTED])

    assert copying.clauses.empty
    assert copying.new_share["city"] == 1.0


def test_an_undated_document_neither_lends_nor_borrows():
    copying = measure(centre=["支持海外仓。"], undated=["支持海外仓。"])

    assert copying.clauses.empty
    assert pd.isna(copying.new_share["undated"])
    assert copying.new_share.index.tolist() == DOCUMENTS["doc_id"].tolist()


def test_a_document_without_letters_has_no_share():
    assert pd.isna(measure(city=["", "……"]).new_share["city"])


@pytest.mark.parametrize("other", ["大力支持海外仓。", "支持海外仓一个。", "不支持海外仓。", "支持边境仓。"])
def test_a_short_clause_of_other_words_is_new(other):
    assert measure(centre=["支持海外仓。"], city=[other]).clauses.empty


@pytest.mark.parametrize("printed", ["支持海外仓", "支持海外仓!", "支持 海外仓。"])
def test_punctuation_and_blanks_make_no_new_clause(printed):
    assert len(measure(centre=["支持海外仓。"], city=[printed]).clauses) == 1


def test_a_long_clause_with_adapted_words_is_a_copy_with_its_share():
    copying = measure(centre=[OTHER, LONG], city=[ADAPTED])

    assert list_origins(copying) == [("city", 0, "centre")]
    assert NEARLY <= copying.clauses["copied_share"].iloc[0] < 1
    assert copying.new_share["city"] == pytest.approx(1 - copying.clauses["copied_share"].iloc[0])


def test_sentences_in_another_order_are_a_copy():
    first, second = LONG.rstrip("。"), OTHER.rstrip("。")

    assert len(measure(centre=[f"{first}。{second}。"], city=[f"{second}；{first}。"]).clauses) == 1


def test_half_a_clause_is_no_copy_but_its_letters_are_not_new():
    copying = measure(centre=[LONG], city=[LONG + OTHER])

    assert copying.clauses.empty
    assert copying.new_share["city"] == pytest.approx(len(OTHER) / len(LONG + OTHER), abs=0.03)


def test_a_phrase_shared_by_all_such_texts_stays_new():
    phrase = "中国跨境电子商务综合试验区建设"
    assert len(phrase) < LONG_RUN
    assert measure(centre=[f"{LONG}{phrase}"], city=[f"加快推进{phrase}，{OTHER}"]).new_share["city"] == 1.0


def test_pieces_of_many_documents_are_no_copy():
    pieces = [LONG[start : start + 10] for start in range(0, 50, 10)]
    documents = pd.DataFrame(
        {
            "doc_id": [*"abcde", "city"],
            "level": ["central"] * 5 + ["prefecture"],
            "place": "",
            "issued_on": "2016-01-01",
        }
    )
    texts = {name: [f"{name}{OTHER}{piece}"] for name, piece in zip("abcde", pieces, strict=True)}

    assert measure(documents, **texts, city=["".join(pieces)]).clauses.empty


@pytest.mark.parametrize(
    "formula",
    ["特此通知。", "各有关单位：", "《中华人民共和国海关法》", "《中华人民共和国海关法》《中华人民共和国电子商务法》"],
)
def test_formulae_and_names_are_no_copies(formula):
    copying = measure(centre=[formula], city=[formula])

    assert copying.clauses.empty


def test_a_name_is_neither_copied_nor_new():
    name = "《中华人民共和国进出境动植物检疫法实施条例》"
    copying = measure(centre=[f"根据{name}制定某某某办法"], city=[f"依照{name}，{OTHER}"])

    assert copying.clauses.empty
    assert copying.new_share["city"] == 1.0


def test_a_clause_that_names_another_law_is_no_whole_copy():
    assert measure(centre=["严格执行《海关法》规定"], city=["严格执行《商检法》规定"]).clauses.empty


def test_the_earliest_and_then_the_highest_is_the_source():
    documents = pd.DataFrame(
        {
            "doc_id": ["late centre", "province", "centre", "city"],
            "level": ["central", "province", "central", "prefecture"],
            "place": ["", "330000", "", "330100"],
            "issued_on": ["2016-02-01", "2015-01-01", "2015-01-01", "2016-03-01"],
        }
    )
    texts = {doc_id: ["支持海外仓。"] for doc_id in documents["doc_id"]}

    assert list_origins(measure_copying(documents, texts.__getitem__))[-1] == ("city", 0, "centre")
    assert list_origins(measure_copying(documents[documents["doc_id"] != "centre"], texts.__getitem__)) == [
        ("city", 0, "province")
    ]


def test_what_a_province_adapted_is_copied_from_the_province():
    changed = LONG.replace("补助资金由地方财政在年度预算中安排", "所需资金从省级商务发展专项中列支并接受审计监督")
    copying = measure(centre=[LONG], province=[changed], city=[changed.replace("一次性", "")])

    assert list_origins(copying)[-1] == ("city", 0, "province")


def test_the_order_of_documents_changes_nothing():
    texts = {"centre": [LONG, OTHER], "province": [ADAPTED, "支持海外仓。"], "city": [ADAPTED, OTHER, "支持海外仓。"]}
    forward = measure(**texts)
    backward = measure(DOCUMENTS.iloc[::-1], **texts)

    pd.testing.assert_frame_equal(forward.clauses, backward.clauses)
    pd.testing.assert_series_equal(forward.new_share, backward.new_share[forward.new_share.index])


def test_no_document_no_copy():
    copying = measure(DOCUMENTS.iloc[:0])

    assert copying.clauses.columns.tolist() == ["doc_id", "position", "copied_from", "copied_share"]
    assert copying.new_share.empty


def test_an_unknown_level_is_refused():
    with pytest.raises(TableError, match=r"one of central, province, prefecture, county\. Got 'town' instead"):
        measure(DOCUMENTS.assign(level="town"))


def test_the_lengths_are_in_order():
    assert LEAST_LETTERS < LONG_RUN < SHORT


def test_shelves_of_one_document_give_the_same(monkeypatch):
    texts = {"centre": [LONG, OTHER], "province": [ADAPTED, "支持海外仓。"], "city": [ADAPTED, OTHER, "支持海外仓。"]}
    together = measure(**texts)
    monkeypatch.setattr("textq.scoring.copies._SHELF_SIZE", 1)
    apart = measure(**texts)

    pd.testing.assert_frame_equal(together.clauses, apart.clauses)
    pd.testing.assert_series_equal(together.new_share, apart.new_share)


def lends(lender: tuple[str, str | None], borrower: tuple[str, str | None]) -> bool:
    """Tell whether a document of one (level, place) lends to a later one of another."""
    documents = pd.DataFrame([lender, borrower], columns=["level", "place"])
    documents = documents.assign(doc_id=["first", "second"], issued_on=["2016-03-01", "2016-05-01"])
    return len(measure(documents, first=[LONG], second=[ADAPTED]).clauses) == 1


@pytest.mark.parametrize(
    ("lender", "borrower", "expected"),
    [
        (("province", "330000"), ("prefecture", "330100"), True),
        (("province", "330000"), ("county", "330782"), True),
        (("prefecture", "330700"), ("county", "330782"), True),
        (("prefecture", "330100"), ("county", "330782"), False),
        (("province", "120000"), ("prefecture", "320500"), False),
        (("province", "120000"), ("county", "120116"), True),
        (("province", "320000"), ("prefecture", "330100"), False),
        (("province", "330000"), ("prefecture", None), False),
        (("province", None), ("prefecture", "330100"), False),
        (("province", ""), ("prefecture", ""), False),
        (("central", None), ("prefecture", None), True),
        (("central", "110000"), ("county", "440106"), True),
        (("prefecture", "330000"), ("county", "330110"), True),
        (("prefecture", "330100"), ("prefecture", "330100"), False),
    ],
)
def test_only_the_centre_and_the_places_around_lend(lender, borrower, expected):
    assert lends(lender, borrower) == expected


@pytest.mark.parametrize("place", ["33", "浙江省", "３３０１００"])
def test_a_place_that_is_no_code_is_refused(place):
    with pytest.raises(TableError, match=f"the place must be a six-digit code. Got {place!r} instead"):
        measure(DOCUMENTS.assign(place=["", "330000", place, ""]))
