"""The completed manifest, in place of the one before: in one step, and nothing of the user's is lost."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from textq.errors import ManifestError
from textq.ingest.fetch.download import hash_file, sync_folder
from textq.ingest.fetch.listing import Listing
from textq.ingest.fetch.log import WORK, FetchLog
from textq.ingest.fetch.spec import Fetched
from textq.ingest.manifest import MANIFEST_NAME


def write_manifest(listing: Listing, results: Iterable[Fetched], folder: Path, log: FetchLog) -> None:
    """Write the completed manifest in one step, unless it is complete; one of the user's is kept beside the log.

    Raises
    ------
    ManifestError
        If the manifest was changed since it was read.
    """
    target = folder / MANIFEST_NAME
    data = listing.complete(results)
    if target.is_file() and target.read_bytes() == data:
        return
    if listing.changed():
        raise ManifestError(f"{listing.path} was changed meanwhile. Files are kept; fetch again to complete it.")
    if target.is_file() and not log.wrote_manifest(hash_file(target)):
        shutil.copyfile(target, _find_free(folder / WORK))
    draft = folder / WORK / MANIFEST_NAME
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    log.add({"manifest": hash_file(draft)})
    draft.replace(target)
    sync_folder(folder)


def _find_free(work: Path) -> Path:
    count = 1
    while (path := work / f"manifest-{count}.csv").exists():
        count += 1
    return path
