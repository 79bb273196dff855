"""The review and files: workbooks for coding go out, come back, are compared, and become events."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from textq import __version__
from textq.errors import ReadError, ReviewError
from textq.events import Draft, Queue, find_track
from textq.ingest.decode import decode_text
from textq.lexicon.codebook import Codebook
from textq.records import join_code
from textq.review.answers import Answer, SheetFacts, SheetRow
from textq.review.changes import REFUSED, WRITTEN, Change, Standing, Status, compare_rows, count_changes
from textq.review.code_words import CodeWords, has_code
from textq.review.workbook import build_workbook
from textq.review.workbook_read import ReturnedSheet, read_table, read_workbook
from textq.store.corpus import find_clauses_of, find_suggestions_of, list_clauses, list_documents, loaded_run
from textq.store.decisions import find_memo, list_decisions
from textq.store.events import append, read_events
from textq.store.hidden import list_hidden, list_machine_hidden
from textq.store.queues import hides_suggestion, list_items, list_queue, list_samples
from textq.store.rows import Decision, StoredClause, StoredDocument, StoredSample
from textq.store.settings import read_setting
from textq.store.store import Store

SheetQueue = Literal["audit", "fix", "all"]
"""What a workbook holds: the coder's share of an audit, blind; what is to be corrected; or every clause."""

Side = Literal["mine", "theirs"]
"""Which code stands where both differ from what was exported: that of the file, or that of the study."""

AROUND = 3
"""Clauses before and behind, as context."""

_WRITTEN_TO: Mapping[str, Queue] = {"audit": "audit", "fix": "fix", "all": "browse"}
"""In which queue the codes of a workbook count."""

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Sheet:
    """A workbook for one coder: its bytes, its clauses, and how many coded clauses audits kept out of it."""

    data: bytes
    n_rows: int
    n_hidden: int
    facts: SheetFacts


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would change.

    Attributes
    ----------
    name, source
        Of the file: its name, and ``xlsx:`` or ``csv:`` with the beginning of its hash, as events state it.
    coder, queue, sample, codebook
        Whose codes they are, where they count, and by which edition they were given.
    changes
        A row each.
    counts
        How many rows there are of each status.
    """

    name: str
    source: str
    coder: str
    queue: str
    sample: str
    codebook: str
    changes: tuple[Change, ...]
    counts: Mapping[Status, int]

    @property
    def n_refused(self) -> int:
        """How many rows cannot be used as they are."""
        return sum(self.counts[status] for status in REFUSED)


@dataclass(frozen=True, slots=True)
class Applied:
    """How many events were written, and how many rows that say something new were left."""

    n_events: int
    n_left: int


def build_sheet(
    store: Store,
    codebook: Codebook,
    *,
    coder: str,
    queue: SheetQueue = "audit",
    sample: str = "",
    lang: str = "zh",
    most: int | None = None,
) -> Sheet:
    """Return a workbook in which a coder can code; the same store gives the same bytes.

    Of an audit it shows neither the machine's codes nor those of others. Otherwise the clauses of all audits are left
    out, and all with the same text as one that the coder has yet to audit; the machine's code is left out where the
    store hides it.

    Parameters
    ----------
    store, codebook
        The review.
    coder
        Whose workbook it is.
    queue, sample
        What it holds; of an audit without ``sample``, the newest one that the coder has a share in.
    lang
        Of the headings and the names of codes.
    most
        No more rows than these, the first of the queue.

    Raises
    ------
    ReviewError
        If there is no run, no audit, or nothing to code.
    """
    run_id = _find_run(store)
    drawn = _find_sample(store, coder, sample) if queue == "audit" else None
    keys, n_hidden = _list_keys(store, coder, queue, drawn)
    if not keys:
        hidden = f" {n_hidden} clauses are in audits: export these (--queue audit)." if n_hidden else ""
        raise ReviewError(f"there is nothing to code for {coder} in the queue {queue}.{hidden}")
    newest = read_events(store, limit=1, newest_first=True)
    facts = SheetFacts(
        run_id=run_id,
        codebook=codebook.edition,
        queue=queue,
        coder=coder,
        sample=drawn.sample if drawn else "",
        seed=str(drawn.seed) if drawn else "",
        exported_at=newest[0].at if newest else "",
        head=newest[0].hash if newest else "",
        lang=lang,
        version=__version__,
    )
    rows = _build_rows(store, keys[:most], coder, queue, codebook)
    return Sheet(build_workbook(rows, facts, codebook), len(rows), n_hidden, facts)


def plan_import(
    store: Store,
    codebook: Codebook,
    data: bytes,
    name: str,
    *,
    coder: str = "",
    queue: str = "",
    sample: str = "",
) -> ImportPlan:
    """Return what a workbook, or a table of codes as CSV, would change. Nothing is written.

    Parameters
    ----------
    store, codebook
        The review.
    data, name
        The file; its name's ending tells what it is.
    coder, queue, sample
        Where the file itself does not tell, as a table saved as CSV. ``sample`` may be empty: the newest one.

    Raises
    ------
    ReviewError
        If the file cannot be used, is another coder's, or does not tell whose codes it holds.
    """
    returned, ending = _read_file(data, name)
    facts = returned.facts
    whose = _settle("coder", coder, facts.coder if facts else "", name)
    where = _settle("queue", queue, facts.queue if facts else "", name)
    if where not in _WRITTEN_TO:
        raise ReviewError(f"{name}: there is no queue {where!r} of workbooks. Give --queue {'|'.join(_WRITTEN_TO)}.")
    drawn = None
    if where == "audit":
        asked = _settle("sample", sample, facts.sample, name) if facts else sample
        drawn = _find_sample(store, whose, asked)
    standing = _find_standing(store, whose, where, drawn)
    changes = compare_rows(returned, standing, CodeWords(codebook))
    return ImportPlan(
        name=name,
        source=name_source(ending, data),
        coder=whose,
        queue=where,
        sample=drawn.sample if drawn else "",
        codebook=facts.codebook if facts else codebook.edition,
        changes=tuple(changes),
        counts=count_changes(changes),
    )


def apply_import(store: Store, plan: ImportPlan, *, conflicts: Side | None = None) -> Applied:
    """Write what a file changes as events, all of them or none.

    Parameters
    ----------
    store
        The review.
    plan
        As :func:`plan_import` gave it.
    conflicts
        Which code stands where both sides changed.

    Raises
    ------
    ReviewError
        If there are conflicts and ``conflicts`` does not settle them, or the sample is unveiled for the coder.
    """
    n_conflicts = plan.counts["conflict"]
    if n_conflicts and conflicts is None:
        raise ReviewError(
            f"{plan.name}: {n_conflicts} clauses were coded in the study as well since the file was exported; nothing "
            "is written. Look at them, then give --conflicts mine (the file's codes) or theirs (those of the study)."
        )
    taken = {*WRITTEN, "conflict"} if conflicts == "mine" else {*WRITTEN}
    changes = {change.key: change for change in plan.changes if change.status in taken}
    drafts = [draft for change in changes.values() for draft in _draft_change(change, plan)]
    if drafts and plan.sample in read_setting(store, plan.coder, "unveiled", []):
        raise ReviewError(
            f"{plan.name}: the sample {plan.sample} is unveiled for {plan.coder}, who has seen codes of others or of "
            "the machine since: blind codes stay as they are. Mend mistakes by adjudication. Nothing is written."
        )
    append(store, drafts)
    left = plan.n_refused + (n_conflicts if conflicts == "theirs" else 0)
    return Applied(len(drafts), left)


def name_source(ending: str, data: bytes) -> str:
    """Return what events state of the file that they come from."""
    return f"{ending}:{hashlib.sha256(data).hexdigest()[:12]}"


def decode_table(data: bytes, name: str) -> str:
    """Return the text of a table in whatever encoding it was saved.

    Raises
    ------
    ReviewError
        If no encoding fits.
    """
    try:
        return decode_text(data)
    except ReadError as error:
        raise ReviewError(f"{name}: {error}") from error


def read_answers(store: Store, coder: str, queue: str) -> dict[str, Answer]:
    """Return what a coder says of each clause in the track of a queue; a skipped clause has a memo at most."""
    track = find_track(_WRITTEN_TO.get(queue, "import"))
    decided = {one.key: one for one in list_decisions(store, track=track, coder=coder)}
    answers = {key: read_answer(one) for key, one in decided.items()}
    noted = {event.draft.clause for event in read_events(store, coder=coder, kind="memo")}
    memos = {key: tidy_memo(find_memo(store, coder, key)) for key in sorted(noted - set(decided))}
    return answers | {key: Answer(memo=memo) for key, memo in memos.items() if memo}


def read_answer(decision: Decision) -> Answer:
    """Return what a decision says."""
    memo = tidy_memo(decision.memo)
    if decision.status == "skipped":
        return Answer(memo=memo)
    return Answer(decision.instrument or None, decision.subtype or None, decision.status == "unsure", memo)


def tidy_memo(memo: str) -> str:
    """Return a memo as it comes back from a cell: without blanks around it, and with plain line breaks."""
    from textq.review.workbook import clean_cell

    return clean_cell(memo.replace("\r\n", "\n").replace("\r", "\n").strip())


def _find_run(store: Store) -> str:
    loaded = loaded_run(store)
    if loaded is None:
        raise ReviewError("the review holds no run yet. Run `textq score`, then give the study's folder.")
    return loaded[0]


def _find_sample(store: Store, coder: str, name: str) -> StoredSample:
    """Return the audit sample of a name, else the newest one that a coder has a share in."""
    samples = list_samples(store)[::-1]
    if not samples:
        raise ReviewError("no audit sample has been drawn. Draw one first, as by textq review sample.")
    if name:
        named = [one for one in samples if one.sample == name]
        if not named:
            known = ", ".join(one.sample for one in samples[:_MOST_NAMED])
            raise ReviewError(f"there is no audit sample {name!r}. There is {known}.")
        return named[0]
    shared = [one for one in samples if list_queue(store, coder, "audit", one.sample)]
    if not shared:
        raise ReviewError(f"{coder} has no share in any audit sample. Check the name, or assign a share.")
    return shared[0]


def _list_keys(store: Store, coder: str, queue: str, drawn: StoredSample | None) -> tuple[list[str], int]:
    """Return the clauses of a queue in its order, and how many coded ones audits keep out of it."""
    if drawn is not None:
        return list_queue(store, coder, "audit", drawn.sample), 0
    coded, kept = _list_coded(store), _list_kept(store, coder)
    keys = list_queue(store, coder, "fix") if queue == "fix" else coded
    return [key for key in keys if key not in kept], sum(key in kept for key in coded)


def _list_coded(store: Store) -> list[str]:
    return [clause.key for clause in list_clauses(store)]


def _list_kept(store: Store, coder: str) -> set[str]:
    """Return the clauses that cannot be coded outside audits: those of any audit, and those hidden from the coder."""
    drawn = {item.key for one in list_samples(store) for item in list_items(store, one.sample)}
    return drawn | list_hidden(store, coder)


def _build_rows(store: Store, keys: Sequence[str], coder: str, queue: str, codebook: Codebook) -> list[SheetRow]:
    found = find_clauses_of(store, keys)
    clauses = [found[key] for key in keys if key in found and found[key].is_coded]
    around = _read_around(store, {clause.doc_id for clause in clauses})
    titles = {one.doc_id: _call_document(one) for one in list_documents(store)}
    answers, stands = read_answers(store, coder, queue), _digest_others(store, coder, queue)
    suggestions = {} if queue == "audit" else find_suggestions_of(store, keys)
    blind = list_machine_hidden(store, coder)
    rows = []
    for clause in clauses:
        before, after = around[clause.key]
        suggestion = suggestions.get(clause.key)
        if suggestion is not None and (clause.key in blind or hides_suggestion(store, coder, clause.key)):
            suggestion = None
        rows.append(
            SheetRow(
                key=clause.key,
                clause_id=clause.clause_id,
                clause_sha256=clause.clause_sha256,
                document=titles.get(clause.doc_id, ""),
                heading=clause.heading,
                before=before,
                text=clause.text,
                after=after,
                page=clause.page,
                answer=_keep_known(answers.get(clause.key, Answer()), codebook),
                suggestion=join_code(suggestion.instrument, suggestion.subtype) if suggestion else None,
                confidence=suggestion.confidence if suggestion else None,
                stands=stands.get(clause.key, ""),
            )
        )
    return rows


def _read_around(store: Store, doc_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the texts before and behind each clause of some documents; a stem farther off comes first."""
    documents: defaultdict[str, list[StoredClause]] = defaultdict(list)
    for clause in list_clauses(store, coded=False):
        if clause.doc_id in doc_ids:
            documents[clause.doc_id].append(clause)
    around = {}
    for document in documents.values():
        texts = [clause.text for clause in document]
        for at, clause in enumerate(document):
            before = texts[max(at - AROUND, 0) : at]
            stem = [clause.stem] if clause.stem and clause.stem not in before else []
            around[clause.key] = ("\n".join([*stem, *before]), "\n".join(texts[at + 1 : at + 1 + AROUND]))
    return around


def _call_document(document: StoredDocument) -> str:
    return " ".join(part for part in (document.title or document.path, document.doc_number) if part)


def _keep_known(answer: Answer, codebook: Codebook) -> Answer:
    """Return an answer, without a code that the codebook does not have: a cell could not say it."""
    if answer.instrument is None or has_code(codebook, answer.instrument, answer.subtype):
        return answer
    if has_code(codebook, answer.instrument, None):
        return Answer(answer.instrument, None, answer.unsure, answer.memo)
    return Answer(None, None, answer.unsure, answer.memo)


def _digest_others(store: Store, coder: str, queue: str) -> dict[str, str]:
    """Return a digest of what others decided on each clause outside an audit; blind codes of others never count."""
    if queue == "audit":
        return {}
    decided: defaultdict[str, list[str]] = defaultdict(list)
    for one in list_decisions(store, track="free"):
        if one.coder != coder:
            decided[one.key].append(one.uuid)
    return {key: hashlib.sha256(" ".join(sorted(uuids)).encode()).hexdigest()[:12] for key, uuids in decided.items()}


def _find_standing(store: Store, coder: str, queue: str, drawn: StoredSample | None) -> dict[str, Standing]:
    keys = set(list_queue(store, coder, "audit", drawn.sample) if drawn else _list_coded(store))
    if not drawn:
        keys -= _list_kept(store, coder)
    answers, stands = read_answers(store, coder, queue), _digest_others(store, coder, queue)
    return {
        clause.key: Standing(
            clause.clause_sha256,
            clause.clause_id,
            clause.text,
            answers.get(clause.key, Answer()),
            stands.get(clause.key, ""),
        )
        for clause in list_clauses(store)
        if clause.key in keys
    }


def _read_file(data: bytes, name: str) -> tuple[ReturnedSheet, str]:
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending in ("xlsx", "xlsm"):
        return read_workbook(data, name), "xlsx"
    if ending in ("csv", "tsv", "txt"):
        return read_table(decode_table(data, name), name), "csv"
    raise ReviewError(f"{name}: codes are read from .xlsx and .csv files. Save it as one of them.")


def _settle(what: str, given: str, stated: str, name: str) -> str:
    """Return what the file or the user states; both must agree."""
    if given and stated and given != stated:
        raise ReviewError(
            f"{name}: it was exported for the {what} {stated}, not {given}. Leave --{what} out, or export a file for "
            f"{given}."
        )
    if not given and not stated:
        raise ReviewError(f"{name} does not tell the {what}: its hidden sheets are gone. Give --{what}.")
    return given or stated


def _draft_change(change: Change, plan: ImportPlan) -> Iterator[Draft]:
    """Yield the event of a change, and one more for a memo that was taken out."""
    said, stood = change.after, change.before
    draft = Draft(
        kind="unsure" if said.unsure else "code" if said.instrument else "skip",
        coder=plan.coder,
        queue=_WRITTEN_TO[plan.queue],
        clause=change.key,
        instrument=said.instrument,
        subtype=said.subtype,
        memo=said.memo,
        suggestion_shown=change.shown,
        sample=plan.sample,
        codebook=plan.codebook,
        source=plan.source,
    )
    if said.settled != replace(stood, memo=said.memo):
        yield draft
    if said.settled == replace(stood, memo=said.memo) or (stood.memo and not said.memo):
        yield replace(draft, kind="memo", instrument=None, subtype=None)
