"""Settings of a study and of its coders, PINs among them. They are no events: what was there before is not kept."""

import json
from collections.abc import Iterable
from typing import Any

from textq.store.store import Store


def read_setting(store: Store, coder: str, name: str, default: Any = None) -> Any:
    """Return a setting of a coder, of the study where ``coder`` is ``""``; ``default`` where it was never written."""
    row = store.read().execute("SELECT value FROM setting WHERE coder = ? AND name = ?", (coder, name)).fetchone()
    return default if row is None else json.loads(row[0])


def write_setting(store: Store, coder: str, name: str, value: Any) -> None:
    """Write a setting, anything that JSON can hold; None forgets it."""
    write_settings(store, [(coder, name, value)])


def write_settings(store: Store, rows: Iterable[tuple[str, str, Any]]) -> None:
    """Write settings at once, all or none: of each the coder, the name and the value; None forgets it."""
    with store.write() as connection:
        for coder, name, value in rows:
            if value is None:
                connection.execute("DELETE FROM setting WHERE coder = ? AND name = ?", (coder, name))
            else:
                text = json.dumps(value, ensure_ascii=False)
                connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?, ?)", (coder, name, text))
