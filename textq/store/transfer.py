"""Events as files of lines, and the union of the events of several machines."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from textq.atomic import replace_file
from textq.errors import ReviewError
from textq.events import TIME, Event, event_record, hash_event, read_event
from textq.store.clauses import NAMED_KEYS
from textq.store.event_fields import check_event
from textq.store.events import check_link
from textq.store.projections import EVENT, event_at, find_keys, insert_event, rebuild
from textq.store.store import Store, open_store

_AHEAD = timedelta(days=1)
"""How far the clock of another computer may be ahead of this one's."""

_MOST_NAMED = 10
"""More clauses than these are not named in one message."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge.

    Attributes
    ----------
    n_new, n_known
        Events that were added, and that were there before.
    origins
        The logs that the files hold.
    clashes
        What a person should look at, in words: one name used at two places for different codes of a clause, two
        samples of one name, a clock that is ahead, a last line that is not whole, clauses that this study does not
        have.
    unknown
        Keys of clauses that new events name and this study does not have.
    """

    n_new: int
    n_known: int
    origins: tuple[str, ...]
    clashes: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def export_events(store: Store, path: Path, coder: str | None = None) -> int:
    """Write all events, or those of one coder, one JSON record a line, by log and number; return how many.

    The same events give the same file. The logs of a coder are whole by themselves, so that such a file can be merged
    and its chain be checked without those of others.
    """
    where = "" if coder is None else "WHERE coder = ?"
    rows = store.read().execute(
        f"SELECT {EVENT} FROM event {where} ORDER BY origin, seq", () if coder is None else (coder,)
    )
    records = [event_record(event_at(row)) for row in rows]
    with replace_file(path) as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
    return len(records)


def merge_events(store: Store, paths: Sequence[Path]) -> Merged:
    """Add the events of files to the store: the union by uuid. All of them, or none where one is refused.

    Raises
    ------
    ReviewError
        If a file cannot be read, or is of another study; if an event was changed, could not have been written here, or
        is of a day to come; if events before one are missing, or a log was continued at two places (a fork).
    """
    notes: list[str] = []
    events: dict[tuple[str, int], Event] = {}
    n_known = 0
    files = {path: _read_file(path, notes) for path in paths}
    for path, read in files.items():
        for event in read:
            twin = events.setdefault((event.origin, event.seq), event)
            if twin.hash != event.hash:
                raise ReviewError(_tell_fork(event, f"in {path.name} and in another of the files"))
    with store.write() as connection:
        unknown = _find_unknown(connection, files)
        new = []
        for origin, log in groupby((events[place] for place in sorted(events)), key=lambda event: event.origin):
            added, known = _continue_log(connection, origin, list(log))
            n_known += known
            new += added
        for event in new:
            insert_event(connection, event)
        if new:
            rebuild(connection)
            notes += _find_clashes(connection, new)
    origins = tuple(sorted({origin for origin, _ in events}))
    missing = sorted(unknown.intersection(key for event in new for key in _name_clauses(event)))
    if missing:
        notes.append(
            f"{len(missing)} clauses that new events name are not in the run under review, so their codes count for "
            f"nothing in it: {', '.join(missing[:_MOST_NAMED])}{' …' * (len(missing) > _MOST_NAMED)}"
        )
    return Merged(len(new), n_known, origins, tuple(notes), tuple(missing))


def try_merge(store: Store, paths: Sequence[Path]) -> Merged:
    """Return what :func:`merge_events` would do, tried out on a copy; the store is left as it is.

    Raises
    ------
    ReviewError
        As there.
    """
    with TemporaryDirectory(prefix="textq-merge-") as folder:
        place = Path(folder) / "review.sqlite"
        store.read().execute("VACUUM INTO ?", (str(place),))
        with closing(open_store(place, journal="delete")) as copy:
            return merge_events(copy, paths)


def _name_clauses(event: Event) -> list[str]:
    """Return the keys of the clauses that an event names."""
    if event.draft.kind == "sample":
        return [key for key, *_ in json.loads(event.draft.detail)["items"]]
    return [key for key, _ in find_keys(event.draft)]


def _find_unknown(connection: sqlite3.Connection, files: Mapping[Path, Sequence[Event]]) -> set[str]:
    """Return the keys in some files that the study does not have; refuse a file of which it has none.

    Raises
    ------
    ReviewError
        If all clauses that a file names are unknown: it is of another study.
    """
    known = {
        key for (key,) in connection.execute(f"SELECT key FROM clause UNION SELECT old FROM alias UNION {NAMED_KEYS}")
    }
    run = connection.execute("SELECT run_id FROM run").fetchone()
    unknown: set[str] = set()
    for path, events in files.items():
        named = {key for event in events for key in _name_clauses(event)}
        if run and named and not named & known:
            raise ReviewError(_tell_foreign(path, events, len(named), run[0]))
        unknown |= named - known
    return unknown


def _tell_foreign(path: Path, events: Sequence[Event], n_named: int, run_id: str) -> str:
    drawn = [event for event in events if event.draft.kind == "sample"]
    runs = sorted({str(json.loads(event.draft.detail)["run_id"]) for event in drawn})
    where = f" Its samples were drawn from the run {', '.join(runs)}." if runs else ""
    return (
        f"{path.name} is of another study: none of the {n_named} clauses that its events name is in the one under "
        f"review here (run {run_id}).{where} Nothing was taken in. Merge it in the study that it belongs to."
    )


def _read_file(path: Path, notes: list[str]) -> list[Event]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReviewError(f"{path} is no file of events (not UTF-8). Give events-*.jsonl of a review.") from error
    except OSError as error:
        raise ReviewError(f"{path} cannot be read: {error.strerror or error}.") from error
    lines = text.split("\n")
    events = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            event = _read_line(line)
        except ValueError as error:
            if number == len(lines):  # no end of line behind it: the file was cut short while it was copied
                notes.append(
                    f"{path.name}: the last line is not whole and was left out; copy the file again and merge once more"
                )
                continue
            raise ReviewError(f"{path}, line {number} is no event: {error}. Copy the file again.") from error
        events.append(event)
    if not events:
        raise ReviewError(f"{path} holds no event. Give events-*.jsonl of a review.")
    _check_clock(path, events)
    return events


def _read_line(line: str) -> Event:
    """Return the event of a line.

    Raises
    ------
    ValueError
        If it is none, or was changed.
    """
    try:
        event = read_event(json.loads(line))
        check_event(event)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__} {error}") from error
    except ReviewError as error:
        raise ValueError(str(error).rstrip(".")) from error
    if event.hash != hash_event(event):
        raise ValueError("its content does not fit its hash, it was changed")
    return event


def _check_clock(path: Path, events: Iterable[Event]) -> None:
    """Refuse events of a day to come: every later event would have to have a later time."""
    now = datetime.now(UTC)
    latest = (now + _AHEAD).strftime(TIME)
    ahead = next((event for event in events if event.at > latest), None)
    if ahead:
        raise ReviewError(
            f"{path.name}: event {ahead.seq} of {ahead.draft.coder} is of {ahead.at}, but it is {now.strftime(TIME)} "
            "here. Set the clock of the computer that is wrong. Where it was the other one, its events since cannot be "
            "taken in: code these clauses again there, or bring the codes over in a workbook (--xlsx)."
        )


def _continue_log(connection: sqlite3.Connection, origin: str, log: Sequence[Event]) -> tuple[list[Event], int]:
    """Return the events of a log that are new, and how many are known; note the new end of the log."""
    rows = connection.execute(f"SELECT {EVENT} FROM event WHERE origin = ? ORDER BY seq", (origin,))
    known = {event.seq: event for event in map(event_at, rows)}
    for event in log:
        if event.seq in known and known[event.seq].hash != event.hash:
            raise ReviewError(_tell_fork(event, "here and in the file"))
    before = known[max(known)] if known else None
    new = [event for event in log if event.seq not in known]
    people = {event.draft.coder for event in (*known.values(), *new)}
    if len(people) > 1:
        raise ReviewError(
            f"the file cannot be merged: the log {origin} is by {', '.join(sorted(people))}, but a log is one person's."
        )
    for event in new:
        broken = check_link(before, event)
        if broken:
            raise ReviewError(f"the file cannot be merged: {broken[0]}. Export the events there again, all of them.")
        before = event
    if new:
        last = new[-1]
        connection.execute(
            "INSERT INTO log VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (origin) DO UPDATE SET seq = excluded.seq, "
            "at = excluded.at, hash = excluded.hash",
            (origin, last.draft.coder, last.seq, last.at, last.hash),
        )
    return new, len(log) - len(new)


def _tell_fork(event: Event, where: str) -> str:
    return (
        f"the log {event.origin} of {event.draft.coder} was continued at two places: event {event.seq} "
        f"({event.draft.kind}, {event.at}) is another one {where}. An older copy of the store was put back and "
        "worked on. Take the events of one of the two places, and code again what only the other one has."
    )


def _find_clashes(connection: sqlite3.Connection, new: Iterable[Event]) -> list[str]:
    """Return what a person should look at after a merge."""
    clashes = []
    ahead = max((event.at for event in new), default="")
    if ahead > datetime.now(UTC).strftime(TIME):
        clashes.append(f"the last event is of {ahead}, which is to come: a clock is ahead, or this one is behind")
    rows = connection.execute(
        "SELECT coder, key, count(DISTINCT origin) FROM (SELECT touch.coder, touch.key, touch.track, event.origin, "
        "coalesce(event.instrument, '') || '/' || coalesce(event.subtype, '') AS code FROM touch "
        "JOIN event ON event.n = touch.event WHERE touch.is_active AND touch.kind IN ('code', 'bulk')) "
        "GROUP BY coder, key, track HAVING count(DISTINCT origin) > 1 AND count(DISTINCT code) > 1 ORDER BY 1, 2"
    ).fetchall()
    clashes += [
        f"{coder} coded the clause {key} differently at {n} places; the later code counts. One name for two people?"
        for coder, key, n in rows
    ]
    doubled = connection.execute(
        "SELECT sample, count(*) FROM event WHERE kind = 'sample' GROUP BY sample HAVING count(*) > 1 ORDER BY 1"
    ).fetchall()
    clashes += [f"{n} samples are named {sample!r}; the first one drawn counts" for sample, n in doubled]
    return clashes
