"""The figures of a study: drawn from its result in both languages, each with the numbers that it shows."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from econ.errors import EconError, FigureError
from econ.estimate import Estimate
from econ.figure_coefficients import list_coefficients, plot_coefficients
from econ.figure_events import list_event_points, plot_event_study
from econ.figure_files import write_figure
from econ.figure_intensities import MEASURES, list_intensities, plot_intensities
from econ.figure_library import load_matplotlib
from econ.figure_network import list_network, plot_network, tabulate_network
from econ.figure_page import SHEETS
from econ.figure_placebo import list_placebo_draws, plot_placebo
from econ.figure_shares import count_share_pages, list_shares, plot_shares
from econ.figure_specifications import plot_specifications, sort_specifications
from econ.figure_words import say, say_errors
from econ.intensities import DID, PREFIX
from econ.spec import MEMBERS
from textq.config import Study
from textq.errors import ConfigError
from textq.lexicon.places import builtin_gazetteer
from textq.pipeline.study_labels import LANGUAGES, choose_lang, name_terms
from textq.pipeline.study_panel import StudyPanel
from textq.pipeline.study_placebo import Progress
from textq.pipeline.study_tables import HEADLINE
from textq.records import NONE
from textq.run import Run, load_run

if TYPE_CHECKING:
    from econ.figure_library import Figure
    from econ.table import Lang
    from textq.pipeline.estimates import StudyResult

FOLDER = "figures"
EVERY = "all"
"""What is missing where matplotlib is."""

MOST_PAGES = 3
"""So many pages of shares by document are drawn; a longer list is for ``econ.plot_shares``."""


@dataclass(frozen=True, slots=True)
class Undrawn:
    """A figure that was not drawn, or ``EVERY`` one, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The name of a figure, how it is drawn on a sheet, and the numbers that it shows."""

    name: str
    draw: Callable[..., "Figure"]
    data: pd.DataFrame


def check_figures(study: Study) -> None:
    """Refuse settings of [figures] that cannot be met, before anything is estimated.

    Raises
    ------
    ConfigError
        If a size or a language is not known, or a base map has no approval number, or a number no map.
    """
    settings = study.figures
    foreign = [lang for lang in settings.langs if lang not in LANGUAGES]
    if foreign:
        raise ConfigError(f"{study.path}: [figures] langs can be {', '.join(LANGUAGES)}. Got {', '.join(foreign)}.")
    unknown = [size for size in settings.sizes if size not in SHEETS]
    if unknown:
        raise ConfigError(
            f"{study.path}: [figures] sizes can be {', '.join(SHEETS)}, or [] for no figures. Got {', '.join(unknown)}."
        )
    if (settings.base_map is None) != (settings.approval is None):
        raise ConfigError(
            f"{study.path}: [figures] base_map and approval go together: a base map is printed with its approval "
            "number (审图号) alone. Give both, or neither."
        )


def write_figures(result: "StudyResult", run_dir: Path, progress: Progress | None = None) -> tuple[Undrawn, ...]:
    """Draw the figures that the study asks for, and return those that could not be drawn, and why.

    ``progress`` is called with the number of figures drawn and to be drawn.
    """
    sizes = dict.fromkeys(result.study.figures.sizes)
    if not sizes:
        return ()
    try:
        load_matplotlib()
    except FigureError as error:
        return (Undrawn(EVERY, str(error)),)
    folder = run_dir / FOLDER
    folder.mkdir()
    planned = [
        (one, lang, size)
        for lang in _choose_langs(result.study)
        for size in sizes
        for one in _list_drawings(result, lang, size)
    ]
    undrawn = []
    for done, (one, lang, size) in enumerate(planned, 1):
        if isinstance(one, Undrawn):
            undrawn.append(one)
        else:
            name = f"{one.name}_{lang}" + ("" if size == "a4" else f"_{size}")
            try:
                write_figure(one.draw(size=size, lang=lang), folder / name, one.data)
            except EconError as error:
                undrawn.append(Undrawn(name, str(error)))
        if progress is not None:
            progress(done, len(planned))
    return tuple(undrawn)


def _choose_langs(study: Study) -> tuple["Lang", ...]:
    """Return the languages of the figures: those asked for, else that of the study, else English."""
    asked = study.figures.langs or (choose_lang(study),)
    return tuple(lang for lang in LANGUAGES if lang in asked)


def _list_drawings(result: "StudyResult", lang: "Lang", size: str) -> Iterator[_Drawing | Undrawn]:
    """Yield the figures of a result; the parts that fail are named."""
    labels = name_terms(result.panel, lang, result.study.labels)
    run = load_run(result.study.scores.run) if result.study.scores else None
    parts: Mapping[str, Callable[[], Iterator[_Drawing]]] = {
        "coefficients": lambda: _draw_coefficients(result, labels, lang),
        "event_study": lambda: _draw_events(result, labels, lang),
        "placebo": lambda: _draw_placebo(result, labels),
        "specifications": lambda: _draw_specifications(result, labels, lang),
        "intensities": lambda: _draw_intensities(result, labels),
        "shares_by_city": lambda: _draw_city_shares(result, run, labels, lang, size),
        "shares_by_document": lambda: _draw_document_shares(result, run, labels, lang, size),
        "network": lambda: _draw_network(result),
    }
    for name, draw in parts.items():
        try:
            yield from draw()
        except EconError as error:
            yield Undrawn(f"{name}_{lang}", str(error))


def _draw_coefficients(result: "StudyResult", labels: Mapping[str, str], lang: "Lang") -> Iterator[_Drawing]:
    """Draw the headline under its covariances, without the controls."""
    terms = [term for term in result.headline.params["term"] if _is_treatment(str(term))]
    estimates = dict(_name_errors(result.covariances.values(), labels, lang))
    yield _Drawing(
        "coefficients",
        lambda **sheet: plot_coefficients(estimates, terms=terms, labels=labels, **sheet),
        list_coefficients(estimates, terms=terms),
    )


def _is_treatment(term: str) -> bool:
    return term == DID or term.startswith(PREFIX)


def _name_errors(
    estimates: Iterable[Estimate], labels: Mapping[str, str], lang: "Lang"
) -> Iterator[tuple[str, Estimate]]:
    """Yield estimates by how their errors are computed."""
    for estimate in estimates:
        yield say_errors(estimate, labels, lang), estimate


def _draw_events(result: "StudyResult", labels: Mapping[str, str], lang: "Lang") -> Iterator[_Drawing]:
    if result.events is None:
        return
    studies = result.events.by_outcome
    names = {**labels, **{name: say(f"standardise_{name}", lang) for name in studies}}
    yield _Drawing(
        "event_study",
        lambda **sheet: plot_event_study(studies, labels=names, **sheet),
        list_event_points(studies),
    )


def _draw_placebo(result: "StudyResult", labels: Mapping[str, str]) -> Iterator[_Drawing]:
    """Draw one figure a coefficient; its t values are in the dots."""
    placebo = result.placebo
    if placebo is None:
        return
    dyadic = result.covariances.get("dyadic")
    df = dyadic.df if dyadic is not None else math.inf
    for name in [str(one) for one in placebo.tests["statistic"] if not str(one).startswith("t(")]:
        yield _Drawing(
            f"placebo_{_name_file(name)}",
            lambda name=name, **sheet: plot_placebo(placebo, name, df=df, labels=labels, **sheet),
            list_placebo_draws(placebo, name, df=df),
        )


def _name_file(term: str) -> str:
    return re.sub(r"\W+", "_", term)


def _draw_specifications(result: "StudyResult", labels: Mapping[str, str], lang: "Lang") -> Iterator[_Drawing]:
    """Draw one curve a term: its equations, with and without did, and the covariances of the headline."""
    columns = {"equation": say("equation", lang), "errors": say("covariance", lang)}
    if result.without_did:
        columns["did"] = labels.get(DID, say("with_did", lang))
    for term in [str(one) for one in result.headline.params["term"] if _is_treatment(str(one))]:
        table = _list_specifications(result, term, labels, lang)
        if len(table) < 2:
            continue
        choices = [name for name in columns if table[name].nunique() > 1]
        yield _Drawing(
            f"specifications_{_name_file(term)}",
            lambda table=table, choices=choices, term=term, **sheet: plot_specifications(
                table, choices, chosen="is_headline", labels=columns, title=labels.get(term, term), **sheet
            ),
            sort_specifications(table, choices, "is_headline"),
        )


def _list_specifications(result: "StudyResult", term: str, labels: Mapping[str, str], lang: "Lang") -> pd.DataFrame:
    """Return the rows of one term over all equations that have it."""
    fits = [(name, "yes", one) for name, one in result.estimates.items()]
    fits += [(name, "no", one) for name, one in result.without_did.items()]
    fits += [(HEADLINE, "yes", one) for one in result.covariances.values() if one is not result.headline]
    rows = []
    for name, did, one in fits:
        found = one.tidy().set_index("term")
        if term in found.index:
            rows.append(
                {
                    "equation": labels.get(name, name),
                    "errors": say_errors(one, labels, lang),
                    "did": say(did, lang),
                    "is_headline": one is result.headline,
                    **{str(key): value for key, value in found.loc[term].items()},
                }
            )
    return pd.DataFrame(rows)


def _draw_intensities(result: "StudyResult", labels: Mapping[str, str]) -> Iterator[_Drawing]:
    """Draw the scores of the sample, as the equation uses them but for their scale."""
    scores, settings = result.panel.design.scores, result.study.scores
    if scores is None or settings is None:
        return
    if settings.measure not in MEASURES:
        raise FigureError(f"{settings.measure} does not add up over classes. Choose one of {', '.join(MEASURES)}.")
    scales = result.panel.scales.set_index("instrument")["scale"]
    sample = scores["unit"].isin(set(result.panel.design.units["unit"])) & scores["period"].isin(result.panel.periods)
    wide = scores.loc[sample, ["unit", "period", *scales.index]]
    plain = wide.assign(**{str(name): wide[name].astype(float) * scale for name, scale in scales.items()})
    long = plain.melt(["unit", "period"], var_name="instrument", value_name=settings.measure)
    yield _Drawing(
        "intensities",
        lambda **sheet: plot_intensities(long, settings.measure, labels=labels, **sheet),
        list_intensities(long, settings.measure),
    )


def _draw_city_shares(
    result: "StudyResult", run: Run | None, labels: Mapping[str, str], lang: "Lang", size: str
) -> Iterator[_Drawing]:
    """Draw clauses of all years by class, for each city of the sample."""
    if run is None:
        return
    units = _list_units(result.panel)
    scores = run.scores[run.scores["unit"].isin(units) & (run.scores["instrument"] != NONE)]
    counts = scores.groupby(["unit", "instrument"], sort=False, observed=True)["count"].sum().reset_index()
    names = name_cities(units)
    counts = counts.assign(name=counts["unit"].map(names)).rename(columns={"instrument": "class"})
    yield from _draw_shares("shares_by_city", counts[["name", "class", "count"]], labels, lang, size, None)


def _draw_document_shares(
    result: "StudyResult", run: Run | None, labels: Mapping[str, str], lang: "Lang", size: str
) -> Iterator[_Drawing]:
    """Draw clauses by class, for each document that applies to a city of the sample."""
    if run is None:
        return
    units = _list_units(result.panel)
    documents = run.documents[run.documents["status"] == "read"]
    applies = documents["unit"].fillna("").map(lambda codes: bool(units & set(str(codes).split(";"))))
    names = _name_documents(documents[applies])
    codings = run.codings[run.codings["instrument"] != NONE]
    doc_id = codings["clause_id"].str.rpartition("#")[0]
    kept = pd.DataFrame({"name": doc_id.map(names), "class": codings["instrument"]}).dropna(subset="name")
    order = [name for name in run.meta["classes"] if name != NONE]
    counts = kept.groupby(["name", "class"], observed=True).size().rename("count").reset_index()
    counts = counts.sort_values("class", key=lambda column: column.map(order.index), kind="stable", ignore_index=True)
    yield from _draw_shares("shares_by_document", counts, labels, lang, size, MOST_PAGES)


def _list_units(panel: StudyPanel) -> set[str]:
    return set(panel.design.units["unit"])


def name_cities(units: set[str]) -> dict[str, str]:
    """Return the names of units, by code; a code that is in no list is its own name."""
    gazetteer = builtin_gazetteer()
    return {unit: gazetteer.place_of(unit).name if unit in gazetteer else unit for unit in sorted(units)}


def _name_documents(documents: pd.DataFrame) -> dict[str, str]:
    """Return the titles of documents by their id; where two have one title, with their number or id."""
    titles = documents["title"].fillna(documents["path"]).map(str)
    doubled = titles.duplicated(keep=False)
    numbers = documents["doc_number"].fillna(documents["doc_id"]).map(str)
    first = titles.where(~doubled, titles + "（" + numbers + "）")
    again = first.duplicated(keep=False)
    shown = first.where(~again, titles + "（" + documents["doc_id"].map(str) + "）")
    return dict(zip(documents["doc_id"].map(str), shown, strict=True))


def _draw_shares(
    name: str, counts: pd.DataFrame, labels: Mapping[str, str], lang: "Lang", size: str, most: int | None
) -> Iterator[_Drawing]:
    sheet: dict[str, Any] = {"size": size, "lang": lang}
    if not (counts["count"] > 0).any():
        return
    data = list_shares(counts)
    n_pages = count_share_pages(counts, **sheet)
    if most is not None and n_pages > most:
        n_names = data["name"].nunique()
        raise FigureError(
            f"{n_names:,} rows take {n_pages} pages, and textq estimate draws at most {most}. Choose some of them and "
            "draw them with econ.plot_shares."
        )
    for page in range(1, n_pages + 1):
        yield _Drawing(
            name if n_pages == 1 else f"{name}_{page}",
            lambda page=page, **sheet: plot_shares(counts, page, labels=labels, **sheet),
            data,
        )


def _draw_network(result: "StudyResult") -> Iterator[_Drawing]:
    """Draw the pairs of the sample, where the units have places."""
    units, panel = result.panel.design.units, result.panel.panel
    if not {"longitude", "latitude"} <= set(units.columns):
        return
    treated = {*panel.loc[panel["treated_i"] > 0, "unit_i"], *panel.loc[panel["treated_j"] > 0, "unit_j"]}
    settings, pairs = result.study.figures, panel[list(MEMBERS)].drop_duplicates()
    names = name_cities({str(unit) for unit in units["unit"]})
    yield _Drawing(
        "network",
        lambda **sheet: plot_network(
            units,
            pairs,
            marked=treated,
            labels=names,
            base_map=settings.base_map,
            approval=settings.approval or "",
            **sheet,
        ),
        tabulate_network(*list_network(units, pairs, marked=treated)),
    )
