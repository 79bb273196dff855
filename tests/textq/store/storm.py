"""One client of a storm: appends events as fast as it can, and prints the name of each that was acknowledged.

Run as ``python storm.py FILE CODER SEED JOURNAL``, until it is killed.
"""

import json
import random
import sys
from pathlib import Path

from textq.events import Draft
from textq.store.clauses import list_clauses
from textq.store.events import append, find_redo, find_undo
from textq.store.store import Store, open_store


def make_draft(store: Store, chance: random.Random, coder: str, keys: list[str]) -> Draft:
    """Return something to do next: mostly a code, at times a bulk, an undo or a redo."""
    dice = chance.random()
    turned = find_undo(store, coder) if dice < 0.15 else find_redo(store, coder) if dice < 0.2 else None
    if turned:
        return Draft("undo" if dice < 0.15 else "redo", coder, undoes=turned.uuid)
    if dice < 0.25:
        detail = json.dumps({"clauses": [[key, ""] for key in chance.sample(keys, 20)], "query": {}})
        return Draft("bulk", coder, "browse", instrument="none", detail=detail)
    if dice < 0.3:
        return Draft("unsure", coder, "audit", chance.choice(keys))
    return Draft("code", coder, "audit", chance.choice(keys), instrument=chance.choice(["supply", "demand"]))


def main(path: str, coder: str, seed: str, journal: str) -> None:
    store = open_store(Path(path), journal=journal)  # type: ignore[arg-type]
    keys = [clause.key for clause in list_clauses(store)]
    chance = random.Random(int(seed))
    from textq.errors import ReviewError

    while True:
        try:
            (event,) = append(store, [make_draft(store, chance, coder, keys)])
        except ReviewError as error:  # another client of this coder undid that event meanwhile
            if "already" not in str(error):
                raise
            continue
        print(event.uuid, event.hash, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
