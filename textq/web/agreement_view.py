"""What the page of agreement shows: figures as they are printed, and tables whose cells lead to their clauses."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from textq.lexicon.codebook import Codebook
from textq.pipeline.agreement_words import call_coefficient
from textq.web.code_chips import CodeChip, describe_code

if TYPE_CHECKING:
    from textq.coding.reliability.coefficient import Coefficient
    from textq.coding.reliability.report import CoderPair, Reliability
    from textq.pipeline.agreement import Agreement
    from textq.pipeline.review_accuracy import Estimate, MachineAccuracy
    from textq.pipeline.review_agreement import LeftOut, ReviewAgreement
    from textq.web.words_file import Lang

ABSENT = "–"

_HEATS = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of a table of figures: what it is of, its value, standard error, interval, and number of clauses."""

    name: str
    value: str
    error: str
    interval: str
    n: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Agreement on one code against all others."""

    chip: CodeChip
    n: str
    specific: Figure
    kappa: str
    alpha: Figure


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Clauses that one side gave one code and the other another; ``href`` leads to them where the two differ."""

    count: str
    is_same: bool
    heat: int
    href: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """What was taken for what: a row and a column a code, with what each stands for."""

    rows_are: str
    columns_are: str
    head: tuple[CodeChip, ...]
    rows: tuple[tuple[CodeChip, tuple[MatrixCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One audit sample."""

    sample: str
    at: str
    n_items: str
    n_twice: str
    n_due: str
    percent: str
    alpha: str
    interval: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MachineLine:
    """How well the machine did on one instrument."""

    chip: CodeChip
    n: str
    share: Figure
    machine_share: str
    precision: Figure
    recall: Figure


@dataclass(frozen=True, slots=True)
class MachineView:
    """How well the machine did; ``notes`` say why the figures are provisional, or not wholly blind."""

    n: str
    n_documents: str
    n_absent: int
    notes: tuple[str, ...]
    accuracy: Figure
    classes: tuple[MachineLine, ...]
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Paper:
    """The sentences for a paper, in one language."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class AgreementView:
    """All that the page shows; ``state`` says what is missing where there are no figures."""

    state: str
    coders: tuple[str, ...]
    sample: str
    rounds: tuple[RoundLine, ...]
    left_out: "LeftOut"
    n_clauses: str
    n_documents: str
    by: str
    draws: str
    seed: int
    overall: tuple[Figure, ...]
    subtypes: tuple[Figure, ...]
    notes: tuple[str, ...]
    classes: tuple[ClassFigures, ...]
    pairs: tuple[Figure, ...]
    matrices: tuple[Matrix, ...]
    n_differing: int
    n_on_subtype: int
    machine: MachineView | None
    machine_problem: str
    papers: tuple[Paper, ...]
    query: str


def show(value: float | None) -> str:
    """Return a coefficient with three decimals."""
    return ABSENT if value is None else f"{round(value, 3) + 0.0:.3f}"


def show_percent(value: float | None) -> str:
    """Return a share in per cent with one decimal."""
    return ABSENT if value is None else f"{100 * value:.1f} %"


def view_coefficient(name: str, one: "Coefficient") -> Figure:
    """Return a coefficient as it is printed."""
    interval = f"[{show(one.interval.low)}, {show(one.interval.high)}]" if one.interval else ABSENT
    return Figure(name, show(one.value), show(one.standard_error), interval, f"{one.n_clauses:,}", one.why)


def view_estimate(one: "Estimate", n: int = 0) -> Figure:
    """Return an estimate of the audit as it is printed, in per cent."""
    interval = ABSENT
    if one.low is not None and one.high is not None:
        interval = f"[{100 * one.low:.1f}, {100 * one.high:.1f}]"
    return Figure("", show_percent(one.value), show_percent(one.standard_error), interval, f"{n:,}")


def view_overall(agreement: "Agreement", lang: str) -> tuple[Figure, ...]:
    """Return the coefficients over all codes, the headline first."""
    codes = agreement.codes
    return tuple(
        view_coefficient(call_coefficient(codes, name, "zh" if lang == "zh" else "en"), one)
        for name, one in codes.overall.items()
    )


def view_classes(codes: "Reliability", codebook: Codebook, lang: str) -> tuple[ClassFigures, ...]:
    """Return agreement on each code."""
    return tuple(
        ClassFigures(
            describe_code(codebook, str(one.category), None, lang),
            f"{one.n_codings:,.0f}",
            view_coefficient("", one.specific),
            show(one.kappa.value),
            view_coefficient("", one.alpha),
        )
        for one in codes.classes
    )


def view_pairs(codes: "Reliability") -> tuple[Figure, ...]:
    """Return Cohen's κ of each two coders; the note is their percent agreement."""
    return tuple(
        Figure(
            " – ".join(pair.coders),
            show(pair.kappa.coefficient.value),
            show(pair.kappa.coefficient.standard_error),
            ABSENT,
            f"{pair.kappa.coefficient.n_clauses:,}",
            show_percent(pair.percent),
        )
        for pair in codes.pairs
    )


def view_pair(pair: "CoderPair", codes: "Reliability", codebook: Codebook, lang: str, sample: str) -> Matrix:
    """Return what one coder took for what the other gave."""
    first, second = pair.coders
    return _view_matrix(
        (first, second), [str(code) for code in codes.categories], pair.table.tolist(), codebook, lang,
        {"first": first, "second": second, "sample": sample},
    )  # fmt: skip


def view_machine(machine: "MachineAccuracy", codebook: Codebook, lang: str, people: str, name: str) -> MachineView:
    """Return how well the machine did; ``people`` and ``name`` are what the two sides are called."""
    lines = tuple(
        MachineLine(
            describe_code(codebook, one.category, None, lang),
            f"{one.n_people:,}",
            view_estimate(one.share),
            show_percent(one.machine_share),
            view_estimate(one.precision, one.n_machine),
            view_estimate(one.recall, one.n_people),
        )
        for one in machine.classes
    )
    matrix = _view_matrix((people, name), machine.categories, machine.counts.tolist(), codebook, lang, {"machine": "1"})
    return MachineView(
        f"{machine.n_clauses:,}", f"{machine.n_documents:,}", machine.n_absent, tuple(_list_notes(machine, lang)),
        view_estimate(machine.accuracy, machine.n_clauses), lines, matrix,
    )  # fmt: skip


def _list_notes(machine: "MachineAccuracy", lang: str) -> Iterator[str]:
    from textq.pipeline.agreement_words import EXPOSED, write_shortfall

    spoken: Lang = "zh" if lang == "zh" else "en"
    if not machine.is_final:
        yield write_shortfall(machine, spoken)
    if machine.n_exposed:
        yield EXPOSED[spoken].format(n=f"{machine.n_exposed:,}")


def view_rounds(review: "ReviewAgreement", chosen: str) -> tuple[RoundLine, ...]:
    """Return the samples, the earliest first."""
    lines = []
    for one in review.rounds:
        codes = one.agreement.codes if one.agreement else None
        alpha = view_coefficient("", codes.alpha) if codes else None
        lines.append(
            RoundLine(
                one.sample.sample,
                one.sample.at[:10],
                f"{one.sample.n_items:,}",
                f"{codes.n_clauses if codes else 0:,}",
                f"{one.left_out.due:,}",
                show_percent(codes.percent.value) if codes else ABSENT,
                alpha.value if alpha else ABSENT,
                alpha.interval if alpha else ABSENT,
                one.sample.sample == chosen,
            )
        )
    return tuple(lines)


def _view_matrix(
    sides: tuple[str, str],
    categories: Iterable[str],
    counts: Sequence[Sequence[float]],
    codebook: Codebook,
    lang: str,
    query: dict[str, str],
) -> Matrix:
    names = list(categories)
    chips = tuple(describe_code(codebook, name, None, lang) for name in names)
    most = max((count for at, row in enumerate(counts) for place, count in enumerate(row) if at != place), default=0.0)
    rows = []
    for at, row in enumerate(counts):
        cells = []
        for place, count in enumerate(row):
            asked = {**query, "row": names[at], "column": names[place]}
            href = "/agreement/cell?" + urlencode({key: value for key, value in asked.items() if value})
            is_same = at == place
            heat = 0 if is_same or not count else max(1, round(_HEATS * count / most))
            cells.append(MatrixCell(f"{count:,.0f}" if count else "", is_same, heat, href if count else ""))
        rows.append((chips[at], tuple(cells)))
    return Matrix(*sides, chips, tuple(rows))
