"""The secrets in bytes that do not parse as their type, where the bytes themselves leave no doubt what they are.

Nobody knows what such a message is, and a debugger must not destroy the odd one. So a field is replaced only in what is
certain: an envelope that reads well up to the place where it breaks off, or envelopes behind a few bytes each that
explain every byte there is. Chance does not produce these; a view may be more careful (`secret_spans`), as it costs
nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.redaction.edits import Edit, Found
from paperknife_decoders.redaction.leaves import fits, known_field, table_for
from paperknife_decoders.redaction.text import find_in_text
from paperknife_decoders.secret_spans import LONGEST_PREFIX, MOST_PARTS, MOST_SEARCHED, part_end
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire.walker import DEEPEST, CutShort, Field, WireType, walk_partly

__all__ = ["find_in_unread"]

LONGEST_CUT = 3
"""Bytes that a cut may leave of a character in UTF-8 (RFC 3629, section 3)."""

type Level = Iterator[Level]
"""One message that is being read: it gives those in it, and goes on when they have been read."""


def find_in_unread(envelope: Envelope, secrets: Secrets) -> Found:
    """The secret fields of what begins as its type does and then breaks off, or lies behind prefixes; and words."""
    data = envelope.data[:MOST_SEARCHED]
    found = find_in_text(envelope.data, secrets)
    if envelope.type is not None:
        kind = envelope.type.descriptor
        read = CarefulReading(data, kind, secrets)
        read.run(0, len(data))
        if not read.secret and len(envelope.data) <= MOST_SEARCHED:
            read = behind_prefixes(data, kind, secrets) or read
        for field, known in read.secret:
            found.edits.append(Edit(field.content, field.content_end, table_for(field, known)))
            if field.wire_type is WireType.LENGTH:
                found.values.append(data[field.content : field.content_end])
    return found


def behind_prefixes(data: bytes, kind: Descriptor, secrets: Secrets) -> CarefulReading | None:
    """The first reading as envelopes behind so many bytes each that leaves no byte unread."""
    for prefix in range(1, LONGEST_PREFIX + 1):
        read = CarefulReading(data, kind, secrets)
        if explains(read, data, prefix) and read.secret:
            return read
    return None


def explains(read: CarefulReading, data: bytes, prefix: int) -> bool:
    """True if all of the data reads as envelopes behind `prefix` bytes each."""
    start = prefix
    for _ in range(MOST_PARTS):
        if start > len(data):
            return False
        end = part_end(data, start, prefix)
        if not read.run(start, end):
            return False
        if end == len(data):
            return True
        start = end + prefix
    return False


class Doubt(Exception):
    """Something is not of the type that it was read as."""


class CarefulReading:
    """Reads envelopes for as long as every field is one of the schema's and fits it, and puts `secret` ones aside."""

    def __init__(self, data: bytes, kind: Descriptor, secrets: Secrets) -> None:
        self.data = data
        self.kind = kind
        self.secrets = secrets
        self.secret: list[tuple[Field, FieldDescriptor]] = []

    def run(self, start: int, end: int) -> bool:
        """Read one envelope in the order of its bytes; False where something in it does not fit, or is cut short."""
        levels = [self.level(start, end, self.kind, (), hidden=False)]
        try:
            while levels:
                inner = next(levels[-1], None)
                if inner is None:
                    levels.pop()
                elif len(levels) == DEEPEST:
                    return False
                else:
                    levels.append(inner)
        except Doubt:
            return False
        return True

    def level(self, start: int, end: int, kind: Descriptor, path: tuple[str, ...], *, hidden: bool) -> Iterator[Level]:
        """Read one message; each message in it is given to be read before the next field is. Raises `Doubt`."""
        read = walk_partly(self.data, start, end)
        cut = [read.error.field] if isinstance(read.error, CutShort) and read.error.field else []
        for field in [*read.fields, *cut]:
            known = known_field(kind, field.number)
            if known is None or not self.fits(field, known):
                raise Doubt
            inner = (*path, known.name)
            hides = hidden or self.secrets.hides(known, inner)
            if known.message_type is not None:
                yield self.level(field.content, field.content_end, known.message_type, inner, hidden=hides)
            elif hides and field.content < field.content_end:
                self.secret.append((field, known))
        if read.error is not None:
            raise Doubt

    def fits(self, field: Field, known: FieldDescriptor) -> bool:
        """True if the schema takes these bytes for the field; a string has to be one, but for a last character cut."""
        if not fits(known, field):
            return False
        if known.type != FieldDescriptor.TYPE_STRING:
            return True
        text, spare = self.data[field.content : field.content_end], 0
        if field.content_end == len(self.data):
            spare = min(LONGEST_CUT, len(text))
        return any(is_utf8(text[: len(text) - left]) for left in range(spare + 1))


def is_utf8(data: bytes) -> bool:
    """True for a text."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
