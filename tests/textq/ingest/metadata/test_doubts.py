"""What a person should confirm, seen from the text of a document."""

from datetime import date

import pytest

from textq.ingest.extract import Extract
from textq.ingest.manifest import ManifestRow
from textq.ingest.metadata.doubts import find_future_doubts
from textq.ingest.metadata.read import Metadata, read_metadata
from textq.lexicon.places import builtin_gazetteer

TEXT = "杭州市商务局关于申报资金的通知\n各单位：\n一、给予补助。\n{sentence}\n杭州市商务局\n{day}"


def read(day: str = "2020年4月7日", sentence: str = "二、完善流程。", retrieved: str = "", **stated: str) -> Metadata:
    source = {"retrieved_on": retrieved} if retrieved else {}
    row = ManifestRow("a.txt", "", 2, stated, source)
    return read_metadata(Extract(TEXT.format(day=day, sentence=sentence)), builtin_gazetteer(), row)


def show(found: Metadata) -> list[tuple[str, str, str]]:
    return [(doubt.field, doubt.found, doubt.why) for doubt in found.doubts]


def test_a_plain_notice_leaves_no_doubt() -> None:
    assert show(read()) == []


def test_a_day_in_the_future_is_doubted() -> None:
    assert show(read("2999年3月3日")) == [("issued_on", "2999-03-03", "it lies in the future")]


def test_a_day_after_the_retrieval_is_doubted() -> None:
    why = "it lies after 2020-04-01, when the file was retrieved"
    assert show(read(retrieved="2020-04-01")) == [("issued_on", "2020-04-07", why)]
    assert show(read(retrieved="2020-04-07")) == []


def test_an_issue_after_the_publication_is_doubted() -> None:
    why = "after 2020-04-01, when the document was published"
    assert show(read(published_on="2020-04-01")) == [("issued_on", "2020-04-07", why)]


@pytest.mark.parametrize(
    ("issued_on", "fields"), [(date(2020, 1, 3), ["issued_on"]), (date(2020, 1, 2), []), (None, [])]
)
def test_the_bound_itself_is_no_future(issued_on: date | None, fields: list[str]) -> None:
    assert [doubt.field for doubt in find_future_doubts(issued_on, None, date(2020, 1, 2), retrieved=True)] == fields


def test_a_term_without_its_document_is_used_and_doubted() -> None:
    found = read(sentence="二、执行期限为2020年5月1日至2022年12月31日。")
    assert (found.effective_on, found.repealed_on) == (date(2020, 5, 1), date(2023, 1, 1))
    (doubt,) = found.doubts
    assert (doubt.field, doubt.found) == ("repealed_on", "2023-01-01")
    assert read(sentence="二、执行期限为2020年5月1日至2022年12月31日。", repealed_on="2023-01-01").doubts == ()


def test_the_place_of_the_issuer_is_told() -> None:
    assert read().place == "330100"
    assert read(level="central").place == ""
