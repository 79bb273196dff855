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
_MARK = rf"(?:第{NUMERAL}{{1,5}}[条章]|[（(]?(?:{NUMERAL}{{1,3}}|[0-9]{{1,3}})[）)、.．]、?)?[ \u3000]?"
"""The number of a provision at the beginning of its line."""

_EXPLAINED = r"(?:由[^。，,；]{2,40}负责[^。，,；]{0,10}解释[^。，,；]{0,10})?"
_EFFECT = re.compile(
    rf"(?:{_SELF}(?:所列[^。]{{0,10}}|内容|规定)?{_EXPLAINED}|(?:公布|发布)(?=[， ,]?自{DATE})|^{_MARK})"
    rf"[，, ]?(?:将|均|应当)?[自从]\s*(?P<when>{DATE}|{_START})\s*(?:起)?"
    rf"\s*(?:满?(?P<days>{_COUNT})[日天]后?)?\s*(?:正式|开始|试行|起)?"
    r"(?:施行|实施|执行|生效|实行|试行)(?P<rest>[^。]*(?:。有效期[^。]*)?)",
    re.MULTILINE,
)
_YEAR_MONTH = r"[12][0-9]{3}\s*年(?:\s*[01]?[0-9]\s*月)?"
_LAST_DAY = rf"(?:(?P<date>{DATE})|(?P<year>[12][0-9]{{3}})\s*年\s*(?:(?P<month>[01]?[0-9])\s*月)?)"
_UNTIL = re.compile(
    rf"(?:有效期?|期限|执行|施行)?(?:截止|截至|至|到)\s*(?:于)?\s*{_LAST_DAY}"
    r"(?(date)|(?:年?底|末|止|为止|(?=[，,；。\s]|$)))"
)
_YEARS = re.compile(
    rf"(?:有效期限?|试行期?限?|暂行期?|执行期限?|施行期限?)[为是：:暂定]{{0,4}}\s*"
    rf"(?:(?P<years>{_COUNT})\s*年|(?P<months>{_COUNT})\s*个月)"
)
_PERIOD = (
    r"(?:有效(?:期限?|时间)?|(?:政策|文件)?(?:执行|实施|施行|试行|暂行|适用)(?:有效)?(?:期限?|时间|时限)|[试暂]行期?)"
)
_LENGTH = rf"(?:{_COUNT}\s*年(?![0-9])|{_COUNT}\s*个月)"
_NAMED = (
    rf"(?:(?P<self>{_SELF}(?:政策|内容)?{_EXPLAINED}[，,]?)|^{_MARK}(?:政策|文件|方案)?)"
    rf"的?{_PERIOD}(?:期限)?(?:[为是：: ]|暂定){{0,4}}"
    rf"(?:[自从于]?\s*(?P<when>{DATE}|{_START}|{_YEAR_MONTH})\s*起?\s*(?:计算)?)?[，,]?"
)
_TERM = re.compile(
    rf"(?:{_NAMED}|(?P<also>{_SELF})[自从于]\s*(?P<day>{DATE})\s*起?)"
    rf"(?P<rest>(?:[至到—–-]|截[至止])+\s*(?:于)?\s*(?:{DATE}|[12][0-9]{{3}}\s*年)[^。\n]{{0,12}}|(?(also)(?!)|{_LENGTH}))",
    re.MULTILINE,
)
"""A sentence on the term alone; without 本 the line must begin with it, and it may be the term of something else."""

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

_MONTHS = 12
_MOST_TOLD = 3
"""So many terms are told in the reason of a doubt."""

_MOST_REPEALED = 20
"""A notice that repeals more documents than this is a list of its own."""


@dataclass(frozen=True, slots=True)
class Validity:
    """The first day of force, the first day out of force, and the titles of the documents repealed by this one.

    ``unsure`` says why the first day out of force should be confirmed; "" = no reason.
    """

    effective_on: date | None = None
    repealed_on: date | None = None
    repeals: tuple[str, ...] = ()
    unsure: str = ""


def read_validity(text: str, *, issued_on: date | None, published_on: date | None) -> Validity:
    """Read the term of a document from its text.

    Only a sentence about the document itself counts (本办法自…起施行, 本政策有效期三年), or a line that begins with
    the term (执行期限：…); "from publication" is the day of publication, else of issue. A term of n years runs from the
    effective date, else from publication; "有效期至2020年12月31日" lapses on 2021-01-01.
    """
    publication = published_on or issued_on
    found = list(_EFFECT.finditer(text))
    effective = _resolve_day(found[-1], publication) if found else None
    repealed = (_find_end(found[-1]["rest"], effective) if found else None) or _find_lapse(text)
    terms = [] if repealed else _choose_terms(text)
    unsure = ""
    if terms:
        effective = effective or _begin_term(terms[-1])
        ends = {_end_term(term, effective or publication) for term in terms}
        repealed = ends.pop() if len(ends) == 1 else None
        unsure = _explain_unsure(terms, repealed, counted=effective is None and not terms[-1]["when"])
    return Validity(effective, repealed, _find_repeals(text), unsure)


def _choose_terms(text: str) -> list[re.Match[str]]:
    """Return the last sentence on the document's own term, or else every line that begins with a term."""
    terms = list(_TERM.finditer(text))
    own = [term for term in terms if _is_own(term)]
    return own[-1:] or terms


def _end_term(term: re.Match[str], begins: date | None) -> date | None:
    """Return the first day out of force of a sentence on the term alone."""
    rest = re.sub("^(?:[—–至到-]|截[至止])+", "至", term["rest"])
    return _find_end(f"有效期{rest}", _begin_term(term) or begins)


def _begin_term(term: re.Match[str]) -> date | None:
    return parse_date(term["when"] or term["day"] or "")


def _is_own(term: re.Match[str]) -> bool:
    """Tell whether a sentence names the document itself as what has the term."""
    return bool(term["self"] or term["also"])


def _explain_unsure(terms: list[re.Match[str]], repealed: date | None, *, counted: bool) -> str:
    """Say why an end is uncertain: it may be that of something else, or a term tells no beginning; else ""."""
    words = "; ".join(dict.fromkeys(term[0].strip() for term in terms[:_MOST_TOLD]))
    if repealed is None:
        return f"the text tells a term that gives no single day: {words}"
    if not _is_own(terms[-1]):
        return f"a line tells a term, but not of what: {words}"
    by_length = re.fullmatch(_LENGTH, terms[-1]["rest"]) is not None
    return f"counted from publication, since the text tells no beginning: {words}" if by_length and counted else ""


def _resolve_day(sentence: re.Match[str], publication: date | None) -> date | None:
    day = parse_date(sentence["when"]) or publication
    return day + timedelta(days=parse_number(sentence["days"])) if day and sentence["days"] else day


def _find_end(rest: str, effective: date | None) -> date | None:
    until = _UNTIL.search(rest)
    if until and until["date"]:
        last_day = parse_date(until["date"])
        return last_day + timedelta(days=1) if last_day else None
    if until:
        month = int(until["month"] or 12)
        return _add_months(date(int(until["year"]), month, 1), 1) if 1 <= month <= _MONTHS else None
    term = _YEARS.search(rest)
    n_months = _MONTHS * parse_number(term["years"] or "0") + parse_number(term["months"] or "0") if term else 0
    return _add_months(effective, n_months) if effective and 0 < n_months <= _MONTHS * _LONGEST_TERM else None


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
