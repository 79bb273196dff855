"""The history that a regulation tells below its title: adopted, promulgated, amended; by whom and on which day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from textq.ingest.metadata.doc_number import normalize_number
from textq.notation.numerals import DATE, NUMERAL, parse_date
from textq.notation.organs import ORGAN, split_organs

PREAMBLE = 600
"""The history is told within so many characters at the beginning of a document."""

_ORGANS = rf"(?:(?>{ORGAN}(?=[、 \n]))[、 \n])*{ORGAN}"
_COUNT = rf"(?:{NUMERAL}{{1,5}}|[0-9]{{1,5}})"
_SESSION = rf"第?{_COUNT}届"
_PLACE = r"(?P<place>[\u4e00-\u9fff]{0,13}?[省市区县州旗])"
_CONGRESS = r"人民代表大会(?:常务委员会)?|人大(?:常委会)?"
_PUBLISHED = r"(?:公布|发布|颁布)(?=[\s）)，,、]|$|自|根据|施行|实施|执行)"
_BEFORE_BODY = re.compile(r"第一[条章编]|总 ?则|目 ?[录次]")

_DAY = re.compile(rf"(?P<cited>根据)?(?P<date>{DATE})[ \n]?")
_SENTENCE_END = re.compile(r"[。；]")
_BODY = re.compile(
    rf"[经由]?{_PLACE}?(?:{_SESSION})?(?P<nation>全国)?(?P<body>{_CONGRESS})[^《》]{{0,40}}?"
    r"(?<!修订)(?<!修改)通过(?!并经|的|修订|修正)"
)
_PASSED_ON = re.compile(
    rf"[由经](?:中华人民共和国)?{_PLACE}?(?:{_SESSION})?(?P<nation>全国)?(?P<body>{_CONGRESS})第{_COUNT}次会议于(?P<date>{DATE})通过"
)
"""What an order says of the law it promulgates."""

_ORDER_END = rf"(?:令|公告)(?:[12][0-9]{{3}}年)?第? ?{_COUNT} ?号"
_ORDER = re.compile(
    rf"(?P<number>(?P<organs>{_ORGANS}|{_PLACE}{_SESSION}(?:{_CONGRESS}))(?:{_ORDER_END}|第 ?{_COUNT} ?号令))"
    rf"(?:、{_ORGANS}{_ORDER_END})*(?:{_PUBLISHED}|[\s）)]*$)"
)
_ISSUE = re.compile(rf"(?:(?P<organs>{_ORGANS})(?:令|公告)?)?{_PUBLISHED}")
_MEETING = re.compile(
    rf"[经由]?(?P<organs>{ORGAN})(?:[12][0-9]{{3}}年)?第? ?{_COUNT} ?次[^。，]{{0,10}}会议?(?:审议)?通过(?!的)"
)
_CHANGE = re.compile(r"(?:修正|修订|修改)(?:通过|公布|发布)?(?=[\s）)]|$)")


@dataclass(frozen=True, slots=True)
class Adoption:
    """What a document says of its own making.

    Attributes
    ----------
    issued_on
        The day of adoption by a people's congress, else of promulgation, else of adoption by a government or
        department; None without any of them. Later changes do not move it.
    issuers
        Who adopted, or promulgated it.
    number
        The number of the order or announcement that promulgated it; "" if none is told.
    amended_on
        The days on which it was amended or revised, in the order told.
    public_from
        The last day told of approval or promulgation, before which the document was not public; None if none is told.
    """

    issued_on: date | None = None
    issuers: tuple[str, ...] = ()
    number: str = ""
    amended_on: tuple[date, ...] = ()
    public_from: date | None = None


def read_adoption(text: str) -> Adoption:
    """Read the history of a regulation from the beginning of its text, above the first article or chapter."""
    preamble = _BEFORE_BODY.split(text[:PREAMBLE], maxsplit=1)[0]
    adopted = promulgated = considered = Adoption()
    amended: list[date] = []
    public_from = None
    for day, words, cited in _iterate_events(preamble):
        if not cited:
            adopted = adopted if adopted.issued_on else _read_adopted(words, day)
            promulgated = promulgated if promulgated.issued_on else _read_promulgated(words, day)
            considered = considered if considered.issued_on else _read_considered(words, day)
        if _CHANGE.search(words):
            amended.append(day)
        elif not cited and not amended and ("批准" in words or promulgated.issued_on == day):
            public_from = day
    by_order = _read_order(preamble)
    first = next((one for one in (adopted, by_order, promulgated, considered) if one.issued_on), Adoption())
    return Adoption(first.issued_on, first.issuers, promulgated.number, tuple(dict.fromkeys(amended)), public_from)


def _iterate_events(preamble: str) -> Iterator[tuple[date, str, bool]]:
    """Yield each day told, the words behind it up to the next day or sentence, and whether 根据 stands before it."""
    found = list(_DAY.finditer(preamble))
    for one, following in zip_longest(found, found[1:]):
        day = parse_date(one["date"])
        end = following.start() if following else len(preamble)
        if day:
            yield day, _SENTENCE_END.split(preamble[one.end() : end], maxsplit=1)[0], one["cited"] is not None


def _read_adopted(words: str, day: date) -> Adoption:
    body = _BODY.match(words)
    if body is None:
        return Adoption()
    return Adoption(day, split_organs((body["place"] or "") + (body["nation"] or "") + body["body"]))


def _read_order(preamble: str) -> Adoption:
    passed = _PASSED_ON.search(preamble)
    if passed is None:
        return Adoption()
    body = (passed["place"] or "") + (passed["nation"] or "") + passed["body"]
    return Adoption(parse_date(passed["date"]), split_organs(body))


def _read_promulgated(words: str, day: date) -> Adoption:
    """Read 国务院令第309号公布, 交通部发布; a body that only approves (批准) does not issue."""
    order = _ORDER.match(words)
    issue = order or _ISSUE.match(words)
    if issue is None:
        return Adoption()
    organs = split_organs(re.sub(_SESSION, "", issue["organs"] or "").replace("\n", " "))
    return Adoption(day, organs, normalize_number(order["number"]) if order else "")


def _read_considered(words: str, day: date) -> Adoption:
    meeting = _MEETING.match(words)
    return Adoption(day, split_organs(meeting["organs"])) if meeting else Adoption()
