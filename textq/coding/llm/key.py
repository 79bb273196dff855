"""The key of a server: read from the environment, and kept out of everything that is shown or written."""

import os
import re
from dataclasses import dataclass, field

from textq.coding.llm.endpoint import Endpoint
from textq.errors import ConfigError

VARIABLE = "TEXTQ_LLM_KEY"
"""The environment variable that holds the key; there is no other way to give it."""

_SHORTEST_SECRET = 8
"""Shorter ones are the dummies of local servers ("none", "EMPTY"), and words that texts may hold."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, or none (""). It is not shown where the object is."""

    value: str = field(default="", repr=False)

    def redact(self, text: str) -> str:
        r"""Return ``text`` with the key replaced, should a server repeat it in any case, or spelt as \u0041."""
        if len(self.value) < _SHORTEST_SECRET:
            return text
        spelt = "".join(rf"(?:{re.escape(char)}|\\+u00{ord(char):02x})" for char in self.value)
        return re.sub(spelt, "[key]", text, flags=re.IGNORECASE)


def read_key(endpoint: Endpoint) -> Key:
    """Return the key in the environment, an empty one if there is none.

    Raises
    ------
    ConfigError
        If it holds what no key holds, or would travel unencrypted to another network.
    """
    value = os.environ.get(VARIABLE, "").strip()
    if value and not (value.isascii() and value.isprintable() and " " not in value):
        raise ConfigError(f"{VARIABLE} holds spaces or characters that no key has. Set it to the bare key.")
    if value and not endpoint.guards_key:
        raise ConfigError(
            f"{VARIABLE} is set, but {endpoint.scheme}://{endpoint.netloc} is not encrypted: anyone on the way could "
            f"read the key. Use https, write a server of your own network by its IP address, or unset {VARIABLE}."
        )
    return Key(value)
