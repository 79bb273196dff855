"""Tables and counts as lists of records that JSON can hold."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from econ.estimate import Dropped


def list_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a record a row; numbers that are missing or not finite are null."""
    return [{str(name): keep_finite(value) for name, value in row.items()} for row in frame.to_dict("records")]


def list_dropped(dropped: Sequence[Dropped]) -> list[dict[str, Any]]:
    """Return a record of everything that was left out."""
    return [{"what": one.what, "reason": one.reason, "count": one.count} for one in dropped]


def keep_finite(value: Any) -> Any:
    """Return a value, None if it is a number that is missing or not finite."""
    return None if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)) else value
