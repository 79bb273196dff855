"""Audit samples with known inclusion probabilities: the plan, the draw, and the record that an event holds.

Strata of whole documents (the default) or of clauses; within a stratum all units have the same probability and are
drawn without replacement, so that every probability, also the joint ones, is known exactly. The coders get the units in
a random order over all strata: what they have done when they stop early is itself a sample of each stratum.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from textq.errors import ReviewError
from textq.review.allocation import allocate
from textq.review.strata import (
    Cell,
    IntArray,
    SampleFrame,
    Unit,
    hash_frame,
    measure_information,
    stratify_clauses,
    stratify_documents,
)

LEAST_SHARE = 0.2
"""No stratum is drawn from with less than this share of the average probability."""

CLAUSE_FLOOR = 20
"""Clauses of each stratum, if it has as many, where the size allows it."""

DOCUMENT_FLOOR = 2
"""Documents of each stratum; with one alone its spread could not be seen."""


@dataclass(frozen=True, slots=True)
class StratumPlan:
    """A stratum: how many of its units are drawn, and how many clauses it holds; ``pi`` = n_drawn / n_frame."""

    name: str
    n_frame: int
    n_drawn: int
    n_clauses: int

    @property
    def pi(self) -> float:
        """The probability of each of its clauses."""
        return self.n_drawn / self.n_frame


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """What is drawn from which strata; ``cells`` are the units of each."""

    unit: Unit
    strata: tuple[StratumPlan, ...]
    cells: tuple[Cell, ...]

    @property
    def n_expected(self) -> float:
        """How many clauses are drawn on average."""
        return sum(one.pi * one.n_clauses for one in self.strata)

    @property
    def n_units(self) -> int:
        """How many documents, or clauses, are drawn."""
        return sum(one.n_drawn for one in self.strata)


@dataclass(frozen=True, slots=True)
class SampleItem:
    """A drawn clause: its key and the hash of its text, the name of its stratum, and its probability."""

    key: str
    sha256: str
    stratum: str
    pi: float


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """A drawn sample as the event ``sample`` holds it.

    Attributes
    ----------
    unit
        What was drawn: whole documents, or clauses.
    seed
        Of the generator.
    frame_sha256
        Of what it was drawn from: :func:`textq.review.strata.hash_frame`.
    run_id, codebook
        The run whose codes made the strata, and its codebook.
    each, coders
        How many people code each clause, and who may; nobody named: anybody.
    strata
        The strata, in order.
    variables
        What made them.
    items
        The drawn clauses in the order in which they are coded.
    documents
        (doc_id, how many of ``items``, one after the other): the documents in that order; empty for clauses.
    totals
        By code, how often the machine gave it in the run as a whole, which is what shares refer to.
    after
        The earlier samples whose clauses were left out of the frame; probabilities are conditional on them.
    half_width
        What was asked for, in shares; None where a size was.
    """

    unit: Unit
    seed: int
    frame_sha256: str
    run_id: str
    codebook: str
    each: int
    coders: tuple[str, ...]
    strata: tuple[StratumPlan, ...]
    variables: tuple[str, ...]
    items: tuple[SampleItem, ...]
    documents: tuple[tuple[str, int], ...]
    totals: Mapping[str, int]
    after: tuple[str, ...] = ()
    half_width: float | None = None


def plan_sample(frame: SampleFrame, names: Sequence[str], size: int, unit: Unit) -> SamplePlan:
    """Plan a sample of about ``size`` clauses.

    Raises
    ------
    ReviewError
        If the frame has no clauses, or fewer than two are asked for.
    """
    if not len(frame):
        raise ReviewError(
            "no coded clause is left to draw an audit from: all of the run's are in earlier samples, or it has none."
        )
    if size < 2:
        raise ReviewError(f"an audit needs at least 2 clauses. Got a size of {size}.")
    size = min(size, len(frame))
    if unit == "clause":
        cells = stratify_clauses(frame, names, size)
        sizes = np.ones(len(frame))
        floor = max(2, min(CLAUSE_FLOOR, size // (2 * len(cells))))
    else:
        sizes = frame.sizes.astype(float)
        n_documents = max(1, round(size / (len(frame) / len(frame.doc_ids))))
        cells = stratify_documents(frame, names, n_documents)
        floor = DOCUMENT_FLOOR
    spread = measure_information(frame, whole_documents=unit == "document")
    counts = np.array([len(cell.members) for cell in cells], dtype=np.intp)
    costs = np.array([sizes[cell.members].mean() for cell in cells])
    spreads = np.array([np.sqrt((spread[cell.members] ** 2).mean()) for cell in cells])
    least = np.ceil(LEAST_SHARE * size / len(frame) * counts - 1e-9).astype(np.intp)
    drawn = allocate(counts, spreads, costs, size, np.maximum(least, floor))
    strata = tuple(
        StratumPlan(cell.name, int(counts[h]), int(drawn[h]), int(sizes[cell.members].sum()))
        for h, cell in enumerate(cells)
    )
    return SamplePlan(unit, strata, tuple(cells))


def draw_sample(
    frame: SampleFrame, plan: SamplePlan, generator: np.random.Generator
) -> tuple[tuple[SampleItem, ...], tuple[tuple[str, int], ...]]:
    """Draw the clauses of a plan.

    Returns
    -------
    items, documents
        As :class:`SampleRecord` has them. Units stand in a random order; the clauses of a document in their own.
    """
    drawn, strata = list[IntArray](), list[IntArray]()
    for number, (cell, stratum) in enumerate(zip(plan.cells, plan.strata, strict=True)):
        drawn.append(generator.choice(cell.members, stratum.n_drawn, replace=False))
        strata.append(np.full(stratum.n_drawn, number, dtype=np.intp))
    units, of_units = np.concatenate(drawn), np.concatenate(strata)
    order = generator.permutation(len(units))
    units, of_units = units[order], of_units[order]
    if plan.unit == "clause":
        return tuple(_list_items(frame, plan, units, of_units)), ()
    by_document = np.argsort(frame.documents, kind="stable")
    ends = np.cumsum(frame.sizes)
    members = [by_document[ends[one] - frame.sizes[one] : ends[one]] for one in units]
    lengths = [len(clauses) for clauses in members]
    clauses = np.concatenate(members)
    items = _list_items(frame, plan, clauses, np.repeat(of_units, lengths))
    return tuple(items), tuple((frame.doc_ids[one], n) for one, n in zip(units, lengths, strict=True))


def _list_items(frame: SampleFrame, plan: SamplePlan, clauses: IntArray, strata: IntArray) -> list[SampleItem]:
    return [
        SampleItem(frame.keys[clause], frame.shas[clause], plan.strata[number].name, plan.strata[number].pi)
        for clause, number in zip(clauses.tolist(), strata.tolist(), strict=True)
    ]


def hash_plan(frame: SampleFrame, plan: SamplePlan) -> str:
    """Return the hash of a frame with the strata of a plan."""
    return hash_frame(frame, plan.cells, plan.unit)


def dump_record(record: SampleRecord) -> str:
    """Return the JSON that the event ``sample`` holds: items are [key, sha256, stratum, pi]."""
    content = asdict(record)
    content["items"] = [[one.key, one.sha256, one.stratum, one.pi] for one in record.items]
    content["design"] = "stratified, without replacement, equal probabilities within strata"
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def read_record(detail: str | Mapping[str, Any], name: str = "?") -> SampleRecord:
    """Return the sample of an event's detail.

    Raises
    ------
    ReviewError
        If it is not the record of a sample.
    """
    try:
        content = dict(json.loads(detail) if isinstance(detail, str) else detail)
        content.pop("design", None)
        return SampleRecord(
            **{
                **content,
                "coders": tuple(content["coders"]),
                "strata": tuple(StratumPlan(**one) for one in content["strata"]),
                "variables": tuple(content["variables"]),
                "items": tuple(SampleItem(*one) for one in content["items"]),
                "documents": tuple((str(doc_id), int(n)) for doc_id, n in content["documents"]),
                "after": tuple(content["after"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReviewError(
            f"the sample {name} has a record that cannot be read ({error!r}): it was written by another version of "
            "textq, or changed. Run `textq review status` to check the store."
        ) from error
