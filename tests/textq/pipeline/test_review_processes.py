"""One process serves a review while others look at it, draw and score: nothing that was acknowledged is lost."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.textq.pipeline.made_reviews import score_corpus, write_corpus
from textq.pipeline.review_finals import read_finals
from textq.pipeline.review_open import STORE_NAME
from textq.pipeline.review_sampling import SampleOptions, sample_run
from textq.store.events import read_events, verify
from textq.store.store import open_store

SERVER = """
import sys
from pathlib import Path
from textq.events import Draft
from textq.pipeline.review_finals import read_finals
from textq.pipeline.review_open import open_review
from textq.pipeline.review_sampling import SampleOptions, sample_run
from textq.store.corpus import list_clauses
from textq.store.events import append

out = Path(sys.argv[1])
study = open_review(out, coders=["anna"])
keys = [clause.key for clause in list_clauses(study.store)]
for line in sys.stdin:
    if line == "draw\\n":
        sample_run(out, SampleOptions(size=4, unit="clause", each=1), coder="anna")
        read_finals(out)
    if line == "code\\n":
        append(study.store, [Draft("code", "anna", "browse", key, instrument="none") for key in keys[:1]])
    print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_other_processes_cost_no_event(tmp_path: Path, in_this_process: None) -> None:
    out = score_corpus(write_corpus(tmp_path / "corpus"), tmp_path / "out").run_dir.parents[1]
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(out)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(what: str) -> None:
        assert server.stdin
        assert server.stdout
        server.stdin.write(f"{what}\n")
        server.stdin.flush()
        assert server.stdout.readline() == "done\n"

    try:
        ask("code")
        ask("draw")
        ask("code")
        with closing(open_store(out / STORE_NAME, readonly=True)) as store:  # as `status` and `score` do
            assert len(read_events(store)) == 3
        ask("code")
        sample_run(out, SampleOptions(size=2, unit="clause", each=1), coder="bao")
        ask("code")
        review = read_finals(out)
        ask("code")
        assert not [one for one in list_held(server.pid) if STORE_NAME in one and "(deleted)" in one]
        assert review is not None
        assert review.n_events == 6
    finally:
        server.kill()
        server.communicate()
    with closing(open_store(out / STORE_NAME)) as store:
        assert [event.draft.kind for event in read_events(store)].count("code") == 5
        assert verify(store) == []
        assert store.read().execute("PRAGMA integrity_check").fetchone() == ("ok",)


def list_held(pid: int) -> list[str]:
    """Return what files a process holds open, where the system says so."""
    folder = Path(f"/proc/{pid}/fd")
    return [os.readlink(one) for one in folder.iterdir()] if folder.is_dir() else []
