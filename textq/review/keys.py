"""The durable names of clauses, which are the same in every run that cuts the same clause out of the same document."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

_LENGTH = 16


def hash_place(heading: str, stem: str) -> str:
    """Return the place of a clause in its document: the first 16 hex digits of the sha256 of its heading and stem."""
    return _hash(f"{heading}\n{stem}")


def make_keys(doc_ids: Sequence[str], places: Sequence[str], shas: Sequence[str]) -> list[str]:
    """Return the keys of clauses that are given in the order of their documents.

    A key is the first 16 hex digits of the sha256 of the document's id, the place, the hash of the clause's text, and
    the how-manieth clause it is that shares all three, from 0. Clauses before and behind may come and go.

    Parameters
    ----------
    doc_ids, places, shas
        Of each clause: its document, :func:`hash_place`, and the sha256 of its text.
    """
    n_alike: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    keys = []
    for alike in zip(doc_ids, places, shas, strict=True):
        keys.append(_hash("\n".join(alike) + f"\n{n_alike[alike]}"))
        n_alike[alike] += 1
    return keys


Named = tuple[str, str, str]
"""A clause by its key, the hash of its text, and its place."""


def match_lost(lost: Sequence[Named], free: Sequence[Named]) -> dict[str, str]:
    """Return which clauses of a new run take the place of clauses that it lost, old key to new key.

    A document that was renamed, or a clause before or behind that is alike, gives a clause another key. It is found
    again where its text and place are those of one free clause alone, and of one lost clause alone.

    Parameters
    ----------
    lost
        Clauses with decisions whose keys the new run does not have.
    free
        Clauses of the new run whose keys no decision names.
    """
    old, new = _group(lost), _group(free)
    return {keys[0]: new[alike][0] for alike, keys in old.items() if len(keys) == 1 == len(new.get(alike, ()))}


def _group(clauses: Sequence[Named]) -> dict[tuple[str, str], list[str]]:
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, sha, place in clauses:
        grouped[sha, place].append(key)
    return grouped


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
