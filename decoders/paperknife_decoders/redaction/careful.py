"""Bytes read as a message of a type for as long as there is no doubt about it."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.redaction.candidates import Candidate
from paperknife_decoders.redaction.leaves import fits, known_field
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire.walker import DEEPEST, CutShort, Field, WireType, close_group, read_field

__all__ = ["CarefulReading"]

LONGEST_CUT = 3
"""Bytes that a cut may leave of a character in UTF-8 (RFC 3629, section 3)."""

type Level = Iterator[Level]
"""One message that is being read: it gives those in it, and goes on when they have been read."""


class Doubt(Exception):
    """Something is not of the type that it was read as."""


class CarefulReading:
    """Reads messages for as long as every field is one of the schema's and fits it, and puts `secret` ones aside.

    With `more` there may be fields that the schema does not know: who sends them may be younger than it is.
    """

    def __init__(self, data: bytes, candidate: Candidate, secrets: Secrets, *, more: bool = False) -> None:
        self.data = data
        self.candidate = candidate
        self.secrets = secrets
        self.more = more
        self.secret: list[tuple[Field, FieldDescriptor]] = []
        self.is_cut = False
        """What was read last is as it should be, but for its end, which is that of the data."""

    def may_hold(self, start: int, end: int) -> bool:
        """True if it reads well up to a field that leads to a secret: only then it is worth while to read all of it."""
        kind, risky = self.candidate.kind, self.candidate.risky
        try:
            for field in self.fields(start, end):
                known = self.known(field, kind)
                if known is not None and field.number in risky:
                    return True
        except Doubt:
            pass
        return False

    def run(self, start: int, end: int) -> bool:
        """Read one message in the order of its bytes; False where something in it does not fit, or is cut short."""
        self.is_cut = False
        levels = [self.level(start, end, self.candidate.kind, self.candidate.path, hidden=False)]
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
        for field in self.fields(start, end):
            known = self.known(field, kind)
            if known is None:
                continue
            inner = (*path, known.name)
            hides = hidden or self.secrets.hides(known, inner)
            if known.message_type is not None:
                yield self.level(field.content, field.content_end, known.message_type, inner, hidden=hides)
            elif hides and field.content < field.content_end:
                self.secret.append((field, known))

    def fields(self, start: int, end: int) -> Iterator[Field]:
        """The fields of one message, the last one also where it is cut. Raises `Doubt` where they end in anything."""
        at = start
        while at < end:
            try:
                field = read_field(self.data, at, end)
                if field.wire_type is WireType.GROUP:
                    field = close_group(self.data, field, end)
            except CutShort as cut:
                if cut.field is not None:
                    yield cut.field
                self.is_cut = end == len(self.data)
                raise Doubt from None
            except DecodeError:
                raise Doubt from None
            if field.wire_type is WireType.GROUP_END:
                raise Doubt
            yield field
            at = field.end

    def known(self, field: Field, kind: Descriptor) -> FieldDescriptor | None:
        """What the schema says of a field. Raises `Doubt` where that is nothing, or something else than this."""
        known = known_field(kind, field.number)
        if known is None and self.more:
            return None
        if known is None or not self.fits(field, known):
            raise Doubt
        return known

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
