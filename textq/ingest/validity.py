"""When a document takes effect and when it lapses, from its own closing provisions."""

import re
from datetime import date, timedelta

from textq.notation.numerals import DATE, NUMERAL, parse_date, parse_number

_SELF = (
    r"本(?:(?:实施|若干|政策)?(?:办法|规定|条例|意见|通知|方案|措施|细则|决定|公告|规则|计划|规划|条款|文件)|政策|法)"
)
_EFFECT = re.compile(
    rf"(?:{_SELF}(?:所列[^。]{{0,10}})?|^)[，,]?自\s*(?P<when>{DATE}|(?:公布|发布|印发|颁布|下发)(?:之日|日))\s*"
    r"(?:起)?\s*(?:满?(?P<days>[0-9]{1,3}|[一二三四五六七八九十]{1,3})日后?)?\s*(?:正式)?(?:施行|实施|执行|生效)(?P<rest>[^。]*)",
    re.MULTILINE,
)
_UNTIL = re.compile(rf"(?:有效期|期限|执行)?(?:截止|截至|至|到)\s*(?P<date>{DATE})(?:止|为止)?")
_YEARS = re.compile(rf"(?:有效期限?|试行期?)[为：]?\s*(?P<years>[0-9]{{1,2}}|{NUMERAL}{{1,3}})\s*年")
_TERM = re.compile(rf"{_SELF}(?:的?有效期限?|的?执行期限?)[为自从：]*\s*(?P<when>{DATE})起?(?P<rest>[至到][^。]*)")
_LONGEST_TERM = 100
"""Years; a longer term is a misprint."""


def read_validity(text: str, *, issued_on: date | None, published_on: date | None) -> tuple[date | None, date | None]:
    """Return (effective_on, repealed_on); ``repealed_on`` is the first day on which the document is out of force.

    Only a sentence about the document itself counts (本办法自…起施行); "from publication" is the day of publication,
    else of issue. A term of n years runs from the effective date; "有效期至2020年12月31日" lapses on 2021-01-01.
    """
    found = list(_EFFECT.finditer(text))
    if found:
        effective = _resolve_day(found[-1], published_on or issued_on)
        return effective, _find_end(found[-1]["rest"], effective)
    term = _TERM.search(text)
    return (parse_date(term["when"]), _find_end(term["rest"], None)) if term else (None, None)


def _resolve_day(sentence: re.Match[str], publication: date | None) -> date | None:
    day = parse_date(sentence["when"]) or publication
    return day + timedelta(days=parse_number(sentence["days"])) if day and sentence["days"] else day


def _find_end(rest: str, effective: date | None) -> date | None:
    until = _UNTIL.search(rest)
    last_day = parse_date(until["date"]) if until else None
    if last_day:
        return last_day + timedelta(days=1)
    years = _YEARS.search(rest)
    n_years = parse_number(years["years"]) if years else 0
    return _add_years(effective, n_years) if effective and 0 < n_years <= _LONGEST_TERM else None


def _add_years(day: date, years: int) -> date:
    """Return the anniversary; of 29 February, 1 March in common years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
