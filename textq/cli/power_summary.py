"""What ``textq power`` says at its end: the smallest effects, the power curve, where it lies."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from econ.table_text import render_text
from textq.cli.json_records import list_dropped, list_records
from textq.cli.languages import Lang
from textq.pipeline.power import StudyPower
from textq.pipeline.power_tables import list_power_tables
from textq.provenance import SCHEMA_VERSION, code_version

_WROTE = {"zh": " 写出 {}", "en": " wrote {}"}


def describe_power(result: StudyPower, lang: Lang) -> Iterator[str]:
    """Yield the lines of the summary."""
    yield f"textq {code_version().partition('+')[0]}  {result.study.path}"
    for table in list_power_tables(result, lang).values():
        yield ""
        yield render_text(table).rstrip("\n")
    yield ""
    yield _WROTE[lang].format(result.run_dir)


def summarise_power(result: StudyPower) -> dict[str, Any]:
    """Return the JSON object of ``--json``; numbers that are not finite (no effect has the power) are null."""
    power = result.power
    return {
        "schema_version": SCHEMA_VERSION,
        "run_dir": str(result.run_dir),
        "alpha": power.alpha,
        "power": power.power,
        "vcov": power.vcov,
        "null": power.null,
        "draws": int(power.draws["draw"].nunique()),
        "seed": power.seed,
        "strata": power.strata,
        "n_units": power.n_units,
        "n_designated": power.n_designated,
        "n_pairs": power.n_pairs,
        "n_periods": power.n_periods,
        "smallest": _list_rows(power.smallest),
        "curve": _list_rows(power.curve),
        "dropped": list_dropped(power.dropped),
        "notes": [*result.notes, *power.notes],
    }


def _list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a record a row, with accuracies as numbers."""
    return [{**row, "accuracy": _read_name(row["accuracy"])} for row in list_records(frame)]


def _read_name(accuracy: str | None) -> float | str | None:
    """Return an accuracy as a number, the name of a confusion matrix as it is."""
    try:
        return None if accuracy is None else float(accuracy)
    except ValueError:
        return accuracy
