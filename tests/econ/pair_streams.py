"""Small streams of pairs that the tests of their columns and passes share."""

import numpy as np

from econ.pair_columns import Column, PairStream, sort_columns


def draw_stream(columns: list[Column], seed: int = 0, missing: float = 0.0, weighted: bool = False) -> PairStream:
    rng = np.random.default_rng(seed)
    n_units, n_periods = 9, 5
    order = sort_columns(columns)
    first, second = np.triu_indices(n_units, 1)
    kept = rng.random(len(first)) < 0.8
    first, second = first[kept], second[kept]
    present = rng.random((n_periods, n_units)) >= missing
    stack = rng.normal(size=(len(columns), n_periods, n_units))
    return PairStream(
        columns=tuple(columns[place] for place in order),
        stack=np.where(present, stack, 0.0),
        treatment=(rng.random((n_periods, n_units)) < 0.4).astype(float),
        present=present if missing else None,
        first=first,
        second=second,
        pair_values=rng.uniform(1, 3, (2, len(first))),
        designated_first=rng.random(len(first)) < 0.5,
        weights=rng.uniform(0.3, 3, len(first)) if weighted else None,
    )
