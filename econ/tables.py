"""Several estimates → one table in a style, with a note that says what was really used."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, get_args

from econ.errors import FitError, SpecError
from econ.estimate import Estimate
from econ.event_points import EventStudy
from econ.event_times import EVENT_TIME
from econ.spec import INTERCEPT, MEMBERS, check_choice, check_names, parse_vcov
from econ.table import MISSING, Cell, Interval, Lang, Number, Row, Span, Table
from econ.table_style import Below, find_style
from econ.words import name_terms, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from econ.spec import Ssc, VcovSpec
    from econ.table_style import TableStyle

_P_DIGITS = 3
_FUNCTION = "tabulate_estimates"
_LONGEST = 80
"""Characters of a value that a message shows."""


def tabulate_estimates(
    estimates: Mapping[str, Estimate | EventStudy] | Iterable[Estimate | EventStudy],
    *,
    style: str | TableStyle = "cn",
    title: str = "",
    labels: Mapping[str, str] | None = None,
    lang: Lang | None = None,
    controls: Iterable[str] = (),
    groups: Iterable[tuple[str, int]] = (),
    rows: Iterable[Row] = (),
    notes: Iterable[str] = (),
) -> Table:
    """Return estimates side by side: a coefficient above its standard error, the facts of each fit, a note.

    The note says what stands below the coefficients, the covariance of every column (with its small-sample correction
    where that is not the default or columns differ in it), the thresholds of the stars, the weights, and which R² and
    which F is meant. What the estimates have to say of themselves goes to ``Table.remarks``.

    Parameters
    ----------
    estimates
        A column each; by name, or without names. An event study stands for its estimate, whose terms are relative to
        the omitted event time whatever the normalisation; the note names that base, and the bins.
    style
        A name of ``STYLES``, or a style.
    labels
        What to print for a term, an effect, a cluster, an outcome or a column; others are printed as they are.
    lang
        None: the language of the style.
    controls
        Terms that are not printed but become one row, which says which columns hold them.
    groups
        Heads over neighbouring columns, (text, number of columns) each; all columns, from the left.
    rows
        More rows, below the facts of the fits: the name and a cell for each column.
    notes
        More sentences, below the note.

    Raises
    ------
    SpecError
        If there is no estimate, an argument is not as said, the style or a control is unknown, groups or rows do not
        match the columns, two terms have the same label, or a style needs a number that an estimate cannot give
        (adjusted R² and some F need the scores).
    """
    names, results = _read_columns(estimates)
    columns = tuple(map(_take_estimate, results))
    chosen = find_style(style)
    check_choice(_FUNCTION, "lang", lang, (None, *get_args(Lang)))
    checked = _check_labels(labels)
    bins = tuple(_name_bins(one) if isinstance(one, EventStudy) else () for one in results)
    builder = _Builder(
        columns, names, chosen, lang or chosen.lang, checked, check_names(_FUNCTION, "controls", controls), bins
    )
    groups, rows, notes = _check_groups(groups), _check_rows(rows), _check_notes(notes)
    _check_width(groups, rows, len(columns))
    builder.check_controls()
    *spans, head = builder.list_heads()
    return Table(
        title=title,
        head=head,
        blocks=builder.list_blocks(rows),
        notes=(*builder.describe(), *notes),
        spans=(*_span_groups(groups), *(_merge(row) for row in spans)),
        lang=builder.lang,
        block_rules=chosen.block_rules,
        below=chosen.below,
        remarks=tuple(dict.fromkeys(note for one in results for note in _list_remarks(one))),
    )


def _read_columns(estimates: object) -> tuple[tuple[str, ...], tuple[Estimate | EventStudy, ...]]:
    """Return the names, where there are some, and what stands in the columns."""
    wanted = "estimates, as fit_panel returns them, in a list or in a dict by name"
    if isinstance(estimates, Estimate | EventStudy):
        raise SpecError(f"tabulate_estimates takes {wanted}. Got one {type(estimates).__name__}: put it in a list.")
    if isinstance(estimates, str) or not isinstance(estimates, Iterable):
        raise SpecError(f"tabulate_estimates takes {wanted}. Got {type(estimates).__name__}.")
    names = tuple(estimates) if isinstance(estimates, Mapping) else ()
    columns = tuple(estimates.values()) if isinstance(estimates, Mapping) else tuple(estimates)
    if not columns:
        raise SpecError("a table needs at least one estimate. Got none.")
    for place, column in enumerate(columns, start=1):
        if not isinstance(column, Estimate | EventStudy):
            raise SpecError(f"tabulate_estimates takes {wanted}. Column {place} is {_show(column)}.")
    for name in names:
        if not isinstance(name, str):
            raise SpecError(f"the name of a column must be text. Got {_show(name)}.")
    return names, columns


def _take_estimate(column: Estimate | EventStudy) -> Estimate:
    return column.estimate if isinstance(column, EventStudy) else column


def _list_remarks(column: Estimate | EventStudy) -> tuple[str, ...]:
    return (*column.notes, *column.estimate.notes) if isinstance(column, EventStudy) else column.notes


def _name_bins(study: EventStudy) -> tuple[tuple[str, str], ...]:
    """Return the terms that stand for a bin, the omitted one too, and the name of the bin."""
    names = study.points.set_index(EVENT_TIME)["name"]
    return tuple(
        (study.design.terms.get(end, f"{study.design.column}={end}"), str(names[end]))
        for end in study.design.bins
        if end in names.index
    )


def _check_labels(labels: object) -> Mapping[str, str]:
    if labels is None:
        return {}
    if not isinstance(labels, Mapping):
        raise SpecError(f"labels must be a mapping, such as {{'did': 'Policy'}}. Got {_show(labels)}.")
    for name, label in labels.items():
        if not isinstance(name, str) or not isinstance(label, str):
            raise SpecError(f"labels must give text for a name, such as {{'did': 'Policy'}}. Got {name!r}: {label!r}.")
    return labels


def _check_groups(groups: object) -> tuple[tuple[str, int], ...]:
    given = tuple(groups) if isinstance(groups, Iterable) and not isinstance(groups, str) else (None,)
    for group in given:
        pair = group if isinstance(group, tuple | list) and len(group) == 2 else (None, None)
        if not (isinstance(pair[0], str) and type(pair[1]) is int and pair[1] > 0):
            raise SpecError(f"groups must be pairs of a text and a number of columns. Got {_show(group)}.")
    return tuple((text, width) for text, width in given)


def _check_rows(rows: object) -> tuple[Row, ...]:
    given = tuple(rows) if isinstance(rows, Iterable) and not isinstance(rows, str) else (None,)
    for row in given:
        if not isinstance(row, tuple | list) or not row or not isinstance(row[0], str):
            raise SpecError(f"rows must be tuples of a name and a cell for each column. Got {_show(row)}.")
        for cell in row[1:]:
            if not isinstance(cell, str | Number | Interval):
                raise SpecError(
                    f"a cell must be text, a Number or an Interval of econ.table. Got {_show(cell)} in row {row[0]!r}."
                )
    return tuple(tuple(row) for row in given)


def _check_notes(notes: object) -> tuple[str, ...]:
    given = tuple(notes) if isinstance(notes, Iterable) and not isinstance(notes, str) else (None,)
    if not all(isinstance(note, str) for note in given):
        raise SpecError(f"notes must be a list of sentences. Got {_show(notes)}.")
    return tuple(map(str, given))


def _show(value: object) -> str:
    """Return a value for a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _check_width(groups: Sequence[tuple[str, int]], rows: Sequence[Row], n_columns: int) -> None:
    covered = sum(width for _, width in groups)
    if groups and covered != n_columns:
        raise SpecError(f"the groups of a table must cover its {n_columns} columns. They cover {covered}.")
    for row in rows:
        if len(row) != n_columns + 1:
            raise SpecError(f"a row needs its name and {n_columns} cells. Got {len(row)} in {row[:1]!r}.")


def _span_groups(groups: Sequence[tuple[str, int]]) -> tuple[tuple[Span, ...], ...]:
    return (tuple(Span(text, width) for text, width in groups),) if groups else ()


def _merge(row: Row) -> tuple[Span, ...]:
    """Return the heads of a row without its first cell, equal neighbours as one."""
    return tuple(Span(text, len(list(same))) for text, same in groupby(map(str, row[1:])))


def describe_vcov(spec: VcovSpec, labels: Mapping[str, str] | None = None, lang: Lang = "en") -> str:
    """Return in words how standard errors were computed, for the note of a table.

    The small-sample correction is named where it is not the one that ``fit_panel`` takes by itself.
    """
    return _describe_spec(spec, labels or {}, lang, with_ssc=False)


def _describe_spec(spec: VcovSpec, labels: Mapping[str, str], lang: Lang, *, with_ssc: bool) -> str:
    """Return the words for a covariance, with its correction where asked for or where it is not the default."""
    kind = _name_kind(spec)
    words = say(kind, lang).format(*_name_by(spec, labels, lang))
    if kind == "hc0" or not (with_ssc or spec.ssc != _find_default_ssc(spec)):
        return words
    return say("corrected", lang).format(words, say(f"ssc_{spec.ssc}", lang))


def _find_default_ssc(spec: VcovSpec) -> Ssc:
    return parse_vcov({spec.kind: spec.by}).ssc


def _name_kind(spec: VcovSpec) -> str:
    """Return the key of the words: HC0 has its own, and so has a jackknife that leaves out no whole units."""
    if (spec.kind, spec.ssc) == ("hc1", "none"):
        return "hc0"
    if spec.kind != "jackknife" or spec.by in (MEMBERS, MEMBERS[::-1], ("unit",)):
        return spec.kind
    return "jackknife_by" if len(spec.by) == 1 else "jackknife_members"


def _name_by(spec: VcovSpec, labels: Mapping[str, str], lang: Lang) -> list[str]:
    """Return the names of what a covariance is clustered by, as they stand within a sentence: city, but GDP."""
    names = [labels.get(column, column) for column in spec.by]
    return [name[:1].lower() + name[1:] if lang == "en" and name[1:2].islower() else name for name in names]


class _Builder:
    """The parts of a table of estimates, in one style and language."""

    def __init__(
        self,
        columns: tuple[Estimate, ...],
        names: tuple[str, ...],
        style: TableStyle,
        lang: Lang,
        labels: Mapping[str, str],
        controls: tuple[str, ...],
        bins: tuple[tuple[tuple[str, str], ...], ...],
    ) -> None:
        self.columns = columns
        self.names = names
        self.style = style
        self.lang = lang
        self.labels = name_terms(lang) | dict(labels)
        self.controls = controls
        self.bins = bins

    def say(self, key: str) -> str:
        return say(key, self.lang, self.style.name)

    def label(self, name: str) -> str:
        return self.labels.get(name, name)

    def check_controls(self) -> None:
        """Refuse controls that no equation has."""
        known = dict.fromkeys(term for estimate in self.columns for term in estimate.params["term"])
        unknown = [control for control in self.controls if control not in known]
        if unknown:
            raise SpecError(f"controls must be terms of the equations: {', '.join(known)}. Got {', '.join(unknown)}.")

    def number_columns(self, places: Sequence[int]) -> str:
        return self.say("comma").join(f"({place + 1})" for place in places)

    # Heads

    def list_heads(self) -> list[tuple[str, ...]]:
        """Return the rows of the head from the top down."""
        n_columns = len(self.columns)
        numbers = tuple(f"({place})" for place in range(1, n_columns + 1))
        outcomes = tuple(self.label(estimate.spec.outcome) for estimate in self.columns)
        shown = self.style.outcomes == "always" or len(set(outcomes)) > 1
        names = tuple(map(self.label, self.names))
        numbered = [("", *numbers)]
        named = [("", *names)] * bool(any(names) and names != numbers)
        called = [("", *outcomes)] * shown
        below = self.style.numbers == "below"
        heads = [*called, *named, *numbered] if below else [*numbered, *called, *named]
        if called and heads[-1] is not called[0] and len(set(outcomes)) == 1:
            heads[heads.index(called[0])] = ("", *[self.say("outcome").format(outcomes[0])] * n_columns)
        is_last = bool(called) and heads[-1] is called[0] and len(set(outcomes)) > 1
        heads[-1] = (self.say("outcome_row" if is_last else "variable"), *heads[-1][1:])
        return heads

    # Rows

    def list_blocks(self, rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], ...]:
        """Return coefficients, and what the fits are, in blocks."""
        terms, effects, fits = self._list_terms(), [*self._list_controls(), *self._list_effects()], self._list_fits()
        last = (*fits, *rows)
        if not self.style.sections:
            return tuple(terms), (*effects, *last)
        named = (("section_terms", terms), ("section_effects", effects), ("section_fits", last))
        gaps = ("",) * len(self.columns)
        return tuple(((self.say(key), *gaps), *block) for key, block in named if block)

    def _list_terms(self) -> list[Row]:
        params = [estimate.params.set_index("term") for estimate in self.columns]
        longest_first = sorted(params, key=len, reverse=True)
        found = dict.fromkeys(term for table in longest_first for term in table.index if term not in self.controls)
        terms = sorted(found, key=lambda term: bool(term == INTERCEPT))
        self._check_apart(terms)
        rows: list[Row] = []
        for term in terms:
            cells = [table.loc[term] if term in table.index else None for table in params]
            rows += [
                (self.label(term), *("" if cell is None else self._show_estimate(cell) for cell in cells)),
                ("", *("" if cell is None else self._show_below(cell) for cell in cells)),
            ]
        return rows

    def _check_apart(self, terms: Sequence[str]) -> None:
        """Refuse two terms of one label, whose rows nobody could tell apart."""
        first: dict[str, str] = {}
        for term in terms:
            other = first.setdefault(self.label(term), term)
            if other != term:
                label = self.label(term)
                raise SpecError(f"the terms {other!r} and {term!r} are both printed as {label!r}. Give each its own.")

    def _show_estimate(self, cell: pd.Series) -> Cell:
        p_value = float(cell["p_value"])
        mark = next((mark for mark, threshold in self.style.stars if p_value < threshold), "")
        return Number(float(cell["estimate"]), self.style.digits, stars=mark, leading_zero=self.style.leading_zero)

    def _show_below(self, cell: pd.Series) -> Cell:
        style = self.style
        if style.below == "ci":
            return Interval(float(cell["conf_low"]), float(cell["conf_high"]), style.digits, style.leading_zero)
        column, digits = {
            "se": ("std_error", style.digits), "t": ("statistic", style.digits_t), "p": ("p_value", _P_DIGITS),
        }[style.below]  # fmt: skip
        value, exact = float(cell[column]), style.below != "se"
        return Number(value, digits, style.brackets, leading_zero=style.leading_zero, adaptive=not exact)

    def _list_controls(self) -> Iterator[Row]:
        if self.controls:
            yield self.say("controls"), *(self.say(self._find_controls(estimate)) for estimate in self.columns)

    def _find_controls(self, estimate: Estimate) -> str:
        held = [control in set(estimate.params["term"]) for control in self.controls]
        return "yes" if all(held) else "some" if any(held) else "no"

    def _list_effects(self) -> Iterator[Row]:
        for effect in dict.fromkeys(effect for estimate in self.columns for effect in estimate.absorbed):
            held = (self.say("yes" if effect in estimate.absorbed else "no") for estimate in self.columns)
            yield self.say("effects").format(self.label(effect)), *held

    def _list_fits(self) -> list[Row]:
        rows: list[Row] = []
        for fit in self.style.fits:
            rows += self._list_clusters() if fit == "clusters" else self._list_fit(fit)
        if self.style.errors_row:
            rows.append((self.say("errors_row"), *(self._name_errors(estimate) for estimate in self.columns)))
        return rows

    def _list_clusters(self) -> Iterator[Row]:
        for kind in dict.fromkeys(kind for estimate in self.columns for kind in estimate.n_clusters):
            counts = (estimate.n_clusters.get(kind) for estimate in self.columns)
            name = self.labels.get(f"{kind}s", self.label(kind))
            yield self.say("clusters").format(name), *("" if count is None else _count(count) for count in counts)

    def _list_fit(self, fit: str) -> Iterator[Row]:
        if fit == "r2_within" and not any(estimate.absorbed for estimate in self.columns):
            return
        read: Mapping[str, Callable[[Estimate], Cell]] = {
            "nobs": lambda estimate: _count(estimate.nobs),
            "r2": lambda estimate: self._show_fit(estimate.r2),
            "r2_adjusted": lambda estimate: self._show_fit(estimate.r2_adjusted),
            "r2_within": lambda estimate: (
                self._show_fit(estimate.r2_within, adaptive=True) if estimate.absorbed else ""
            ),
        }
        if fit == "f":
            yield self.say(fit), *map(self._show_fit, self.tests)
        else:
            yield self.say(fit), *(read[fit](estimate) for estimate in self.columns)

    def _show_fit(self, value: float, *, adaptive: bool = False) -> Number:
        return Number(value, self.style.digits_fit, leading_zero=self.style.leading_zero, adaptive=adaptive)

    @cached_property
    def tests(self) -> tuple[float, ...]:
        """F of each column; NaN where its covariance does not allow it, which the note says."""
        return tuple(map(self._test, self.columns))

    def _test(self, estimate: Estimate) -> float:
        try:
            return estimate.test_regressors(self.style.f_kind).statistic
        except FitError:
            return math.nan

    def _name_errors(self, estimate: Estimate) -> str:
        spec = estimate.spec.vcov
        return self.say(f"row_{_name_kind(spec)}").format(*_name_by(spec, self.labels, self.lang))

    # Note

    def describe(self) -> tuple[str, ...]:
        """Return the note: one paragraph where the style begins it with a word, else one of each sentence."""
        sentences = [
            *self._describe_errors(), *self._describe_stars(), *self._describe_wild(), *self._describe_missing(),
            *self._describe_events(), *self._describe_weights(), *self._describe_controls(), *self._describe_fits(),
        ]  # fmt: skip
        start = self.say("note")
        return (start + self.say("space").join(sentences),) if start else tuple(sentences)

    def _describe_errors(self) -> Iterator[str]:
        """Say what stands below the coefficients, and the covariance of each column."""
        by_kind: dict[str, list[int]] = {}
        for place, estimate in enumerate(self.columns):
            by_kind.setdefault(self._describe_vcov(estimate), []).append(place)
        errors = next(iter(by_kind))
        if len(by_kind) > 1:
            parts = (
                self.say("of_columns").format(what=what, columns=self.number_columns(places))
                for what, places in by_kind.items()
            )
            errors = self.say("semicolon").join(parts)
        key = f"{'several' if len(by_kind) > 1 else 'below'}_{self.style.below}"
        yield self.say(key).format(place=self._name_place(), errors=errors)

    def _describe_vcov(self, estimate: Estimate) -> str:
        """Return the words for a covariance, with the number of clusters unless a row says it."""
        spec = estimate.spec.vcov
        corrections = {
            one.spec.vcov.ssc for one in self.columns if (one.spec.vcov.kind, one.spec.vcov.by) == (spec.kind, spec.by)
        }
        words = _describe_spec(spec, self.labels, self.lang, with_ssc=len(corrections) > 1)
        if "clusters" in self.style.fits or not estimate.n_clusters:
            return words
        counts = (
            self.say("count").format(self.labels.get(f"{kind}s", self.label(kind)), count)
            for kind, count in estimate.n_clusters.items()
        )
        return self.say("counted").format(words, self.say("comma").join(counts))

    def _name_place(self) -> str:
        square = self.style.below == "ci" or self.style.brackets == ("[", "]")
        return self.say("in_square" if square else "in_none" if self.style.brackets == ("", "") else "in_round")

    def _describe_stars(self) -> Iterator[str]:
        stars = self.style.stars
        if not stars:
            return
        comma = self.say("star_comma")
        codes = [self.say("star").format(mark, f"{threshold:g}") for mark, threshold in stars]
        yield self.say("legend" if len(stars) > 1 else "legend_one").format(
            marks=comma.join(mark for mark, _ in stars),
            levels=comma.join(self.say("percent").format(100 * threshold) for _, threshold in stars),
            list=comma.join(reversed(codes)),
            codes=comma.join(codes),
        )

    def _describe_wild(self) -> Iterator[str]:
        """Say which columns have p-values of the bootstrap, where anything printed rests on them."""
        key = _name_wild(self.style.below, bool(self.style.stars))
        kinds: dict[tuple[str, int], list[int]] = {}
        for place, estimate in enumerate(self.columns):
            spec = estimate.spec.vcov
            if spec.kind == "wild":
                by = self.say("comma").join(_name_by(spec, self.labels, self.lang))
                kinds.setdefault((by, spec.draws), []).append(place)
        for (by, draws), places in kinds.items() if key else ():
            everywhere = len(places) == len(self.columns)
            where = "" if everywhere else self.say("wild_where").format(self.number_columns(places))
            yield self.say(key).format(by=by, draws=draws, where=where)

    def _describe_weights(self) -> Iterator[str]:
        """Say which columns are weighted, and by what."""
        weights = [estimate.spec.weights for estimate in self.columns]
        return self._describe_columns("weighted", [None if name is None else self.label(name) for name in weights])

    def _describe_events(self) -> Iterator[str]:
        """Say which event time is left out, and which terms are bins."""
        bases = [estimate.reference for estimate in self.columns]
        yield from self._describe_columns("base", [None if name is None else self.label(name) for name in bases])
        comma, counted = self.say("comma"), self.say("counted")
        bins = [comma.join(counted.format(self.label(term), name) for term, name in named) for named in self.bins]
        yield from self._describe_columns("bins", bins)

    def _describe_missing(self) -> Iterator[str]:
        """Say which columns have no standard error below a coefficient."""
        missing = [
            place
            for place, estimate in enumerate(self.columns)
            if estimate.params.loc[~estimate.params["term"].isin(self.controls), "std_error"].isna().any()
        ]
        if missing:
            yield self.say("errors_missing").format(columns=self.number_columns(missing), dash=MISSING)

    def _describe_columns(self, key: str, told: Sequence[str | None]) -> Iterator[str]:
        """Say something of the columns that have it, once for those that have the same."""
        places: dict[str, list[int]] = {}
        for place, what in enumerate(told):
            if what:
                places.setdefault(what, []).append(place)
        for what, where in places.items():
            everywhere = len(where) == len(self.columns)
            words = self.say(key if everywhere else f"{key}_columns")
            yield words.format(what=what, columns=self.number_columns(where))

    def _describe_controls(self) -> Iterator[str]:
        if self.controls:
            yield self.say("controlled").format(self.say("comma").join(map(self.label, self.controls)))
        if any(self._find_controls(estimate) == "some" for estimate in self.columns):
            yield self.say("some_controls")

    def _describe_fits(self) -> Iterator[str]:
        fits = self.style.fits
        if any(estimate.absorbed for estimate in self.columns):
            of_all, within = "r2" in fits or "r2_adjusted" in fits, "r2_within" in fits
            key = "means_r2_within" if of_all and within else "means_r2" if of_all else "means_within"
            yield from [self.say(key)] * (of_all or within)
        if "f" in fits:
            yield self.say(f"f_{self.style.f_kind}")
            missing = [place for place, statistic in enumerate(self.tests) if math.isnan(statistic)]
            if missing:
                yield self.say("f_missing").format(columns=self.number_columns(missing))


def _count(number: int) -> Number:
    return Number(number, 0, grouped=True)


def _name_wild(below: Below, stars: bool) -> str:
    """Return the key of the sentence on the bootstrap; empty where nothing printed rests on it."""
    if below == "ci":
        return "wild_ci_stars" if stars else "wild_ci"
    return "wild_p" if below == "p" else "wild_stars" if stars else ""
