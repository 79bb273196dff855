"""A manifest → its files, and the manifest completed."""

import random
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from textq.http.clock import SYSTEM_CLOCK, Clock
from textq.http.waits import choose_backoff
from textq.ingest.fetch.addresses import parse_address
from textq.ingest.fetch.client import parse_proxy
from textq.ingest.fetch.content import check_kind, find_ending
from textq.ingest.fetch.download import Wanted, check_hash, download, locate, place
from textq.ingest.fetch.failure import FetchError
from textq.ingest.fetch.hosts import Resolver, resolve_host
from textq.ingest.fetch.listing import ListedRow, Listing, check_manifest
from textq.ingest.fetch.log import WORK, FetchLog
from textq.ingest.fetch.names import choose_names
from textq.ingest.fetch.schedule import HostQueue, Job
from textq.ingest.fetch.settle import find_kept
from textq.ingest.fetch.spec import Fetched, FetchSpec
from textq.ingest.fetch.visit import Visitor
from textq.ingest.fetch.write_back import write_manifest

Progress = Callable[[Fetched, int, int], None]
"""Called with a row that is settled, how many are, and how many there are."""


def fetch_manifest(
    path: Path,
    spec: FetchSpec | None = None,
    *,
    clock: Clock = SYSTEM_CLOCK,
    resolve: Resolver = resolve_host,
    on_progress: Progress | None = None,
) -> list[Fetched]:
    """Fetch the files that the column ``url`` of a manifest lists, and complete the manifest.

    Files go into the manifest's folder or ``spec.out``, under the name in the column ``file``, else one made from the
    id or the url. ``manifest.csv`` in that folder is completed by the columns of ``listing.FILLED``; one that was not
    written by us is kept in the folder ``.fetch`` before it is replaced. An interrupted call can be repeated: what is
    there is kept.

    Returns
    -------
    list of Fetched
        One for each row, in the order of the manifest.

    Raises
    ------
    ManifestError
        If the manifest cannot be used, or was changed while its files were fetched.
    ConfigError
        If the proxy is of another form than http://host:port, or another run is at work in the folder.
    """
    spec = spec or FetchSpec()
    if spec.proxy:
        parse_proxy(spec.proxy)
    listing = Listing(path)
    rows = listing.list_rows()
    names = choose_names(rows, WORK)
    check_manifest(listing.complete(Fetched(line, "", name, "left") for line, name in names.items()), path)
    folder = spec.out or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    with FetchLog(folder / WORK) as log:
        run = _Run(rows, names, spec, folder, log, clock, Visitor(spec, clock, resolve), on_progress)
        try:
            run.fetch_all()
        finally:
            write_manifest(listing, run.list_results(), folder, log)
    return run.list_results()


class _Run:
    """The rows of a manifest, and what became of each so far."""

    def __init__(
        self,
        rows: list[ListedRow],
        names: dict[int, str],
        spec: FetchSpec,
        folder: Path,
        log: FetchLog,
        clock: Clock,
        visitor: Visitor,
        on_progress: Progress | None,
    ) -> None:
        self._rows = rows
        self._names = names
        self._spec = spec
        self._folder = folder
        self._log = log
        self._clock = clock
        self._visitor = visitor
        self._on_progress = on_progress
        self._draw = random.Random(spec.seed)
        self._results: dict[int, Fetched] = {}
        self._waiting: dict[str, list[ListedRow]] = {}

    def list_results(self) -> list[Fetched]:
        """Return what became of every row; those not reached yet are left."""
        return [
            self._results.get(row.line) or Fetched(row.line, row.url, self._names[row.line], "left")
            for row in self._rows
        ]

    def fetch_all(self) -> None:
        """Settle every row: keep, fetch or refuse it."""
        queue = self._plan()
        while job := queue.pop(self._visitor.pace.get_ready_time):
            self._try(job, queue)

    def _plan(self) -> HostQueue:
        """Settle the rows that need no request, and queue each address of the others once."""
        queue = HostQueue()
        for row in self._rows:
            try:
                if not self._settle(row):
                    self._enqueue(row, queue)
            except FetchError as error:
                self._fail(row, error)
        return queue

    def _settle(self, row: ListedRow) -> bool:
        """Return whether the file of a row is there and need not be fetched."""
        if self._spec.force and row.url:
            return False
        kept = find_kept(row, self._names[row.line], self._folder, self._log)
        if kept:
            self._note(kept)
        elif not row.url:
            raise FetchError("the file is not there, and the cell url is empty. Give one of them.")
        return kept is not None

    def _enqueue(self, row: ListedRow, queue: HostQueue) -> None:
        address = parse_address(row.url)
        if address.url in self._waiting:
            self._waiting[address.url].append(row)
        elif self._spec.limit is None or len(self._waiting) < self._spec.limit:
            self._waiting[address.url] = [row]
            queue.add(Job(Wanted(address, self._names[row.line], row.sha256)))

    def _try(self, job: Job, queue: HostQueue) -> None:
        """Fetch a file, or put it back for later, or give it up."""
        job.tries += 1
        address = job.wanted.address
        rows = self._waiting[address.url]
        try:
            got = download(
                job.wanted, self._visitor, self._clock,
                folder=self._folder, work=self._folder / WORK, most_bytes=self._spec.most_bytes,
            )  # fmt: skip
        except FetchError as error:
            if error.retry and job.tries <= self._spec.retries:
                wait = choose_backoff(job.tries, self._draw)
                self._visitor.pace.hold(address.host, max(wait, error.wait or 0.0))
                queue.put_back(job)
                return
            for row in rows:
                self._fail(row, error)
            return
        today = self._clock.now().date().isoformat()
        first = Fetched(rows[0].line, rows[0].url, status="fetched", retrieved_on=today, **asdict(got))
        self._note(first)
        for row in rows[1:]:
            self._copy(row, first)

    def _copy(self, row: ListedRow, first: Fetched) -> None:
        """Give a further row of the same address a file of its own."""
        name, kind = self._names[row.line], find_ending(first.file)
        try:
            check_kind(kind, file=name, target="")
            check_hash(first.sha256, row.sha256)
            name = name if find_ending(name) else name + Path(first.file).suffix.lower()
            draft = self._folder / WORK / "copy"
            shutil.copyfile(self._folder / first.file, draft)
            place(draft, locate(self._folder, name))
        except FetchError as error:
            self._fail(row, error)
        else:
            self._note(replace(first, line=row.line, url=row.url, file=name))

    def _fail(self, row: ListedRow, error: FetchError) -> None:
        self._note(Fetched(row.line, row.url, self._names[row.line], "failed", reason=str(error)))

    def _note(self, result: Fetched) -> None:
        """Note what became of a row: in the log, unless its file was there before, and to whoever looks on."""
        if result.status != "kept":
            at = self._clock.now().isoformat(timespec="seconds")
            self._log.add({"at": at, "name": self._names[result.line], **asdict(result)})
        self._results[result.line] = result
        if self._on_progress:
            self._on_progress(result, len(self._results), len(self._rows))
