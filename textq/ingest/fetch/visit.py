"""A polite visit to an address: robots.txt, the pace of the host, checked IP addresses, redirects by hand."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from textq.http.clock import Clock
from textq.http.waits import MOST_WAIT, parse_retry_after
from textq.ingest.fetch.addresses import Address, follow_location
from textq.ingest.fetch.client import Client, Reply
from textq.ingest.fetch.decoding import decode_pieces
from textq.ingest.fetch.failure import FetchError
from textq.ingest.fetch.hosts import Resolver, check_public
from textq.ingest.fetch.pace import Pace
from textq.ingest.fetch.robots import ALLOW_ALL, MOST_BYTES, Robots, parse_robots
from textq.ingest.fetch.spec import FetchSpec

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_LATER = (408, 425, 429)
"""States that pass, as those of 500 and above do."""

_NOT_SUPPORTED = (501, 505)
"""Of those of 500 and above, the ones that do not pass."""


@dataclass(frozen=True, slots=True)
class Visit:
    """The answer at the end of all redirects, and where that was."""

    address: Address
    reply: Reply


class Visitor:
    """Visits addresses one after the other, and remembers what each host asked for."""

    def __init__(self, spec: FetchSpec, clock: Clock, resolve: Resolver) -> None:
        self.pace = Pace(spec.delay, clock)
        self._spec = spec
        self._clock = clock
        self._resolve = resolve
        self._client = Client(spec.user_agent, spec.timeout, spec.most_seconds, spec.proxy)
        self._robots: dict[str, Robots] = {}
        self._robots_tries: dict[str, int] = {}
        self._closed: dict[str, str] = {}

    @contextmanager
    def visit(self, address: Address, make_headers: Callable[[Address], Mapping[str, str]]) -> Iterator[Visit]:
        """Ask for an address, if robots.txt allows it there and at every redirect.

        ``make_headers`` gives the headers for an address. Any status but a redirect may come back.

        Raises
        ------
        FetchError
            If it is not allowed, not public, redirected too often, or the connection fails.
        """
        with self._follow(address, make_headers, self._check_robots) as visit:
            yield visit

    @contextmanager
    def _follow(
        self,
        address: Address,
        make_headers: Callable[[Address], Mapping[str, str]],
        check: Callable[[Address], None],
    ) -> Iterator[Visit]:
        first = address
        for _ in range(_MOST_REDIRECTS + 1):
            check(address)
            with self._exchange(address, make_headers(address)) as reply:
                location = reply.headers.get("location") if reply.status in _REDIRECTS else None
                if location is None:
                    yield Visit(address, reply)
                    return
            address = follow_location(address, location)
        raise TooManyRedirectsError(
            f"{first.url} leads from one address to the next, more than {_MOST_REDIRECTS} times."
        )

    @contextmanager
    def _exchange(self, address: Address, headers: Mapping[str, str]) -> Iterator[Reply]:
        self.pace.wait(address.host)
        try:
            with self._client.open(address, self._locate(address), headers) as reply:
                yield reply
        finally:
            self.pace.note_end(address.host)

    def _locate(self, address: Address) -> tuple[str, ...]:
        """Return the IP addresses to connect to: those that were checked, not what a second look-up might give."""
        if self._spec.proxy:
            return (address.host,)
        hosts = tuple(self._resolve(address.host, address.port))
        if not self._spec.allow_private:
            check_public(address.host, hosts)
        return hosts

    def _check_robots(self, address: Address) -> None:
        if address.origin in self._closed:
            raise FetchError(self._closed[address.origin])
        robots = self._robots.get(address.origin)
        if robots is None:
            robots = self._robots[address.origin] = self._read_robots(address)
            self._obey_delay(address, robots)
        if not robots.allows(address.target):
            raise FetchError(
                f"{address.origin}/robots.txt does not allow {self._spec.product} to fetch {address.target}."
            )
        if robots.delay is not None and robots.delay > MOST_WAIT:
            raise FetchError(
                f"{address.origin}/robots.txt asks for {robots.delay:g} seconds between requests: too slow."
            )

    def _obey_delay(self, address: Address, robots: Robots) -> None:
        if robots.delay is not None and robots.delay <= MOST_WAIT:
            self.pace.slow_down(address.host, robots.delay)
            self.pace.hold(address.host, robots.delay)

    def _read_robots(self, address: Address) -> Robots:
        """Read robots.txt; one that cannot be had, at last, closes its origin for this run."""
        try:
            return self._ask_robots(Address(address.scheme, address.host, address.port, "/robots.txt"))
        except TooManyRedirectsError:
            return ALLOW_ALL  # RFC 9309, 2.3.1.2
        except FetchError as error:
            tries = self._robots_tries[address.origin] = self._robots_tries.get(address.origin, 0) + 1
            retry = error.retry and tries <= self._spec.retries
            why = f"{address.origin}/robots.txt could not be read, so nothing is fetched there: {error}"
            if not retry:
                self._closed[address.origin] = why
            raise FetchError(why, retry=retry, wait=error.wait) from error

    def _ask_robots(self, address: Address) -> Robots:
        with self._follow(address, lambda _: {}, lambda _: None) as visit:
            reply = visit.reply
            if 400 <= reply.status < 500 and reply.status not in _LATER:
                return ALLOW_ALL  # there is none: RFC 9309, 2.3.1.3
            refuse_status(visit, self._clock)
            data = b""
            for piece in decode_pieces(reply.pieces, reply.headers.get("content-encoding", "")):
                data += piece
                if len(data) >= MOST_BYTES:
                    break
        return parse_robots(data, self._spec.product)


class TooManyRedirectsError(FetchError):
    """An address leads from one to the next."""


def refuse_status(visit: Visit, clock: Clock, expected: tuple[int, ...] = (200,)) -> None:
    """Refuse an answer that holds no file.

    Raises
    ------
    FetchError
        If the status is not one of ``expected``; says whether and when it may pass.
    """
    status = visit.reply.status
    if status in expected:
        return
    if status in _LATER or (status >= 500 and status not in _NOT_SUPPORTED):
        wait = parse_retry_after(visit.reply.headers.get("retry-after"), clock.now())
        if wait is not None and wait > MOST_WAIT:
            raise FetchError(
                f"{visit.address.url}: HTTP {status}, to be asked again in {wait:.0f} seconds. Run again after that."
            )
        raise FetchError(f"{visit.address.url}: HTTP {status}.", retry=True, wait=wait)
    raise FetchError(f"{visit.address.url}: HTTP {status}. Open it in a browser and correct the url.")
