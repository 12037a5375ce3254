"""The secrets in bytes that do not parse as their type, where the bytes themselves leave no doubt what they are.

Nobody knows what such a message is, and a debugger must not destroy the odd one. So a field is replaced only in what is
certain: an envelope that reads well up to the place where it breaks off, or envelopes behind a few bytes each that
explain every byte there is. Chance does not produce these; a view may be more careful (`secret_spans`), as it costs
nothing there.

Where a direction carries messages of several types, the bytes may be any of these (`candidates`), without what should
be around it or behind what should not be there; here they have to be explained to their end. The same is tried with
bytes in a decoded envelope that should be a message and are none, as nothing says of what type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.carrying.unread import has_unread, unread_parts
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.redaction.candidates import Candidate, Candidates, candidates_for, is_made
from paperknife_decoders.redaction.careful import CarefulReading
from paperknife_decoders.redaction.edits import Edit, Found, Span, apply, spans_of
from paperknife_decoders.redaction.leaves import known_field, table_for
from paperknife_decoders.redaction.text import find_in_text
from paperknife_decoders.secret_spans import LONGEST_PREFIX, MOST_PARTS, MOST_SEARCHED, part_end, secret_fields
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire.walker import DEEPEST, Field, WireType, walk_partly

__all__ = ["find_in_carried", "find_in_unread", "masked_carried", "places_in_unread"]

LONGEST_HEAD = 32
"""Bytes that may stand before a message that is carried: a header with an id or two."""

MOST_HELD = 100
"""So many fields with bytes in them are looked at that may be messages."""


def find_in_unread(envelope: Envelope, secrets: Secrets) -> Found:
    """The secret fields of what begins as its type does and then breaks off, or lies behind prefixes; and words."""
    found = find_in_text(envelope.data, secrets)
    if envelope.type is not None:
        if envelope.type.told_by:
            found = add_told(found, envelope, secrets)
        search = Search(envelope.data, candidates_for(envelope.type, secrets), secrets)
        search.run()
        found.edits += search.found.edits
        found.values += search.found.values
    return found


def add_told(found: Found, envelope: Envelope, secrets: Secrets) -> Found:
    """With the secrets of what a key, or a header, says what it is: that is so though it does not parse as that."""
    data = envelope.data
    for field in secret_fields(data, (0, len(data)), envelope.type.descriptor, secrets) if envelope.type else ():
        found.edits.append(Edit(field.content, field.content_end, table_for(field)))
        if field.wire_type is WireType.LENGTH:
            found.values.append(data[field.content : field.content_end])
    return found


def find_in_carried(envelope: Envelope, secrets: Secrets) -> Found:
    """The secret fields of what a decoded envelope carries and nobody could read."""
    kind, message = envelope.type, envelope.message
    if kind is None or message is None or not is_made(kind.descriptor):
        return Found()
    is_unread = has_unread(message)
    if envelope.payload and not is_unread:
        return Found()
    search = Search(envelope.data, candidates_for(kind, secrets), secrets)
    if is_unread:
        search.held(0, len(search.data))
    if not envelope.payload and not search.found.edits and not any(unread_parts(message)):
        search.carried(search.data, 0)  # it may be what should be carried, as each may parse as the other
        search.found.values.clear()
    return search.found


def masked_carried(envelope: Envelope, secrets: Secrets) -> Envelope:
    """A decoded envelope without the secrets in what it carries and nobody could read; itself where there are none."""
    edits = find_in_carried(envelope, secrets).edits
    if not edits or envelope.type is None:
        return envelope
    data = apply(envelope.data, edits)
    return envelope._replace(data=data, message=envelope.type.parse(data))


def places_in_unread(envelope: Envelope, secrets: Secrets) -> tuple[frozenset[int], tuple[Span, ...]]:
    """For a view of what a made type should be and is not: where secret fields start, and what else is secret.

    The latter is for bytes in which fields cannot be told, as something stands before them.
    """
    if envelope.type is None or not is_made(envelope.type.descriptor):
        return frozenset(), ()
    search = Search(envelope.data, candidates_for(envelope.type, secrets), secrets)
    search.run()
    if search.is_behind:
        return frozenset(), spans_of(search.found.edits)
    return frozenset(search.starts), ()


class Search:
    """Looks for secrets in bytes that are of none of their types as a whole."""

    def __init__(self, data: bytes, candidates: Candidates, secrets: Secrets) -> None:
        self.data = data[:MOST_SEARCHED]
        self.is_whole = len(data) <= MOST_SEARCHED
        self.candidates = candidates
        self.secrets = secrets
        self.found = Found()
        self.starts: set[int] = set()
        """Where the fields begin that are found."""
        self.is_behind = False
        """They are behind prefixes."""

    def run(self) -> None:
        """Try what the bytes may be, the likeliest first, up to what has a secret in it."""
        data, own = self.data, self.candidates.own
        read = CarefulReading(data, own, self.secrets)
        if read.may_hold(0, len(data)):
            read.run(0, len(data))
            self.note(read.secret)
        if not self.found.edits:
            self.held(0, len(data))
        if not self.found.edits:
            self.carried(data, 0)
        if not self.found.edits and self.is_whole:
            self.behind_prefixes()

    def behind_prefixes(self) -> None:
        """The first reading as envelopes behind so many bytes each that leaves no byte unread.

        Of a direction that carries messages all readings count: there are so many that the first need not be the right
        one.
        """
        data, own, carried = self.data, self.candidates.own, self.candidates.carried
        for prefix in range(1, min(LONGEST_HEAD if carried else LONGEST_PREFIX, len(data) - 1) + 1):
            first = data[prefix]
            if first in own.begins and self.explained(own, prefix) and not carried:
                return
            for each in carried.get(first, ()):
                self.explained(each, prefix)

    def explained(self, candidate: Candidate, prefix: int) -> bool:
        """True if all of the data reads as messages behind `prefix` bytes each, with a secret in one of them."""
        parts = list(parts_behind(self.data, prefix, candidate.begins))
        alone = [(prefix, len(self.data))]
        # What stands in a header may look like a length and be none.
        tried = [parts, alone] if self.candidates.any_carried and parts != alone else [parts]
        return any(self.explains(candidate, each) for each in tried if each)

    def explains(self, candidate: Candidate, parts: Sequence[tuple[int, int]]) -> bool:
        """True if each of these parts reads as such a message, with a secret in one of them."""
        is_own = candidate is self.candidates.own
        read = CarefulReading(self.data, candidate, self.secrets, more=self.candidates.any_carried)
        if not any(read.may_hold(start, end) for start, end in parts):
            return False
        if not all(read.run(start, end) for start, end in parts):
            return False
        self.is_behind = True
        self.note(read.secret, learns=is_own)
        for start, end in parts if not read.secret else ():
            self.held(start, end)
        return bool(self.starts)

    def carried(self, data: bytes, at: int) -> None:
        """Try `data`, which begin at offset `at`, as what may be carried; it may be cut at the end of everything."""
        for candidate in self.candidates.carried.get(data[0], ()) if data else ():
            read = CarefulReading(data, candidate, self.secrets, more=True)
            if not read.may_hold(0, len(data)):
                continue
            is_whole = read.run(0, len(data))
            if read.secret and (is_whole or read.is_cut):
                self.note(read.secret, at, data, learns=self.candidates.is_just(candidate, data))

    def held(self, start: int, end: int) -> None:
        """Try the bytes that messages of made types hold."""
        if not self.candidates.any_carried:
            return
        for number, field in enumerate(held_in(self.data, self.candidates.own.kind, start, end)):
            if number == MOST_HELD:
                return
            self.carried(self.data[field.content : field.content_end], field.content)

    def note(
        self,
        secret: Iterable[tuple[Field, FieldDescriptor]],
        at: int = 0,
        data: bytes | None = None,
        *,
        learns: bool = True,
    ) -> None:
        """Have these fields of `data`, which begin at offset `at`, replaced; with `learns` their values are known."""
        for field, known in secret:
            self.starts.add(field.start + at)
            self.found.edits.append(Edit(field.content + at, field.content_end + at, table_for(field, known)))
            if learns and field.wire_type is WireType.LENGTH:
                self.found.values.append((self.data if data is None else data)[field.content : field.content_end])


def parts_behind(data: bytes, prefix: int, begins: Collection[int]) -> Iterator[tuple[int, int]]:
    """Start and end of the parts behind `prefix` bytes each; none where they do not end with the data.

    Nor where one of them begins with another byte than it may.
    """
    parts: list[tuple[int, int]] = []
    start = prefix
    while start <= len(data) and len(parts) < MOST_PARTS:
        if start < len(data) and data[start] not in begins:
            return
        parts.append((start, part_end(data, start, prefix)))
        if parts[-1][1] == len(data):
            yield from parts
            return
        start = parts[-1][1] + prefix


def held_in(data: bytes, kind: Descriptor, start: int, end: int) -> Iterator[Field]:
    """The bytes fields in messages of made types, which may hold a message, as far as these can be read."""
    waiting = [(start, end, kind, 0)]
    while waiting:
        begin, stop, each, depth = waiting.pop()
        for field in walk_partly(data, begin, stop).fields if depth < DEEPEST else ():
            known = known_field(each, field.number)
            if known is None or field.wire_type is not WireType.LENGTH:
                continue
            if known.type == FieldDescriptor.TYPE_BYTES:
                yield field
            elif known.message_type is not None and is_made(known.message_type):
                waiting.append((field.content, field.content_end, known.message_type, depth + 1))
