"""What a model gave as its reasons, beside the codings: for the audit."""

import json
from pathlib import Path
from typing import Any

from textq.atomic import replace_file
from textq.coding.llm.outcome import LlmOutcome, Settled


def save_record(outcome: LlmOutcome, path: Path) -> None:
    """Write a line of JSON for each clause: the model's answer as it was written, or why there is none.

    What stood there is kept until all is written.
    """
    with replace_file(path) as stream:
        for one in outcome.settled:
            stream.write(json.dumps(_to_row(one), ensure_ascii=False) + "\n")


def _to_row(one: Settled) -> dict[str, Any]:
    if one.coding is None or one.stored is None:
        return {"id": one.clause_id, "failure": one.failure}
    coding, stored = one.coding, one.stored
    return {
        "id": one.clause_id,
        "clause_sha256": coding.clause_sha256,
        "coder_id": coding.coder_id,
        "codebook": coding.codebook_version,
        "instrument": coding.instrument,
        "subtype": coding.subtype,
        "secondary": coding.secondary,
        "quote": coding.evidence[0].label,
        "stated_probability": coding.confidence,
        "unsure": coding.unsure,
        "reason": one.reason,
        "served_model": stored.model,
        "fingerprint": stored.fingerprint,
        "form": stored.form,
    }
