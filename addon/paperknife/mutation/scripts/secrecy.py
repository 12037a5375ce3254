"""Taking a message's secrets out of what a script says."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.text_encoding import CEscape

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.splice.hops import is_map
from paperknife_decoders.values import Dynamic

__all__ = ["without_secrets"]

MASK = "***"
DEEPEST = 60
SHORTEST = 3
"""Characters of a secret; a shorter one would be found in any sentence."""

type Path = tuple[str, ...]


def without_secrets(text: str, envelope: Envelope, secrets: Secrets) -> str:
    """`text` with asterisks for each secret of the envelope that it repeats."""
    if envelope.message is not None:
        for secret in sorted(set(secrets_in(envelope.message, secrets, ())), key=len, reverse=True):
            if len(secret) >= SHORTEST:
                text = text.replace(secret, MASK)
    return text


def secrets_in(message: Dynamic, secrets: Secrets, path: Path) -> Iterator[str]:
    """The words for all that is secret in a message, as Python writes them."""
    if len(path) > DEEPEST:
        return
    for field, value in list_fields(message):
        place = (*path, field.name)
        values = [*value.values()] if is_map(field) else [*value] if field.is_repeated else [value]
        if is_map(field):
            for key, each in value.items():
                if secrets.hides_name(str(key)):
                    yield from words(each)
        if secrets.hides(field, place):
            for each in values:
                yield from words(each)
        else:
            for each in values:
                if hasattr(each, "DESCRIPTOR"):
                    yield from secrets_in(each, secrets, place)


def words(value: Dynamic) -> Iterator[str]:
    """How a value may stand in a text."""
    if isinstance(value, bytes | str):
        yield CEscape(
            value.encode("utf-8", "replace") if isinstance(value, str) else value, False
        )  # as in str(message)
    if isinstance(value, bytes):
        yield repr(value)[2:-1]
        yield value.hex()
    elif isinstance(value, str):
        yield value
        yield repr(value)[1:-1]
    elif hasattr(value, "DESCRIPTOR"):
        for _, each in list_fields(value):
            yield from words(each)
    else:
        yield str(value)
