"""Metadata of a document from its text, its page's own table, the manifest, and what a person confirmed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from textq.ingest.extract import Extract
from textq.ingest.manifest import NOTHING, ManifestRow, find_last_day, split_list
from textq.ingest.metadata.doc_number import normalize_number
from textq.ingest.metadata.doubts import (
    find_date_doubts,
    find_future_doubts,
    find_issuer_doubts,
    find_scope_doubts,
    find_text_doubts,
    find_validity_doubts,
)
from textq.ingest.metadata.head import Head, read_head
from textq.ingest.metadata.scope import Scope, find_own_place, find_scope
from textq.ingest.metadata.signature import Signature, read_signature
from textq.ingest.metadata.title import is_complete_title, read_type
from textq.ingest.metadata.validity import Validity, read_validity
from textq.lexicon.places import Gazetteer
from textq.lexicon.power import issuer_level
from textq.notation.numerals import parse_date
from textq.notation.organs import split_organs
from textq.records import Doubt, Level

CONFLICT_MARK = "the manifest says"
"""Stands in the note on a field that text and manifest state differently."""

UNKNOWN_UNIT_MARK = "is not in the gazetteer"
"""Stands in the note on a unit whose code no place has."""

_DATES = ("issued_on", "published_on", "effective_on", "repealed_on")
_LONGEST_VALIDITY = 12
"""有效性 is a word or two; a longer cell holds something else."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document besides its text; names and meaning as in :class:`textq.records.Document`.

    ``notes`` list what the manifest states otherwise than the text, what was not found, when a regulation was amended
    and what it repeals; ``doubts`` the fields that a person should confirm.
    """

    title: str
    issuers: tuple[str, ...]
    units: tuple[str, ...]
    scope_reason: str
    level: Level | None
    doc_type: str
    doc_number: str | None
    promulgated_by: str
    issued_on: date | None
    published_on: date | None
    effective_on: date | None
    repealed_on: date | None
    validity: str = ""
    place: str = ""
    notes: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the text says and the page states, as found; the values that follow from them are :class:`Metadata`."""

    text: str
    head: Head
    signature: Signature
    fields: Mapping[str, str]
    term: Validity = field(default_factory=Validity)


def read_metadata(
    extract: Extract,
    gazetteer: Gazetteer,
    row: ManifestRow | None = None,
    confirmed: Mapping[str, str] = MappingProxyType({}),
) -> Metadata:
    """Read the metadata of a document by rules, then let the manifest's row, and then ``confirmed``, override them.

    The places a document applies to are looked for with the final title and issuers, so that a title given in the
    manifest counts there too.

    Parameters
    ----------
    extract : Extract
        The text, and the fields that the file's format states.
    gazetteer : Gazetteer
        The places by name and code.
    row : ManifestRow, optional
        What the manifest states; its cells win over the text.
    confirmed : mapping of str to str
        What a person confirmed, by the manifest's names of columns; "-" says that the document has no such value.
        It wins over the manifest.

    Returns
    -------
    Metadata
        ``doubts`` are only about fields that neither the manifest nor ``confirmed`` states.
    """
    evidence = _read_evidence(extract)
    found, evidence = _read_text(evidence)
    found, scope = _add_scope(found, evidence.text, gazetteer, {})
    stated = {**(row.fields if row else {}), **confirmed}
    merged = found
    if stated:
        merged, scope = _add_scope(replace(found, **_stated_values(stated)), evidence.text, gazetteer, stated)
    if "units" in confirmed:
        merged = replace(merged, scope_reason="confirmed")
    unknown = [f"unit {code} {UNKNOWN_UNIT_MARK}" for code in merged.units if code not in gazetteer]
    manifest = {name: cell for name, cell in stated.items() if name not in confirmed}
    notes = (*unknown, *_find_conflicts(found, merged, manifest), *_find_gaps(merged))
    retrieved = parse_date(row.source.get("retrieved_on", "")) if row else None
    doubts = (
        *_find_doubts(merged, evidence, scope, gazetteer),
        *find_future_doubts(
            merged.issued_on, merged.published_on, retrieved or find_last_day(), retrieved=retrieved is not None
        ),
    )
    open_doubts = tuple(dict.fromkeys(doubt for doubt in doubts if doubt.field not in stated))
    return replace(merged, notes=(*notes, *_tell_history(evidence)), doubts=open_doubts)


def _read_evidence(extract: Extract) -> _Evidence:
    head = read_head(extract.text)
    signature = read_signature(extract.text, n_head_lines=head.n_lines)
    return _Evidence(extract.text, head, signature, {**head.labelled, **extract.fields})


def _read_text(evidence: _Evidence) -> tuple[Metadata, _Evidence]:
    """Return the values that the text and the page give, and the evidence with what it tells of its term."""
    head, signature, fields = evidence.head, evidence.signature, evidence.fields
    title = fields.get("title") or head.title
    issued = _find_issue(fields, head, signature)
    published = parse_date(fields.get("published_on", "")) or signature.printed_on
    term = read_validity(evidence.text, issued_on=issued, published_on=published or head.adoption.public_from)
    validity = "".join(fields.get("validity", "").split())
    found = Metadata(
        title=title,
        issuers=split_organs(fields.get("issuers", "")) or _find_issuers(head, signature),
        units=(),
        scope_reason="",
        level=None,
        doc_type=read_type(title),
        doc_number=normalize_number(fields.get("doc_number", "")) or next(iter(head.numbers), None),
        promulgated_by=head.adoption.number,
        issued_on=issued,
        published_on=published,
        effective_on=parse_date(fields.get("effective_on", "")) or term.effective_on,
        repealed_on=parse_date(fields.get("repealed_on", "")) or term.repealed_on,
        validity=validity if len(validity) <= _LONGEST_VALIDITY else "",
    )
    return found, replace(evidence, term=term)


def _find_issuers(head: Head, signature: Signature) -> tuple[str, ...]:
    """Return the issuers in the head; those who signed, where they are more (商务部等14部门关于……)."""
    return signature.issuers if set(head.issuers) < set(signature.issuers) else head.issuers


def _find_issue(fields: Mapping[str, str], head: Head, signature: Signature) -> date | None:
    """Return 成文日期: as the page states it, as signed, or for a regulation the day of its adoption."""
    stated = parse_date(fields.get("issued_on", ""))
    return stated or signature.issued_on or head.adoption.issued_on or head.dated_on


def _stated_values(stated: Mapping[str, str]) -> dict[str, Any]:
    """Return the values stated in the types of :class:`Metadata`; scope and level are added later."""
    given = {name: "" if value == NOTHING else value for name, value in stated.items()}
    values: dict[str, Any] = {name: given[name] for name in ("title", "doc_type", "validity") if name in given}
    if "doc_number" in given:
        values["doc_number"] = normalize_number(given["doc_number"]) or None
    if "issuers" in given:
        values["issuers"] = tuple(split_list(given["issuers"]))
    return values | {name: parse_date(given[name]) for name in _DATES if name in given}


def _add_scope(found: Metadata, text: str, gazetteer: Gazetteer, stated: Mapping[str, str]) -> tuple[Metadata, Scope]:
    level = stated.get("level") or next(
        (issuer_level(name, gazetteer, on=found.issued_on) for name in found.issuers[:1]), None
    )
    doc_type = found.doc_type or ("" if "doc_type" in stated else read_type(found.title))
    found = replace(found, level=cast("Level | None", None if level == NOTHING else level), doc_type=doc_type)
    if "units" in stated:
        scope = Scope(split_units(stated["units"]), "manifest")
    else:
        scope = find_scope(found.title, found.issuers, found.level, text, gazetteer, on=found.issued_on)
    place = find_own_place(found.issuers, found.level, scope.units, gazetteer, on=found.issued_on)
    return replace(found, units=scope.units, scope_reason=scope.reason, place=place), scope


def split_units(units: str) -> tuple[str, ...]:
    """Return the codes of a manifest's cell; "-" states that the document applies to no single place."""
    return () if units == NOTHING else tuple(split_list(units))


def _find_doubts(merged: Metadata, evidence: _Evidence, scope: Scope, gazetteer: Gazetteer) -> Iterator[Doubt]:
    head, signature, fields = evidence.head, evidence.signature, dict(evidence.fields)
    if "title" not in fields and not is_complete_title(merged.title):
        yield Doubt("title", merged.title, "no line above the text ends like a title")
    yield from find_text_doubts(head, signature, fields)
    yield from find_issuer_doubts(merged.issuers, merged.doc_number, gazetteer)
    yield from find_date_doubts(
        merged.issued_on, head, signature, stated="issued_on" in fields, number=merged.doc_number
    )
    yield from find_scope_doubts(scope, merged.issuers, merged.level, gazetteer)
    unsure = "" if "repealed_on" in fields else evidence.term.unsure
    days = (merged.issued_on, merged.effective_on, merged.repealed_on)
    yield from find_validity_doubts(merged.validity, *days, unsure=unsure)


def _tell_history(evidence: _Evidence) -> Iterator[str]:
    if amended := evidence.head.adoption.amended_on:
        yield f"amended on {', '.join(map(str, amended))}"
    if len(evidence.head.numbers) > 1:
        yield f"further numbers: {'; '.join(evidence.head.numbers[1:])}"
    if evidence.term.repeals:
        yield f"repeals {''.join(f'《{title}》' for title in evidence.term.repeals)}"


def _find_conflicts(found: Metadata, merged: Metadata, stated: Mapping[str, str]) -> list[str]:
    """Name the fields where text and manifest both say something, and not the same."""
    conflicts = []
    for name in stated:
        theirs, ours = (_to_text(getattr(record, name, None)) for record in (found, merged))
        if theirs and ours and theirs.replace(" ", "") != ours.replace(" ", ""):
            conflicts.append(f"{name}: {CONFLICT_MARK} {ours}, text {theirs}")
    return conflicts


def _to_text(value: object) -> str:
    return ";".join(sorted(value)) if isinstance(value, tuple) else str(value or "")


def _find_gaps(merged: Metadata) -> list[str]:
    gaps = []
    if not merged.title:
        gaps.append("no title found")
    if merged.issued_on is None and merged.published_on is None:
        gaps.append("undated: kept out of scores")
    if merged.scope_reason in {"ambiguous_place", "unknown"}:
        gaps.append("place not found: kept out of scores; state it in the manifest's column units")
    return gaps
