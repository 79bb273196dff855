import time
from datetime import date

import pytest

from textq.ingest.metadata.validity import Validity, read_validity

ISSUED = date(2019, 3, 28)


def read(text: str) -> Validity:
    return read_validity(text, issued_on=ISSUED, published_on=None)


@pytest.mark.parametrize(
    ("sentence", "effective", "repealed"),
    [
        ("本办法自2019年5月1日起施行，有效期18个月。", "2019-05-01", "2020-11-01"),
        ("本办法自2019年5月1日起施行，有效期至2021年底。", "2019-05-01", "2022-01-01"),
        ("本通知自印发之日起施行，有效期五年。", "2019-03-28", "2024-03-28"),
        ("本通告内容自2019年10月9日起生效，有效期6个月。", "2019-10-09", "2020-04-09"),
        ("本办法自2019年8月31日起施行，有效期6个月。", "2019-08-31", "2020-03-01"),
        ("本政策自2019年5月1日起施行。有效期两年。", "2019-05-01", "2021-05-01"),
        ("本规定自2022年1月1日起废止。", "", "2022-01-01"),
        ("本办法于2021年12月31日后自动失效。", "", "2022-01-01"),
        ("本措施执行期限为2020年1月1日—2022年12月31日。", "2020-01-01", "2023-01-01"),
        ("（2019年4月1日商务部令第2号公布，自2019年6月1日起施行）", "2019-06-01", ""),
        ("《旧办法》自2022年1月1日起废止。", "", ""),
        ("该项目自2022年1月1日起废止。", "", ""),
        ("补贴有效期三年。", "", ""),
        ("本办法自公布之日起30个工作日后施行。", "", ""),
    ],
)
def test_terms(sentence: str, effective: str, repealed: str) -> None:
    found = read("一、完善流程。\n" + sentence)
    assert (str(found.effective_on or ""), str(found.repealed_on or "")) == (effective, repealed)


@pytest.mark.parametrize(
    ("text", "effective", "repealed"),
    [
        ("本政策有效期至2022年12月31日。", "", "2023-01-01"),
        ("本政策自2020年1月1日至2022年12月31日执行。", "2020-01-01", "2023-01-01"),
        ("本意见由市商务局负责解释，自2020年5月1日起施行，有效期3年。", "2020-05-01", "2023-05-01"),
        ("本办法有效期五年。\n第三十一条 本办法自2020年1月1日起施行。", "2020-01-01", "2025-01-01"),
        ("三、自2020年5月1日起生效，有效期两年，原《旧办法》同时废止。", "2020-05-01", "2022-05-01"),
        ("本办法从2020年1月1日起执行，试行2年。", "2020-01-01", "2022-01-01"),
        ("本措施有效期至2025年12月。", "", "2026-01-01"),
        ("本方案实施期限为2020年至2022年。", "", "2023-01-01"),
    ],
)
def test_terms_apart_from_the_sentence_on_effect(text: str, effective: str, repealed: str) -> None:
    found = read("一、完善流程。\n" + text)
    assert (str(found.effective_on or ""), str(found.repealed_on or ""), found.unsure) == (effective, repealed, "")


@pytest.mark.parametrize(
    ("text", "effective", "repealed", "why"),
    [
        ("本方案实施期限暂定三年。", "", "2022-03-28", "counted from publication"),
        ("三、政策有效期三年，由市商务局负责解释。", "", "2022-03-28", "not of what: 三、政策有效期三年"),
        ("三、执行期限为2020年1月1日至2022年12月31日。", "2020-01-01", "2023-01-01", "a line tells a term"),
        ("（三）实施期限：2020年5月1日至2023年4月30日。", "2020-05-01", "2023-05-01", "a line tells a term"),
        (
            "有效期至2020年6月1日。\n二、执行期限至2021年6月1日。",
            "",
            "",
            "no single day: 有效期至2020年6月1日; 二、执行期",
        ),
    ],
)
def test_terms_to_be_confirmed(text: str, effective: str, repealed: str, why: str) -> None:
    found = read("一、完善流程。\n" + text)
    assert (str(found.effective_on or ""), str(found.repealed_on or "")) == (effective, repealed)
    assert why in found.unsure


@pytest.mark.parametrize(
    "text",
    [
        "许可证有效期为五年。\n证书有效期三年。",
        "一、项目执行期限为2020年1月1日至2021年1月1日。",
        "实施时间：2020年5月1日起。",
    ],
)
def test_the_term_of_something_else_is_none(text: str) -> None:
    assert read(text) == Validity()


@pytest.mark.parametrize(
    ("sentence", "titles"),
    [
        ("《甲办法》同时废止。", ["甲办法"]),
        ("《甲办法》（杭政〔2010〕1号）、《乙规定》自本办法施行之日起同时废止。", ["甲办法", "乙规定"]),
        ("原《关于印发〈甲办法〉的通知》停止执行。", ["关于印发〈甲办法〉的通知"]),
        ("《甲办法》《乙规定》等12件规范性文件予以废止。", ["甲办法", "乙规定"]),
        ("违反《甲办法》规定的，许可予以废止。", []),
        ("依照《甲办法》执行。旧规定同时废止。", []),
    ],
)
def test_documents_repealed_by_this_one(sentence: str, titles: list[str]) -> None:
    assert list(read(sentence).repeals) == titles


@pytest.mark.parametrize(
    "text",
    [
        "《甲》" * 60000,
        "《" * 200000,
        "废止" * 100000,
        "本办法自" * 60000,
        "有效期至" * 60000,
        "本办法由" * 60000,
        "有效期自2020年起" * 30000,
    ],
)
def test_long_texts_are_read_at_once(text: str) -> None:
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 3
