"""The PINs of coders who sign in over one link: six digits each, of which the store keeps a hash."""

import hashlib
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from textq.store.settings import read_setting, write_setting

if TYPE_CHECKING:
    from textq.store.store import Store

_SETTING = "pin"
_DIGITS = 6
_COST, _BLOCK, _LANES = 2**14, 8, 1
"""Of scrypt: 16 MB and some 50 ms for each try."""

_FREE, _LOCKED = 5, 60.0
"""Wrong PINs in a row before a coder's name is locked, and for how many seconds."""


def make_pins(store: "Store", coders: Sequence[str], renewed: Collection[str] = ()) -> dict[str, str]:
    """Give a PIN to each coder who has none, and a new one to those ``renewed``; return the new ones, by coder.

    They are shown once: only their hashes are kept.
    """
    made = {}
    for coder in coders:
        if coder in renewed or not read_setting(store, coder, _SETTING, ""):
            made[coder] = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
            write_setting(store, coder, _SETTING, _hash(made[coder], secrets.token_hex(16)))
    return made


def is_pin(store: "Store", coder: str, pin: str) -> bool:
    """Return whether this is the PIN of a coder; False, after the same time, where the coder has none."""
    kept = str(read_setting(store, coder, _SETTING, ""))
    found = _hash(pin, kept.partition("$")[0])
    return bool(kept) and secrets.compare_digest(kept, found)


def _hash(pin: str, salt: str) -> str:
    found = hashlib.scrypt(
        pin.encode("utf-8", "replace"), salt=salt.encode(), n=_COST, r=_BLOCK, p=_LANES, maxmem=2**26
    )
    return f"{salt}${found.hex()}"


@dataclass(slots=True)
class _Tries:
    count: int = 0
    locked_until: float = 0.0


class Attempts:
    """Tries of PINs: each wrong one slows the next down, five in a row lock the name for a minute.

    A try counts as wrong from its start until it succeeds, so that many at once gain nothing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._by_coder: dict[str, _Tries] = {}

    def begin(self, coder: str) -> float | None:
        """Count a try; return for how many seconds it is to be held back, or None where the name is locked."""
        with self._lock:
            tries = self._by_coder.setdefault(coder, _Tries())
            if tries.locked_until > self._clock():
                return None
            tries.count += 1
            if tries.count % _FREE == 0:
                tries.locked_until = self._clock() + _LOCKED
            return 0.0 if tries.count == 1 else min(0.25 * 2.0 ** (tries.count - 2), 4.0)

    def succeed(self, coder: str) -> None:
        """Forget the tries of a name."""
        with self._lock:
            self._by_coder.pop(coder, None)
