"""The values of what a message's type does not know, for programs: proto3 JSON has no place for them.

Like `oddities.search` this reads the wire by the type's field numbers, and so finds what a parsed message has no getter
for: unknown fields at any depth, and numbers without a name in closed enums, which a parser puts among them. The
contents of an Any are not looked into.
"""

from __future__ import annotations

import codecs
import contextlib
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.oddities.search import known_tags
from paperknife_decoders.secrets import MASK, NO_SECRETS, Secrets
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.walker import DEEPEST, Field, WireType, close_group, read_field, walk_partly

__all__ = ["unknown_values"]

VALUES = 100
"""How many are listed."""

FIELDS = 10_000
"""How many fields of a message are looked at."""

CONTENT = 1024
"""How many bytes of one length-delimited value are given, as text or as hex."""

CONTENT_TYPES = (WireType.LENGTH, WireType.GROUP)


def unknown_values(envelope: Envelope, secrets: Secrets) -> list[dict[str, Dynamic]]:
    """Each unknown field of a decoded envelope, in the order of the wire; none for any other envelope. Never raises.

    `path` are the names of the fields that it lies in, joined by dots, empty at the top; `number` is its own, `type`
    its wire type. `value` is the number as it is on the wire, unsigned, or the content in hex; `text` stands beside it
    where the content is printable UTF-8. Of long content only the beginning is given, and `size` says how long it is.
    What lies in a secret field is left out. What has the number of a known field may hold its secret, and is masked.
    """
    if envelope.message is None or envelope.type is None:
        return []
    search = Search(envelope.data, secrets)
    with contextlib.suppress(DecodeError, Enough):
        search.message(0, len(envelope.data), envelope.type.descriptor, Place())
    return search.found


class Enough(Exception):
    """A limit is reached."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies: the names of the fields around it, and how many messages those are."""

    path: tuple[str, ...] = ()
    depth: int = 0


@dataclass(slots=True)
class Search:
    """One pass over `data`."""

    data: bytes
    secrets: Secrets
    found: list[dict[str, Dynamic]] = field(default_factory=list)
    fields_left: int = FIELDS

    def message(self, start: int, end: int, descriptor: Descriptor, place: Place) -> None:
        """All fields between the two offsets, which are a message of this type."""
        table = known_tags(descriptor)
        position = start
        while position < end:
            self.fields_left -= 1
            if self.fields_left < 0:
                raise Enough
            one = read_field(self.data, position, end)
            if one.wire_type is WireType.GROUP:
                one = close_group(self.data, one, end)
            position = one.end
            declared = declared_field(descriptor, one.number)
            known = table.get(one.number << 3 | one.wire_type)
            if known is None or declared is None:
                self.add(one, place, declared)
            elif known.message is not None:
                self.nested(one, known.message, declared, Place((*place.path, *known.names), place.depth + 1))
            elif known.enum is not None and is_unnamed(one, declared, known.enum):
                self.add(one, place, declared)

    def nested(self, one: Field, kind: Descriptor, declared: FieldDescriptor, place: Place) -> None:
        """The message in a field, unless that is a secret."""
        hidden = self.secrets.hides(declared, (*place.path[:-1], declared.name))
        if hidden or place.depth > DEEPEST or (kind.GetOptions().map_entry and self.has_secret_key(one)):
            return
        self.message(one.content, one.content_end, kind, place)

    def has_secret_key(self, entry: Field) -> bool:
        """True if the key of this map entry is a name like password."""
        for part in walk_partly(self.data, entry.content, entry.content_end, limit=10).fields:
            if part.number == 1 and part.wire_type is WireType.LENGTH:
                key = self.data[part.content : part.content_end].decode("utf-8", "replace")
                if self.secrets.hides_name(key):
                    return True
        return False

    def add(self, one: Field, place: Place, declared: FieldDescriptor | None) -> None:
        """One more."""
        if len(self.found) >= VALUES:
            raise Enough
        entry: dict[str, Dynamic] = {
            "path": ".".join(place.path),
            "number": one.number,
            "type": WireType(one.wire_type).name.lower(),
        }
        if declared is not None and self.may_be_secret(one, place, declared):
            entry["value"] = MASK
        elif one.wire_type in CONTENT_TYPES:
            size = one.content_end - one.content
            content = self.data[one.content : one.content + min(size, CONTENT)]
            entry |= {"size": size, "value": content.hex()}
            text = printable_text(content, is_whole=size <= CONTENT)
            if text and one.wire_type is WireType.LENGTH:
                entry["text"] = text
        else:
            entry["value"] = one.value
        self.found.append(entry)

    def may_be_secret(self, one: Field, place: Place, declared: FieldDescriptor) -> bool:
        """True if this may be what a known field of that number hides, sent with another wire type."""
        if self.secrets.hides(declared, (*place.path, declared.name)):
            return True
        return one.wire_type in CONTENT_TYPES and self.secrets != NO_SECRETS


def declared_field(descriptor: Descriptor, number: int) -> FieldDescriptor | None:
    """The field of that number, or the extension."""
    found = descriptor.fields_by_number.get(number)
    if found is None and descriptor.is_extendable:
        with contextlib.suppress(KeyError):
            return descriptor.file.pool.FindExtensionByNumber(descriptor, number)
    return found


def is_unnamed(one: Field, declared: FieldDescriptor, named: frozenset[int]) -> bool:
    """True for a number of a closed enum that has no name there, as parsers see it; packed ones are not looked at."""
    if declared.enum_type is None or not declared.enum_type.is_closed or one.wire_type is not WireType.VARINT:
        return False
    return (one.value & 0xFFFF_FFFF ^ 0x8000_0000) - 0x8000_0000 not in named


def printable_text(content: bytes, *, is_whole: bool) -> str:
    """The text that the bytes are, which may end within a character where they are not whole; else nothing."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(content, final=is_whole)
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""
