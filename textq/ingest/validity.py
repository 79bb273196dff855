"""When a document takes effect and when it lapses, and which documents it repeals, from its own closing provisions."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from textq.notation.numerals import DATE, NUMERAL, parse_date, parse_number

_SELF = (
    r"本(?:(?:实施|若干|政策|暂行|管理|行动|工作|试行)?(?:办法|规定|条例|意见|通知|通告|方案|措施|细则|决定|公告|规则|计划"
    r"|规划|条款|文件|纲要|政策|指南|指引|标准|目录|清单|制度|规范|章程|批复)|政策|法)"
)
_COUNT = rf"(?:[0-9]{{1,3}}|{NUMERAL}{{1,4}})"
_START = r"(?:公布|发布|印发|颁布|下发|签发|成文|通过|批准)(?:之日|日|之时)"
_EFFECT = re.compile(
    rf"(?:{_SELF}(?:所列[^。]{{0,10}}|内容|规定)?|(?:公布|发布)(?=[， ,]?自{DATE})|^)[，, ]?(?:将|均|应当)?"
    rf"自\s*(?P<when>{DATE}|{_START})\s*(?:起)?\s*(?:满?(?P<days>{_COUNT})日后?)?\s*(?:正式|开始|试行|起)?"
    r"(?:施行|实施|执行|生效|实行|试行)(?P<rest>[^。]*(?:。有效期[^。]*)?)",
    re.MULTILINE,
)
_UNTIL = re.compile(rf"(?:有效期|期限|执行|施行)?(?:截止|截至|至|到)\s*(?:于)?\s*(?P<date>{DATE})(?:止|为止)?")
_UNTIL_YEAR = re.compile(r"(?:有效期|期限|执行|施行)(?:限)?(?:截止|截至|至|到)\s*(?P<year>[12][0-9]{3})年(?:年?底|末)")
_YEARS = re.compile(
    rf"(?:有效期限?|试行期?限?|暂行期?|执行期限?|施行期限?)[为是：:暂定]{{0,3}}\s*"
    rf"(?:(?P<years>{_COUNT})\s*年|(?P<months>{_COUNT})\s*个月)"
)
_TERM = re.compile(
    rf"{_SELF}(?:的?(?:有效|执行|实施|施行)期限?|执行时间)?[为自从：:]*\s*(?P<when>{DATE})起?"
    r"(?P<rest>[至到—–-][^。]*)"
)
_LAPSE = re.compile(
    rf"{_SELF}(?:[^。，]{{0,6}})?(?:自|于)\s*(?P<date>{DATE})\s*(?P<end>起|后|止)?\s*(?:自动|自行|同时|即行|予以)?(?:废止|失效|终止)"
)
_REPEAL = re.compile(r"废止|停止执行")
_SENTENCE_END = re.compile(r"[。；\n]")
_REPEAL_LENGTH = 600
"""The documents repealed stand within so many characters before the word, in the same sentence."""

_GAP_LENGTH = 60
"""The last title ends within so many characters before the word."""

_JUST_BEFORE = re.compile(
    r"(?:[（(][^（()）]*[）)])?(?:等?[0-9一二三四五六七八九十]*[个件份项]?(?:文件|规定|规范性文件)?)?[，,]?"
    r"(?:自[^。；《》]{1,24}起)?(?:同时|即行|一并|相应|现|均)?(?:予以|宣布)?"
)
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_LONGEST_TERM = 100
"""Years; a longer term is a misprint."""

_MOST_REPEALED = 20
"""A notice that repeals more documents than this is a list of its own."""


@dataclass(frozen=True, slots=True)
class Validity:
    """The first day of force, the first day out of force, and the titles of the documents repealed by this one."""

    effective_on: date | None = None
    repealed_on: date | None = None
    repeals: tuple[str, ...] = ()


def read_validity(text: str, *, issued_on: date | None, published_on: date | None) -> Validity:
    """Read the term of a document from its text.

    Only a sentence about the document itself counts (本办法自…起施行); "from publication" is the day of publication,
    else of issue. A term of n years runs from the effective date; "有效期至2020年12月31日" lapses on 2021-01-01.
    """
    found = list(_EFFECT.finditer(text))
    term = None if found else _TERM.search(text)
    effective = repealed = None
    if found:
        effective = _resolve_day(found[-1], published_on or issued_on)
        repealed = _find_end(found[-1]["rest"], effective)
    elif term:
        effective, repealed = parse_date(term["when"]), _find_end(re.sub("^[—–-]+", "至", term["rest"]), None)
    return Validity(effective, repealed or _find_lapse(text), _find_repeals(text))


def _resolve_day(sentence: re.Match[str], publication: date | None) -> date | None:
    day = parse_date(sentence["when"]) or publication
    return day + timedelta(days=parse_number(sentence["days"])) if day and sentence["days"] else day


def _find_end(rest: str, effective: date | None) -> date | None:
    until = _UNTIL.search(rest)
    last_day = parse_date(until["date"]) if until else None
    if last_day:
        return last_day + timedelta(days=1)
    if year := _UNTIL_YEAR.search(rest):
        return date(int(year["year"]) + 1, 1, 1)
    term = _YEARS.search(rest)
    n_months = 12 * parse_number(term["years"] or "0") + parse_number(term["months"] or "0") if term else 0
    return _add_months(effective, n_months) if effective and 0 < n_months <= 12 * _LONGEST_TERM else None


def _add_months(day: date, months: int) -> date:
    """Return the same day of a later month; where there is none (29 February), the first of the month after."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return date(day.year + years, month + 1, day.day)
    except ValueError:
        return date(day.year + years + month // 11, (month + 1) % 12 + 1, 1)


def _find_lapse(text: str) -> date | None:
    """Return the first day out of force of a sentence like 本办法自2022年1月1日起废止."""
    lapse = _LAPSE.search(text)
    day = parse_date(lapse["date"]) if lapse else None
    return day + timedelta(days=1) if lapse and day and lapse["end"] in {"后", "止"} else day


def _find_repeals(text: str) -> tuple[str, ...]:
    """Return the titles in sentences like 《甲办法》《乙规定》同时废止, in the order named."""
    titles: dict[str, None] = {}
    for found in _REPEAL.finditer(text):
        if text.rfind("》", max(0, found.start() - _GAP_LENGTH), found.start()) < 0:
            continue
        before = text[max(0, found.start() - _REPEAL_LENGTH) : found.start()]
        sentence = _SENTENCE_END.split(before)[-1]
        if _JUST_BEFORE.fullmatch(sentence.rpartition("》")[2]):
            titles |= dict.fromkeys(title[1] for title in _TITLE.finditer(sentence))
    return tuple(titles)[:_MOST_REPEALED]
