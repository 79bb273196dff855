"""What a person should confirm about a document: values that were not found, or that contradict each other."""

from collections.abc import Iterator, Sequence
from datetime import date

from textq.ingest.metadata.doc_number import read_year
from textq.ingest.metadata.head import Head
from textq.ingest.metadata.scope import Scope
from textq.ingest.metadata.signature import Signature
from textq.lexicon.place_abbreviations import builtin_abbreviations
from textq.lexicon.places import Gazetteer
from textq.records import Doubt, Level

_NEW_YEAR = 2
"""A number of last year's series is still given in the first months of a year, up to this one."""

_MOST_NAMED = 6
"""So many candidates are named in the reason of a doubt."""


def find_text_doubts(head: Head, signature: Signature, fields: dict[str, str]) -> Iterator[Doubt]:
    """Yield what the head, the signature and the page's own fields contradict each other in, or leave unfinished."""
    if "issuers" not in fields and _disagree(head.issuers, signature.issuers):
        found, signed = ("、".join(names) for names in (head.issuers, signature.issuers))
        yield Doubt("issuers", found, f"the title or head names {found}, but {signed} signed")
    if len(head.numbers) > 1 and "doc_number" not in fields:
        yield Doubt("doc_number", head.numbers[0], f"several numbers: {'; '.join(head.numbers)}")
    if not head.numbers and head.blank_number and "doc_number" not in fields:
        yield Doubt("doc_number", "", f"{head.blank_number} has no serial: perhaps this is a draft")


def find_date_doubts(
    issued_on: date | None, head: Head, signature: Signature, *, stated: bool, number: str | None
) -> Iterator[Doubt]:
    """Yield why the day of issue is uncertain: none found, or another one in the text or the number.

    ``stated`` tells that the page itself states the day.
    """
    if issued_on is None:
        yield Doubt("issued_on", "", _explain_undated(head, signature))
        return
    signed, below = signature.issued_on, head.dated_on
    if stated and signed and signed != issued_on:
        yield Doubt("issued_on", str(issued_on), f"the page states {issued_on}, but the text is signed {signed}")
    elif not stated and signed and below and signed != below:
        yield Doubt("issued_on", str(issued_on), f"signed {signed}, but {below} stands below the title")
    year = read_year(number or "")
    late = year == issued_on.year - 1 and issued_on.month <= _NEW_YEAR
    if year and year != issued_on.year and not late:
        yield Doubt("issued_on", str(issued_on), f"the number {number} is of another year")


def find_future_doubts(
    issued_on: date | None, published_on: date | None, last_day: date, *, retrieved: bool
) -> Iterator[Doubt]:
    """Yield that a document is dated after its publication, its retrieval, or the day of this run (``last_day``)."""
    bound = f"after {last_day}, when the file was retrieved" if retrieved else "in the future"
    for field, day in (("issued_on", issued_on), ("published_on", published_on)):
        if day and day > last_day:
            yield Doubt(field, str(day), f"it lies {bound}")
    if issued_on and published_on and published_on < issued_on:
        yield Doubt("issued_on", str(issued_on), f"after {published_on}, when the document was published")


def find_scope_doubts(
    scope: Scope, issuers: Sequence[str], level: Level | None, gazetteer: Gazetteer
) -> Iterator[Doubt]:
    """Yield why the place is not settled, and why the level of known issuers is not."""
    if scope.reason == "ambiguous_place":
        named = [f"{code} {_name_in_full(code, gazetteer)}" for code in scope.candidates[:_MOST_NAMED]]
        more = ", …" if len(scope.candidates) > _MOST_NAMED else ""
        yield Doubt("units", "", f"several places bear the name: {', '.join(named)}{more}")
    elif scope.reason == "unknown":
        yield Doubt("units", "", "neither title nor issuers name a place of the gazetteer")
    elif scope.unsure:
        yield Doubt("units", ";".join(scope.units), scope.unsure)
    if level is None and issuers and scope.reason != "ambiguous_place":
        yield Doubt("level", "", f"the level of {issuers[0]} shows in no list and no place in its name")


def find_issuer_doubts(issuers: Sequence[str], number: str | None, gazetteer: Gazetteer) -> Iterator[Doubt]:
    """Yield that no issuer was found, or that the number begins with the sign of another place (甬 for 宁波)."""
    prefix = (number or "").partition("〔")[0]
    places = builtin_abbreviations().find_places(prefix) if "〔" in (number or "") else ()
    signs = "、".join(gazetteer.place_of(code).name for code in places)
    if not issuers:
        hint = f"; the number {number} is one of {signs}" if places else ""
        yield Doubt("issuers", "", f"neither title, head nor signature names a body{hint}")
    elif places and not _lies_in(issuers, prefix[0], places, gazetteer):
        named = "、".join(issuers)
        yield Doubt("doc_number", number or "", f"it begins like a number of {signs}, but the issuer is {named}")


def find_validity_doubts(
    validity: str, issued_on: date | None, effective_on: date | None, repealed_on: date | None, *, unsure: str
) -> Iterator[Doubt]:
    """Yield that the page states the document void without the day, or that the days are out of order.

    ``unsure`` says why the text leaves the end of the term uncertain (see :mod:`textq.ingest.metadata.validity`).
    """
    if repealed_on is None and ("失效" in validity or "废止" in validity):
        yield Doubt("repealed_on", "", f"stated to be {validity}, but not since when")
    if unsure:
        yield Doubt("repealed_on", str(repealed_on or ""), unsure)
    begins = max(filter(None, (issued_on, effective_on)), default=None)
    if repealed_on and begins and repealed_on <= begins:
        yield Doubt("repealed_on", str(repealed_on), f"not after {begins}, when the document was issued or took effect")


def _explain_undated(head: Head, signature: Signature) -> str:
    if signature.unfinished:
        return f"the signature reads {signature.unfinished}, which is no full or possible date"
    if head.adoption.amended_on:
        days = ", ".join(map(str, head.adoption.amended_on))
        return f"only revisions are told ({days}), not the first adoption"
    return "no date in the signature, below the title or in a note on its adoption"


def _disagree(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether two lists of bodies have nothing in common, be it as part of a longer name."""
    return bool(first and second) and not any(
        one.endswith(other) or other.endswith(one) or one.startswith(other) or other.startswith(one)
        for one in first
        for other in second
    )


def _name_in_full(code: str, gazetteer: Gazetteer) -> str:
    outer = gazetteer.parent_of(code)
    return (outer.name if outer else "") + gazetteer.place_of(code).name


def _lies_in(issuers: Sequence[str], sign: str, places: Sequence[str], gazetteer: Gazetteer) -> bool:
    """Tell whether an issuer may use the sign: it bears it in its name, names no place, or lies in such a place."""
    found = [match for name in issuers for match in gazetteer.find_places(name)]
    if not found or any(match.place is None for match in found) or any(sign in name for name in issuers):
        return True
    codes = {code for match in found if match.place for code in _with_outer(match.place.code, gazetteer)}
    return not codes.isdisjoint(places)


def _with_outer(code: str, gazetteer: Gazetteer) -> list[str]:
    codes = [code]
    while outer := gazetteer.parent_of(codes[-1]):
        codes.append(outer.code)
    return codes
