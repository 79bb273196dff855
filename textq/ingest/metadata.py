"""Metadata of a document from its text, its page's own table, and the manifest; the manifest wins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from textq.ingest.extract import Extract
from textq.ingest.head import Head, normalize_number, read_head
from textq.ingest.manifest import ManifestRow, split_list
from textq.ingest.scope import find_scope
from textq.ingest.signature import Signature, read_signature
from textq.ingest.validity import read_validity
from textq.lexicon.places import Gazetteer
from textq.lexicon.power import document_type, issuer_level
from textq.notation.numerals import parse_date
from textq.notation.organs import split_organs
from textq.records import Level

CONFLICT_MARK = "the manifest says"
"""Stands in the note on a field that text and manifest state differently."""

UNKNOWN_UNIT_MARK = "is not in the gazetteer"
"""Stands in the note on a unit whose code no place has."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document besides its text; names and meaning as in :class:`textq.records.Document`.

    ``notes`` list what the manifest states otherwise than the text, and what was not found.
    """

    title: str
    issuers: tuple[str, ...]
    units: tuple[str, ...]
    scope_reason: str
    level: Level | None
    doc_type: str
    doc_number: str | None
    issued_on: date | None
    published_on: date | None
    effective_on: date | None
    repealed_on: date | None
    notes: tuple[str, ...] = ()


def read_metadata(extract: Extract, gazetteer: Gazetteer, row: ManifestRow | None = None) -> Metadata:
    """Read the metadata of a document by rules, then let the manifest's row override them.

    The places a document applies to are looked for with the final title and issuers, so that a title given in the
    manifest counts there too.
    """
    found = _add_scope(_read_text(extract), extract.text, gazetteer, {})
    stated = row.fields if row else {}
    merged = found
    if stated:
        merged = _add_scope(replace(found, **_stated_values(stated)), extract.text, gazetteer, stated)
    unknown = [f"unit {code} {UNKNOWN_UNIT_MARK}" for code in merged.units if code not in gazetteer]
    return replace(merged, notes=(*unknown, *_find_conflicts(found, merged, stated), *_find_gaps(merged)))


def _read_text(extract: Extract) -> Metadata:
    head = read_head(extract.text)
    signature = read_signature(extract.text, n_head_lines=head.n_lines)
    fields = {**head.labelled, **extract.fields}
    title = fields.get("title") or head.title
    issued, published = _find_issue(fields, head, signature), parse_date(fields.get("published_on", ""))
    published = published or signature.printed_on
    effective, repealed = read_validity(extract.text, issued_on=issued, published_on=published)
    return Metadata(
        title=title,
        issuers=split_organs(fields.get("issuers", "")) or _find_issuers(head, signature),
        units=(),
        scope_reason="",
        level=None,
        doc_type=document_type(title),
        doc_number=normalize_number(fields.get("doc_number", "")) or head.doc_number or None,
        issued_on=issued,
        published_on=published,
        effective_on=parse_date(fields.get("effective_on", "")) or effective,
        repealed_on=parse_date(fields.get("repealed_on", "")) or repealed,
    )


def _find_issuers(head: Head, signature: Signature) -> tuple[str, ...]:
    """Return the issuers in the head; those who signed, where they are more (商务部等14部门关于……)."""
    return signature.issuers if set(head.issuers) < set(signature.issuers) else head.issuers


def _find_issue(fields: Mapping[str, str], head: Head, signature: Signature) -> date | None:
    """Return 成文日期: as the page states it, as signed, or for a regulation the day of its adoption."""
    return parse_date(fields.get("issued_on", "")) or signature.issued_on or parse_date(head.adopted)


def _stated_values(stated: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest's values in the types of :class:`Metadata`; scope and level are added later."""
    values: dict[str, Any] = {name: stated[name] for name in ("title", "doc_type") if name in stated}
    if "doc_number" in stated:
        values["doc_number"] = normalize_number(stated["doc_number"])
    if "issuers" in stated:
        values["issuers"] = tuple(split_list(stated["issuers"]))
    dates = ("issued_on", "published_on", "effective_on", "repealed_on")
    return values | {name: parse_date(stated[name]) for name in dates if name in stated}


def _add_scope(found: Metadata, text: str, gazetteer: Gazetteer, stated: Mapping[str, str]) -> Metadata:
    level = stated.get("level") or (issuer_level(found.issuers[0], gazetteer) if found.issuers else None)
    found = replace(found, level=cast("Level | None", level), doc_type=found.doc_type or document_type(found.title))
    if "units" in stated:
        return replace(found, units=split_units(stated["units"]), scope_reason="manifest")
    scope = find_scope(found.title, found.issuers, found.level, text, gazetteer, on=found.issued_on)
    return replace(found, units=scope.units, scope_reason=scope.reason)


def split_units(units: str) -> tuple[str, ...]:
    """Return the codes of a manifest's cell; "-" states that the document applies to no single place."""
    return () if units == "-" else tuple(split_list(units))


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
