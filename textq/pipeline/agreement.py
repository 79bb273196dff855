"""Files of codings → how far their coders agree, on the codes and on the subtypes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from textq.coding.coders import locate_codebook
from textq.coding.reliability.joint_codings import JointCodings, join_codings
from textq.coding.reliability.report import Reliability, measure_reliability
from textq.coding.resample import DRAWS
from textq.errors import ClauseFileError
from textq.ingest.codings import CoderCodings, GivenCode, read_codings
from textq.lexicon.codebook import Codebook, split_code
from textq.lexicon.read import builtin_codebook, read_codebook
from textq.records import NONE, join_code

By = Literal["document", "clause"]

ENOUGH_SUBTYPES = 0.9
"""Who gave a smaller share of the subtypes that are due takes no part in the comparison of subtypes: clauses that lack
one are left out, and with them agreements on the code, while clauses coded none stay."""

_MOST_CELLS = 50_000_000
"""Clauses times pairs of codes, which are held in memory (8 bytes each, several times)."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A clause on which not all coders gave the same code and subtype."""

    clause_id: str
    document: str
    given: tuple[str, ...]
    """One a coder: "code/subtype", or "" where this coder did not code it."""

    @property
    def is_on_subtype(self) -> bool:
        """Whether coders gave the same code, and differ on the subtype alone."""
        return len({split_code(one)[0] for one in self.given if one}) == 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a comparison of coders found.

    Attributes
    ----------
    codes
        Agreement on the codes.
    subtypes
        Agreement on code and subtype together, of coders who gave at least the share ``ENOUGH_SUBTYPES`` of the
        subtypes that are due (those of codes that ever have one), over clauses on which none of them lacks one; None
        where fewer than two such coders have a clause in common.
    n_without_subtype
        Codings that lack a subtype.
    disagreements
        The clauses to talk about, in the order of the files.
    codebook
        What gives the codes their order and their names; codings may have other codes.
    unknown
        Codes that the codebook does not know, in order.
    by, draws, seed
        How the intervals were drawn; ``draws`` is 0 where none were.
    """

    codes: Reliability
    subtypes: Reliability | None
    n_without_subtype: int
    disagreements: tuple[Disagreement, ...]
    codebook: Codebook
    unknown: tuple[str, ...]
    by: By
    draws: int
    seed: int

    @property
    def n_on_subtype(self) -> int:
        """On how many clauses coders differ on the subtype alone."""
        return sum(one.is_on_subtype for one in self.disagreements)


def compare_coders(
    paths: Sequence[Path],
    columns: Sequence[str] = (),
    *,
    codebook: Path | None = None,
    by: By | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Agreement:
    """Read codings and measure how far their coders agree.

    Parameters
    ----------
    paths, columns
        As :func:`textq.ingest.codings.read_codings` takes them.
    codebook
        The folder of the codebook whose codes were given; default: the one of textq.
    by
        What the intervals draw; default: documents where every clause coded twice names its own, else clauses.
    draws
        How many samples; 0: no intervals.
    seed
        Of the generator.

    Raises
    ------
    ClauseFileError
        If a file cannot be used, there are fewer than two coders, they share no clause, name other documents
        for one, documents are asked for and not known, a column holds no codes, or there are too many of them.
    ConfigError, LexiconError
        If there is no codebook in its folder, or it cannot be read.
    """
    coders = read_codings(paths, columns)
    if len(coders) < 2:
        raise ClauseFileError(
            f"{paths[0]} holds the codings of one coder only ({coders[0].coder}). Give the file of a second coder, or "
            "name the columns of several by --coders."
        )
    by_codebook = read_codebook(locate_codebook(codebook)) if codebook else builtin_codebook()
    if not columns and len(paths) == 1:
        _check_columns(paths[0], coders, by_codebook)
    return compare_codings(coders, by_codebook, by=by, draws=draws, seed=seed)


def compare_codings(
    coders: Sequence[CoderCodings], codebook: Codebook, *, by: By | None = None, draws: int = DRAWS, seed: int = 1
) -> Agreement:
    """Measure how far coders agree, wherever their codings come from.

    Parameters
    ----------
    coders
        At least two, each with what was given to each clause.
    codebook
        Gives the codes their order and their names.
    by, draws, seed
        As in :func:`compare_coders`.

    Raises
    ------
    ClauseFileError
        If the coders share no clause, name other documents for one, documents are asked for and not known, or there
        are too many codes.
    """
    ids = list(dict.fromkeys(clause_id for one in coders for clause_id in one.codes))
    twice = [clause_id for clause_id in ids if sum(clause_id in one.codes for one in coders) > 1]
    if not twice:
        raise ClauseFileError(
            f"no clause was coded by two of the coders ({', '.join(one.coder for one in coders)}): they share no id. "
            "Agreement needs clauses that several coders coded."
        )
    documents = _join_documents(coders)
    chosen = _choose_resampling(by, twice, documents)

    def join(joined: Sequence[CoderCodings], rows: Sequence[Sequence[str | None]]) -> JointCodings:
        codes = {value for row in rows for value in row if value is not None}
        if len(rows) * len(codes) ** 2 > _MOST_CELLS:
            raise ClauseFileError(
                f"{len(codes):,} different codes in {len(rows):,} clauses are too many to compare. If a column holds "
                "notes, name those of the coders by --coders."
            )
        return join_codings(
            rows, [one.coder for one in joined], categories=_order(codes, codebook),
            documents=[documents.get(clause_id, "") for clause_id in ids] if chosen == "document" else None,
        )  # fmt: skip

    def measure(codings: JointCodings) -> Reliability | None:
        if not (codings.n_coders_of > 1).any():
            return None
        enough = codings.keep_pairable().n_groups > 1
        generator = np.random.default_rng(seed) if draws and enough else None
        return measure_reliability(codings, generator, draws, possible=_list_possible(codings.categories, codebook))

    divided = {code[0] for one in coders for code in one.codes.values() if code[1]}
    given = [code for one in coders for code in one.codes.values()]
    codes = measure(join(coders, [[(one.codes.get(clause_id) or (None,))[0] for one in coders] for clause_id in ids]))
    assert codes is not None  # some clause was coded twice
    full = [one for one in coders if _has_subtypes(one, divided)]
    subtypes = None
    if len(full) > 1:
        subtypes = measure(join(full, [_list_subtypes(full, clause_id, divided) for clause_id in ids]))
    return Agreement(
        codes,
        subtypes,
        sum(_name_subtype(code, divided) is None for code in given),
        _list_disagreements(coders, twice, documents, divided),
        codebook,
        tuple(code for code in codes.categories if code not in codebook.classes),
        chosen,
        draws if codes.n_groups > 1 else 0,
        seed,
    )


def _choose_resampling(by: By | None, twice: Sequence[str], documents: Mapping[str, str]) -> By:
    without = [clause_id for clause_id in twice if clause_id not in documents]
    if by == "document" and without:
        raise ClauseFileError(
            f"the document of {len(without)} clauses is not known, of {without[0]!r} for one. Add a column doc, or use "
            "--by clause."
        )
    return by or ("clause" if without else "document")


def _join_documents(coders: Sequence[CoderCodings]) -> dict[str, str]:
    documents: dict[str, str] = {}
    for one in coders:
        for clause_id, name in one.documents.items():
            if documents.setdefault(clause_id, name) != name:
                raise ClauseFileError(
                    f"the clause {clause_id!r} is in the document {documents[clause_id]!r}, but for {one.coder} in "
                    f"{name!r}. Give clauses of different documents different ids, or correct the column doc."
                )
    return documents


def _order(codes: set[str], codebook: Codebook) -> list[str]:
    ranks = codebook.ranks
    return sorted(codes, key=lambda code: (ranks.get(code, len(ranks)), code))


def _name_subtype(code: GivenCode | None, divided: set[str]) -> str | None:
    if code is None or (code[0] in divided and not code[1]):
        return None
    return join_code(*code)


def _has_subtypes(one: CoderCodings, divided: set[str]) -> bool:
    due = [code[1] for code in one.codes.values() if code[0] in divided]
    return any(due) and sum(map(bool, due)) >= ENOUGH_SUBTYPES * len(due)


def _list_subtypes(coders: Sequence[CoderCodings], clause_id: str, divided: set[str]) -> list[str | None]:
    codes = [one.codes.get(clause_id) for one in coders]
    named = [_name_subtype(code, divided) for code in codes]
    lacks = any(code is not None and name is None for code, name in zip(codes, named, strict=True))
    return [None] * len(coders) if lacks else named


def _list_possible(given: Iterable[str], codebook: Codebook) -> tuple[str, ...]:
    """Return every code that could be given at the level of the codes given; none where one is not in the codebook."""
    every = (codebook.classes, (*codebook.codes, NONE))
    return next((codes for codes in every if set(given) <= set(codes)), ())


def _check_columns(path: Path, coders: Sequence[CoderCodings], codebook: Codebook) -> None:
    """Refuse columns of no coder, which begin like one: none of their values is a code, though others' are."""
    known = {one.coder: any(code in codebook.classes for code, _ in one.codes.values()) for one in coders}
    for one in coders:
        if not known[one.coder] and any(known.values()) and one.codes:
            raise ClauseFileError(
                f"{path}: {one.coder} gave no code of the codebook {codebook.edition}, and others did. Name the "
                "columns of the coders by --coders."
            )


def _list_disagreements(
    coders: Sequence[CoderCodings], twice: Sequence[str], documents: Mapping[str, str], divided: set[str]
) -> tuple[Disagreement, ...]:
    found = []
    for clause_id in twice:
        codes = [one.codes[clause_id] for one in coders if clause_id in one.codes]
        subtypes = {_name_subtype(code, divided) for code in codes} - {None}
        if len({code[0] for code in codes}) > 1 or len(subtypes) > 1:
            given = (join_code(*one.codes.get(clause_id, ("", None))) for one in coders)
            found.append(Disagreement(clause_id, documents.get(clause_id, ""), tuple(given)))
    return tuple(found)
