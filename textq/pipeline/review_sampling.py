"""From a run to an audit sample in the store of its review."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from textq.errors import ConfigError
from textq.events import Draft, Event
from textq.notation.coder_names import check_coder
from textq.pipeline.review_audit import load_audit
from textq.pipeline.review_frame import Note, build_frame
from textq.pipeline.review_open import STORE_NAME, find_folders, load_once
from textq.review.sample import (
    SamplePlan,
    SampleRecord,
    draw_sample,
    dump_record,
    hash_plan,
    plan_sample,
)
from textq.review.sample_size import SIZES, Precision, find_size, foresee, tabulate_sizes
from textq.review.strata import DEFAULT_STRATA, VARIABLES, SampleFrame, Unit
from textq.run import Run
from textq.store.audit_item import list_exposed
from textq.store.events import append
from textq.store.queues import list_items, list_samples
from textq.store.store import Store, open_store

__all__ = ["DrawnSample", "SampleOptions", "build_frame", "load_audit", "sample_run"]


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """How an audit is drawn; exactly one of ``size`` and ``half_width`` is given.

    Attributes
    ----------
    size
        About how many clauses.
    half_width
        How well every class share shall be known (half of its 95 % interval), in (0, .5).
    strata
        Variables of VARIABLES, the most important first.
    unit
        Whole documents, or clauses.
    seed
        Of the generator.
    each
        How many people code each clause.
    coders
        Who may; empty: anybody.
    study
        A study.toml, whose designations and timing make the cells of ``did``; None: the roster of pilot zones.
    """

    size: int | None = None
    half_width: float | None = None
    strata: tuple[str, ...] = DEFAULT_STRATA
    unit: Unit = "document"
    seed: int = 1
    each: int = 2
    coders: tuple[str, ...] = ()
    study: Path | None = None

    def __post_init__(self) -> None:
        if (self.size is None) == (self.half_width is None):
            raise ConfigError("an audit needs its size: give either --size N or --half-width H.")
        unknown = [name for name in self.strata if name not in VARIABLES]
        if unknown or not self.strata:
            raise ConfigError(f"strata can be {', '.join(VARIABLES)}. Got {', '.join(unknown) or 'none'}.")
        if self.each < 1:
            raise ConfigError(f"each clause needs at least one coder. Got --each {self.each}.")
        object.__setattr__(self, "coders", tuple(check_coder(name) for name in self.coders))
        if len(set(self.coders)) < len(self.coders):
            raise ConfigError(f"a coder stands twice in --coders {','.join(self.coders)}. Name each once.")
        if self.coders and len(self.coders) < self.each:
            raise ConfigError(
                f"{self.each} coders are to code each clause, but --coders names {len(self.coders)}. Name more, or set "
                f"--each {len(self.coders)}."
            )


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """What was drawn, or would be.

    Attributes
    ----------
    name
        Of the sample.
    record
        What the store holds of it; without items where nothing was written.
    bought
        What it buys.
    sizes
        What other sizes would buy.
    frame
        What it was drawn from.
    notes
        What the user must know: (key, values) of the words of the command.
    event
        What was written; None in a dry run.
    store
        Where.
    n_exposed
        Clauses of the sample on which somebody has worked before with the machine's code in sight.
    """

    name: str
    record: SampleRecord
    bought: Precision
    sizes: tuple[Precision, ...]
    frame: SampleFrame
    notes: tuple[Note, ...]
    event: Event | None
    store: Path
    n_exposed: int = 0


def sample_run(
    path: str | Path, options: SampleOptions, *, coder: str = "", dry_run: bool = False, store: Store | None = None
) -> DrawnSample:
    """Draw an audit of a run into the store of its review.

    Parameters
    ----------
    path
        The run folder, or the study's.
    options
        How.
    coder
        Who draws, for the log.
    dry_run
        Only plan; the store is not written.
    store
        The open store of the review, with the run loaded; None: it is opened.

    Raises
    ------
    ReviewError, ConfigError, RunError
        If there is no run, nothing is left to draw, or an option does not fit.
    """
    out, run_dir = find_folders(Path(path))
    run, place = Run(run_dir), out / STORE_NAME
    if store is None and dry_run and not place.is_file():
        return _draw(run, None, place, options, coder, dry_run=True)
    if store is not None:
        return _draw(run, store, place, options, coder, dry_run=dry_run)
    with closing(open_store(place, readonly=dry_run)) as opened:
        if not dry_run:
            load_once(opened, run_dir, str(run.meta["run_id"]))
        return _draw(run, opened, place, options, coder, dry_run=dry_run)


def _draw(
    run: Run, store: Store | None, place: Path, options: SampleOptions, coder: str, *, dry_run: bool
) -> DrawnSample:
    everything, notes = build_frame(run, options.study)
    earlier = [] if store is None else list_samples(store)
    taken = {item.key for one in earlier for item in list_items(store, one.sample)} if store is not None else set()
    frame = everything.select(np.array([key not in taken for key in everything.keys], dtype=bool))
    names, added = _choose_strata(frame, options)
    notes += added
    size = options.size
    if options.half_width is not None:
        size = find_size(frame, names, options.unit, options.half_width) if len(frame) else 2
    plan = plan_sample(frame, names, size or 2, options.unit)
    bought = foresee(frame, plan, size or 2)
    notes += _find_notes(frame, plan, bought, options)
    record = _make_record(run, everything, frame, plan, options, names, tuple(one.sample for one in earlier))
    n_exposed = 0 if store is None else len(list_exposed(store, [one.key for one in record.items]))
    notes += [("exposed", {"n": n_exposed})] if n_exposed else []
    name = f"audit-{len(earlier) + 1}-{record.frame_sha256[:4]}{options.seed % 0x10000:04x}"
    event = None
    if not dry_run and store is not None:
        detail = dump_record(record)
        (event,) = append(
            store, [Draft("sample", coder, "", sample=name, codebook=record.codebook, source="cli", detail=detail)]
        )
    sizes = tuple(tabulate_sizes(frame, names, options.unit, SIZES))
    return DrawnSample(name, record, bought, sizes, frame, tuple(notes), event, place, n_exposed)


def _make_record(
    run: Run, everything: SampleFrame, frame: SampleFrame, plan: SamplePlan, options: SampleOptions,
    names: tuple[str, ...], after: tuple[str, ...],
) -> SampleRecord:  # fmt: skip
    items, documents = draw_sample(frame, plan, np.random.default_rng(options.seed))
    given = np.bincount(everything.predicted, minlength=len(everything.classes))
    return SampleRecord(
        unit=options.unit,
        seed=options.seed,
        frame_sha256=hash_plan(frame, plan),
        run_id=str(run.meta["run_id"]),
        codebook=str(run.meta["codebook"]),
        each=options.each,
        coders=options.coders,
        strata=plan.strata,
        variables=names,
        items=items,
        documents=documents,
        totals={code: int(n) for code, n in zip(everything.classes, given, strict=True)},
        after=after,
        half_width=options.half_width,
    )


def _choose_strata(frame: SampleFrame, options: SampleOptions) -> tuple[tuple[str, ...], list[Note]]:
    """Return the variables of the strata; where all documents lie in one DID cell, type and period take its place."""
    names = options.strata
    if "did" not in names or len(set(frame.labels.get("did", ()))) > 1 or not len(frame):
        return names, []
    at = names.index("did")
    instead = [name for name in ("doc_type", "period") if name not in names]
    return (*names[:at], *instead, *names[at + 1 :]), [("one_did_cell", {"cell": frame.labels["did"][0]})]


def _find_notes(frame: SampleFrame, plan: SamplePlan, bought: Precision, options: SampleOptions) -> list[Note]:
    notes: list[Note] = []
    if plan.unit == "document" and plan.n_units < 10 and plan.n_units < len(frame.doc_ids):
        notes.append(("few_documents", {"n": plan.n_units}))
    if options.half_width is not None and bought.widest > options.half_width:
        notes.append(("not_reached", {"half_width": options.half_width, "widest": bought.widest}))
    if options.each == 1:
        notes.append(("single", {}))
    if options.size is not None and options.size > len(frame):
        notes.append(("all_of_it", {"n": len(frame)}))
    elif plan.n_expected > 1.25 * bought.size:
        notes.append(("larger", {"size": bought.size, "n": round(plan.n_expected)}))
    return notes
