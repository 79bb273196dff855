"""Which clauses are copies of a higher-level text."""

import pandas as pd

from textq.notation.marks import match_mark

_RANKS = {"central": 0, "province": 1, "prefecture": 2, "county": 3}


def mark_new(clauses: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    """Return for each clause whether it is new: not word for word in a higher-level document of the same day or before.

    Parameters
    ----------
    clauses
        ``doc_id``, ``text``. The clause's own number is no part of the comparison.
    documents
        ``doc_id``, ``level``, ``issued_on`` (ISO). A document without level or date neither lends nor borrows.
    """
    dated = documents.dropna(subset=["level", "issued_on"]).assign(rank=lambda table: table["level"].map(_RANKS))
    texts = pd.DataFrame(
        {"row": clauses.index, "doc_id": clauses["doc_id"], "body": [strip_mark(text) for text in clauses["text"]]}
    ).merge(dated[["doc_id", "rank", "issued_on"]], on="doc_id")
    pairs = texts.merge(_first_by_rank(texts), on="body", suffixes=("", "_above"))
    copies = pairs[(pairs["rank_above"] < pairs["rank"]) & (pairs["issued_on_above"] <= pairs["issued_on"])]
    return pd.Series(~clauses.index.isin(copies["row"]), index=clauses.index)


def _first_by_rank(texts: pd.DataFrame) -> pd.DataFrame:
    return texts.groupby(["body", "rank"])["issued_on"].min().reset_index()


def strip_mark(text: str) -> str:
    """Return a clause without its own number."""
    mark = match_mark(text)
    return text[mark.end :] if mark else text
