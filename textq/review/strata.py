"""What an audit is drawn from, and the strata that it is cut into.

Clauses are drawn from strata of clauses: predicted class × uncertainty × what their document is (DID cell, period, …).
Whole documents hold clauses of many strata, so they are drawn from strata of documents: by what they are, and within
that by how much they tell (:func:`measure_information`), which is where class and uncertainty come in.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

Unit = Literal["document", "clause"]

CLASS, UNCERTAINTY = "class", "uncertainty"
OF_DOCUMENTS = ("did", "period", "province", "doc_type")
"""The variables that a document has one value of."""

VARIABLES = (CLASS, UNCERTAINTY, *OF_DOCUMENTS)
DEFAULT_STRATA = (CLASS, UNCERTAINTY, "did")

ERROR_CORRELATION = 0.1
"""The correlation of coding errors within a document that plans assume: wording is repeated, and so are errors."""

LEAST_ERROR = 0.02
"""No clause is taken to be coded rightly with a greater certainty than one less this."""

_UNITS_A_STRATUM = 4
"""Documents that a stratum shall give on average, so that their spread can be seen."""

_LEAST_DRAWN = 3
"""Documents that the smallest stratum shall give."""

_CLAUSES_A_STRATUM = 10
"""Clauses that a stratum shall give on average."""

_MOST_BINS = 4
"""Classes of information within a stratum of documents."""

Label = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleFrame:
    """The coded clauses of a run that an audit can be drawn from.

    Attributes
    ----------
    keys, shas
        The key and the hash of the text of each clause; n clauses.
    doc_ids
        The documents; d of them.
    documents : (n,)
        The place of each clause's document in ``doc_ids``.
    classes
        The k codes in their order, ``none`` among them.
    predicted : (n,)
        The machine's code, a place in ``classes``.
    p_wrong : (n,)
        The probability that it is wrong, as the machine states it, in [0, 1].
    unsure : (n,)
        Whether the machine abstains.
    labels
        By variable of OF_DOCUMENTS, the label of each document (d); only those that are known.
    """

    keys: tuple[str, ...]
    shas: tuple[str, ...]
    doc_ids: tuple[str, ...]
    documents: IntArray
    classes: tuple[str, ...]
    predicted: IntArray
    p_wrong: FloatArray
    unsure: BoolArray
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def sizes(self) -> IntArray:
        """How many clauses each document has: (d,)."""
        return np.bincount(self.documents, minlength=len(self.doc_ids)).astype(np.intp)

    def select(self, kept: BoolArray) -> "SampleFrame":
        """Return the frame of some of its clauses; documents without any are left out."""
        here = np.flatnonzero(kept)
        numbers, places = np.unique(self.documents[here], return_inverse=True)
        return SampleFrame(
            keys=tuple(self.keys[i] for i in here),
            shas=tuple(self.shas[i] for i in here),
            doc_ids=tuple(self.doc_ids[i] for i in numbers),
            documents=places.astype(np.intp),
            classes=self.classes,
            predicted=self.predicted[here],
            p_wrong=self.p_wrong[here],
            unsure=self.unsure[here],
            labels={name: tuple(labels[i] for i in numbers) for name, labels in self.labels.items()},
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """A stratum before anything is drawn: its name and its units (places of documents, or of clauses)."""

    name: str
    members: IntArray


def guess_codes(frame: SampleFrame) -> FloatArray:
    """Return for each clause how likely each code is the true one, (n, k); rows sum to 1.

    The machine's code has one less the probability that it is wrong; the rest goes to the other codes as they are
    common. What the machine states is drawn half-way to its mean, since such statements are too sure at both ends.
    """
    n, k = len(frame), len(frame.classes)
    wrong = np.clip((frame.p_wrong + frame.p_wrong.mean()) / 2, LEAST_ERROR, 1.0) if n else frame.p_wrong
    shares = (np.bincount(frame.predicted, minlength=k) + 0.5) / (n + 0.5 * k)
    if k == 1:
        return np.ones((n, 1))
    others = wrong / (1 - shares[frame.predicted])
    guessed: FloatArray = others[:, None] * shares[None, :]
    guessed[np.arange(n), frame.predicted] = 1 - wrong
    return guessed


def measure_information(frame: SampleFrame, *, whole_documents: bool) -> FloatArray:
    """Return what each unit adds to the variance of the class shares, as a standard deviation: (d,) or (n,).

    Summed over classes, each in units of its own variance, so that rare classes count as much as common ones. Of a
    document it is that of the sum over its clauses, given their guessed codes.
    """
    guessed = guess_codes(frame)
    means = guessed.mean(axis=0)
    scale = np.maximum(means * (1 - means), 1e-4)
    spread = guessed * (1 - guessed)
    if not whole_documents:
        return np.asarray(np.sqrt((spread / scale).sum(axis=1)))
    sizes = np.maximum(frame.sizes, 1).astype(float)
    between = sum_by(guessed - means, frame.documents, len(sizes)) ** 2
    within = sum_by(spread, frame.documents, len(sizes)) * (1 + (sizes - 1) * ERROR_CORRELATION)[:, None]
    return np.asarray(np.sqrt(((between + within) / scale).sum(axis=1)))


def sum_by(values: FloatArray, groups: IntArray, size: int) -> FloatArray:
    """Return the sums of rows by group: (n, j) → (size, j)."""
    columns = [np.bincount(groups, weights=column, minlength=size) for column in values.T]
    return np.column_stack(columns).astype(float) if columns else np.zeros((size, 0))


def stratify_clauses(frame: SampleFrame, names: Sequence[str], size: int) -> list[Cell]:
    """Cut the clauses into strata for a sample of ``size`` of them.

    Small strata are joined, those first that agree in the variables named first, until there are at most
    ``size`` / 10.
    """
    labels = list(zip(*(_label_clauses(frame, name) for name in names), strict=True)) or [("all",)] * len(frame)
    return _name_cells(_merge(_group(labels), most=max(1, size // _CLAUSES_A_STRATUM), least=2))


def stratify_documents(frame: SampleFrame, names: Sequence[str], n_documents: int) -> list[Cell]:
    """Cut the documents into strata for a sample of ``n_documents`` of them.

    First by what they are (the variables of OF_DOCUMENTS among ``names``, in that order), small strata joined; then, if
    class or uncertainty is among ``names``, by how much they tell. A stratum shall give some four documents.
    """
    d = len(frame.doc_ids)
    wanted = [name for name in names if name in frame.labels]
    labels = list(zip(*(frame.labels[name] for name in wanted), strict=True)) or [("all",)] * d
    least = int(np.ceil(_LEAST_DRAWN * d / max(n_documents, 1)))
    cells = _merge(_group(labels), most=max(1, n_documents // _UNITS_A_STRATUM), least=least)
    if {CLASS, UNCERTAINTY} & set(names):
        information = measure_information(frame, whole_documents=True)
        share = n_documents / d
        cells = {
            (*label, f"information {number}/{len(bins)}") if len(bins) > 1 else label: part
            for label, members in cells.items()
            for bins in [_cut(members, information, int(len(members) * share) // _UNITS_A_STRATUM)]
            for number, part in enumerate(bins, 1)
        }
    return _name_cells(cells)


def hash_frame(frame: SampleFrame, cells: Sequence[Cell], unit: Unit) -> str:
    """Return the sha256 over the keys of all clauses, sorted, each with its stratum."""
    strata = np.empty(len(frame) if unit == "clause" else len(frame.doc_ids), dtype=np.intp)
    for number, cell in enumerate(cells):
        strata[cell.members] = number
    of_clauses = strata if unit == "clause" else strata[frame.documents]
    lines = sorted(f"{key}\t{cells[number].name}\n" for key, number in zip(frame.keys, of_clauses, strict=True))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _label_clauses(frame: SampleFrame, name: str) -> list[str]:
    """Return the label of each clause in one variable."""
    if name == CLASS:
        return [frame.classes[code] for code in frame.predicted]
    if name == UNCERTAINTY:
        return _label_uncertainty(frame)
    labels = frame.labels.get(name)
    return ["all"] * len(frame) if labels is None else [labels[document] for document in frame.documents]


def _label_uncertainty(frame: SampleFrame) -> list[str]:
    """Return ``unsure`` where the machine abstains, else whether it is surer than usual."""
    sure = ~frame.unsure
    usual = float(np.median(frame.p_wrong[sure])) if sure.any() else 0.0
    surer = np.where(frame.p_wrong <= usual, "certain", "less certain")
    return [str(label) for label in np.where(frame.unsure, "unsure", surer)]


def _group(labels: Sequence[Label]) -> dict[Label, IntArray]:
    found: dict[Label, list[int]] = {}
    for place, label in enumerate(labels):
        found.setdefault(label, []).append(place)
    return {label: np.array(found[label], dtype=np.intp) for label in sorted(found)}


def _merge(cells: dict[Label, IntArray], *, most: int, least: int) -> dict[Label, IntArray]:
    """Join cells until there are at most ``most``, and none has fewer than ``least`` units.

    To have fewer, those that agree in all variables but the last are joined, the smallest first, as many as may stay
    being shared out evenly; then those that agree in all but the last two, and so on. A cell that is too small joins
    the one most like it.
    """
    depth = len(next(iter(cells)))
    while len(cells) > most:
        depth -= 1
        groups: dict[Label, list[Label]] = {}
        for label in cells:
            groups.setdefault(label[:depth], []).append(label)
        cells = {
            label: members
            for group in groups.values()
            for label, members in _join_smallest(
                {one: cells[one] for one in group}, max(1, most // len(groups))
            ).items()
        }
    while len(cells) > 1:
        victim = min(cells, key=lambda label: (len(cells[label]), label))
        if len(cells[victim]) >= least:
            break
        others = [label for label in cells if label != victim]
        like = min(others, key=lambda label: (-_count_common(victim, label), len(cells[label]), label))
        _join_cells(cells, victim, like)
    return {label: cells[label] for label in sorted(cells)}


def _join_smallest(cells: dict[Label, IntArray], most: int) -> dict[Label, IntArray]:
    """Join the two smallest cells until there are at most ``most``."""
    while len(cells) > most:
        ordered = sorted(cells, key=lambda label: (len(cells[label]), label))
        _join_cells(cells, ordered[0], ordered[1])
    return cells


def _join_cells(cells: dict[Label, IntArray], one: Label, other: Label) -> None:
    """Put the union of two cells in their place, and of a third that has the joined label."""
    joined = tuple(_join(left, right) for left, right in zip(one, other, strict=True))
    members = [cells.pop(one), cells.pop(other)]
    if joined in cells:
        members.append(cells[joined])
    cells[joined] = np.sort(np.concatenate(members))


def _count_common(one: Label, other: Label) -> int:
    """Return in how many variables, counted from the first, two labels agree."""
    common = 0
    for left, right in zip(one, other, strict=True):
        if left != right:
            break
        common += 1
    return common


def _join(one: str, other: str) -> str:
    return "|".join(sorted({*one.split("|"), *other.split("|")}))


def _cut(members: IntArray, information: FloatArray, most: int) -> list[IntArray]:
    """Cut documents, ordered by what they tell, into at most ``most`` parts that tell as much in all."""
    n_bins = max(1, min(most, _MOST_BINS))
    ordered = members[np.argsort(information[members], kind="stable")]
    told = np.cumsum(information[ordered])
    bins = np.minimum((told - information[ordered] / 2) / max(float(told[-1]), 1e-12) * n_bins, n_bins - 1)
    parts = [np.sort(ordered[bins.astype(np.intp) == number]) for number in range(n_bins)]
    return [part for part in parts if len(part)]


def _name_cells(cells: Mapping[Label, IntArray]) -> list[Cell]:
    return [Cell(" · ".join(label), members) for label, members in cells.items()]
