import time
from datetime import date

import pytest

from textq.ingest.validity import Validity, read_validity

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
    "text", ["《甲》" * 60000, "《" * 200000, "废止" * 100000, "本办法自" * 60000, "有效期至" * 60000]
)
def test_long_texts_are_read_at_once(text: str) -> None:
    start = time.process_time()
    read(text)
    assert time.process_time() - start < 3
