"""The blocks of an official document that are not its provisions: head, addressee, signature, cc, annex marks."""

import re
from collections.abc import Sequence

from textq.notation.ideographs import has_ideographs
from textq.notation.latin import is_sentence
from textq.notation.marks import match_mark
from textq.notation.numerals import DATE
from textq.notation.organs import ORGAN, split_organs
from textq.records import CELL_BREAK

HEAD_LINES = 16
"""The head of a document never reaches further down than this many lines."""

ADDRESSEE_LENGTH = 200

_NOTE = re.compile(
    rf"[（(].*[）)]|{DATE}.*(?:通过|公布|发布|批准|修正|修订)[^。]*|索引号.*|来源[:：].*|签发人.*"
    r"|[\u4e00-\u9fff]{2,14}公报(?:[0-9]{4}年.*)?|(?:当前|您的?(?:现在|所在)?的?)位置.*",
    re.DOTALL,
)
_DATE_LINE = re.compile(rf"[（(]?(?P<organs>[\u4e00-\u9fff（） ]{{0,60}}?)(?P<date>{DATE})[）)]?")

_PRINTER = r"[\u4e00-\u9fff（） ]{2,40}(?:[处室科局厅办部会]|中心)"
"""Who prints a document, down to the office: 某市人民政府办公厅秘书处."""

CC_LINE = re.compile(
    r"(?:抄送|抄报|抄发|分送|主送|报|送|(?:信息|政务)?公开(?:方式|选项|属性|类别|形式)|(?:是否)?宜公开(?:选项)?|主题词"
    r"|(?:业务|政策)?(?:联系|咨询)(?:人|电话|方式|地址|单位|邮箱)|传真|(?:电子)?邮箱|邮政编码|邮编|校对|打字|打印|录入|印制)[:：].*"
    r"|[（(]联系(?:人|电话|方式)[:：].*[）)]"
    rf"|(?:{ORGAN}|{_PRINTER})? ?{DATE} ?(?:印发|印制|翻印)[。，, （(]*(?:共印.{{1,12}}份)?[）)]?"
    r"|[（(]?(?:共印|印数)[:：]?.{1,12}份[）)]?"
)
"""A line of the cc block at the foot of a document."""

COPIED_TO = re.compile(r"(?:抄送|抄报|抄发|分送|主送)[:：].*")
"""The line of the cc block that lists bodies; the list can go on below it."""

_BODY = r"[^，,、；;。]{1,24}[门院委办局厅部会室区府团校司社馆关行心位构组派体联队站所县市省处旗州盟业台]"
_LISTED_BODIES = re.compile(rf"{_BODY}(?:[，,、；;。]{_BODY})*[，,、；;。]?")

ATTACHMENT_LIST = re.compile(r"附件? ?[:：].+")
"""A line that names an annex: in the list above the signature, or at the head of the annex itself."""

_ANNEX_NUMBER = (
    r"[0-9０-９]{1,2}(?:[-—－][0-9]{1,2})?(?:[.．](?=$)|(?![0-9０-９.．、，和至及与中的所规]))"
    r"|[（(][0-9一二三四五六七八九十]{1,3}[）)]|[A-Z](?=[:： ]|$)|之?[一二三四五六七八九十]{0,3}(?=[:： ]|$)"
)
ANNEX_MARK = re.compile(
    rf"[【\[]?(?P<label>附[件表录图] ?(?:{_ANNEX_NUMBER})|附 ?(?:[0-9]{{1,2}}(?=[:： ]|$)|(?=[:：]?$)))[】\]]?"
    r"[:： ]?(?P<title>.*)"
)
"""The line that opens an annex: 附件, 附件1, 附表二, 附 1 …"""

CLOSING_NOTE = re.compile(r"[（(][^（）()]*[）)]|此件.{0,6}公开(?:发布)?。?")
"""A remark below the signature: （此件公开发布）."""

TABLE_NOTE = re.compile(r"(?:备 ?)?注 ?[0-9]{0,2}[:：].+|(?:填表|填报)?说明[:：].+|(?:资料|数据)来源[:：].+")
"""A remark below a table."""

_SEAL = re.compile(r"[（(](?:(?:此处)?(?:加?盖)?(?:印章|公章|章)|代章|签章)[）)]")

_POST = r"代?(?:[省市县区州旗盟部署局厅行关院] ?长|检 ?察 ?长|主 ?席|总 ?理|主 ?任|委 ?员 ?长)"
_SIGNER = re.compile(rf"{_POST}(?:[:：] ?| +)(?P<name>[\u4e00-\u9fff](?: ?[\u4e00-\u9fff·]){{1,9}})")
"""The person who signs an order or a decree: 市长 刘忻, 署 长 倪岳峰."""

_LONGEST_NAME = 4
"""Characters of a Chinese name; longer ones hold a point between their parts (阿不都热合曼·…)."""

_ADDRESSED = re.compile(r"(?!.*(?:如下|以下|下列))(?:各.*|.*(?:政府|部门|单位|机构|委员会|管委会|企业|公司|[厅局]))")

_ADDRESSED_IN_ENGLISH = ("To ", "TO ", "Dear ")

CONTENTS_MARK = re.compile(r"目 ?[录次]")


def remove_seal(line: str) -> str:
    """Return the name of a signing body without （印章）, （盖章） and the like behind it."""
    return _SEAL.sub("", line).strip()


def is_signer(line: str) -> bool:
    """Tell whether a line is the office and the name of the person who signs (市长 刘忻)."""
    found = _SIGNER.fullmatch(" ".join(line.split()))
    return found is not None and ("·" in found["name"] or len(found["name"].replace(" ", "")) <= _LONGEST_NAME)


def lists_bodies(line: str) -> bool:
    """Tell whether a line can go on with the list of a cc block: short names, set apart by commas."""
    return len(line) <= ADDRESSEE_LENGTH and match_mark(line) is None and _LISTED_BODIES.fullmatch(line) is not None


def match_date_line(line: str) -> re.Match[str] | None:
    """Match the last line of a signature: a date alone, or behind the names that sign (groups organs and date)."""
    found = _DATE_LINE.fullmatch(line)
    return found if found and (not found["organs"].strip() or split_organs(found["organs"])) else None


def is_note(line: str) -> bool:
    """Tell whether a line is a remark on the document: in brackets, on its adoption, or a publisher's label."""
    return _NOTE.fullmatch(line) is not None


def is_addressee(line: str, *, leads: bool = False) -> bool:
    """Tell whether a line is the addressee (各区、县（市）人民政府，市政府各部门：).

    A line that ``leads`` numbered ones can be a stem as well, so it must begin or end as an addressee does.
    """
    if not line.endswith(("：", ":")) or len(line) > ADDRESSEE_LENGTH or "。" in line or match_mark(line):
        return False
    if not has_ideographs(line):
        return line.startswith(_ADDRESSED_IN_ENGLISH)
    return not leads or _ADDRESSED.fullmatch(line[:-1]) is not None


def count_head_lines(lines: Sequence[str]) -> int:
    """Return how many lines stand above the addressee, the contents, a table, the first provision or sentence."""
    for at, line in enumerate(lines[:HEAD_LINES]):
        if match_mark(line) or CELL_BREAK in line or is_sentence(line) or ("。" in line and not is_note(line)):
            return at
        if line.endswith(("：", ":")) or CONTENTS_MARK.fullmatch(line):
            return at
    return min(len(lines), HEAD_LINES)
