"""The durable names of the clauses of a run, from its table of clauses."""

import pandas as pd

from textq.review.keys import hash_place, make_keys


def add_keys(clauses: pd.DataFrame) -> pd.DataFrame:
    """Return rows of CLAUSES with their ``key`` and ``place`` (see :mod:`textq.review.keys`).

    The rows are whole documents, each with its clauses in their order.
    """
    pairs = zip(clauses["heading"].fillna(""), clauses["stem"].fillna(""), strict=True)
    places = [hash_place(heading, stem) for heading, stem in pairs]
    keys = make_keys(list(clauses["doc_id"]), places, list(clauses["clause_sha256"]))
    return clauses.assign(key=keys, place=places)
