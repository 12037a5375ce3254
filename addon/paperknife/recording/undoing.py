"""Which request takes back which, by their payloads' names: `unsubscribe` takes back `subscribe`."""

from __future__ import annotations

from functools import lru_cache

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.pairing import snake

__all__ = ["undone_by"]

OPPOSITES = {
    "leave": "join",
    "stop": "start",
    "end": "begin",
    "remove": "add",
    "close": "open",
    "logout": "login",
    "logoff": "logon",
    "signout": "signin",
    "detach": "attach",
    "disable": "enable",
    "disconnect": "connect",
}
"""Words that undo another; ``un...`` undoes whatever it stands before."""


@lru_cache(maxsize=4096)
def undone_by(payload: str, kind: EnvelopeType) -> str | None:
    """The payload of `kind` that `payload` takes back, None where it takes back nothing."""
    known = {snake(name): name for name in kind.payloads}
    words = snake(payload).split("_")
    for place, word in enumerate(words):
        opposite = OPPOSITES.get(word) or (word[2:] if word.startswith("un") else "")
        name = known.get("_".join([*words[:place], opposite, *words[place + 1 :]])) if opposite else None
        if name:
            return name
    return None
