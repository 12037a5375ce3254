"""Why bytes do not parse as a type: the parser only says that they do not, this says what is wrong where."""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.oddities.search import Enough, known_tags
from paperknife_decoders.wire.walker import DEEPEST, CutShort, Field, WireType, read_varint, walk_partly

__all__ = ["fault_text", "parse_fault", "refusal", "refused_member"]

MOST_SHOWN = 10_000
"""Fields that are looked at for a message that is only passing by: some 20 milliseconds."""

type Path = tuple[str | int, ...]


def refusal(name: str) -> str:
    """The fault of an envelope that the parser of the type called `name` refused; it says no more than that itself."""
    return f"does not parse as {name}"


def fault_text(envelope: Envelope) -> str:
    """Why an envelope is not decoded, in a phrase that is to be made printable; empty where nothing is wrong with it.

    What a parser refused is looked into here, when it is shown, and not for every message that passes.
    """
    kind, fault = envelope.type, envelope.fault
    if kind is None or envelope.form is Form.JSON:
        return fault
    member = refused_member(kind, fault)
    refused = kind.descriptor if fault == refusal(kind.name) else member and member.kind
    found = parse_fault(envelope.data, refused, limit=MOST_SHOWN) if refused else None
    return f"{fault}: {found}" if found else fault


class Member(NamedTuple):
    """What lies in an envelope of a type that no schema has: by its name there, and its own type."""

    name: str
    kind: Descriptor


def refused_member(kind: EnvelopeType, fault: str) -> Member | None:
    """Of a type that no schema has the member whose type a parser refused the bytes as; None for any other fault."""
    for each in kind.members if kind.told_by else ():
        if each.message_type is not None and fault == refusal(each.message_type.name):
            return Member(each.name, each.message_type)
    return None


def parse_fault(data: bytes, descriptor: Descriptor, *, limit: int = 100_000) -> DecodeError | None:
    """The first reason why a parser refuses `data` as a message of this type; None where none was found.

    The error's path holds field names. At most `limit` fields are looked at, a few microseconds each. A string that is
    not UTF-8 counts as a fault, though proto2 allows it: ask only about bytes that did not parse.
    """
    with contextlib.suppress(Enough):
        try:
            Inspection(data, limit).message(0, len(data), descriptor, ())
        except DecodeError as error:
            return error
    return None


class Inspection:
    """One search for the first fault of `data`. Its methods raise the fault, or `Enough`."""

    __slots__ = ("data", "fields_left")

    def __init__(self, data: bytes, limit: int) -> None:
        self.data = data
        self.fields_left = limit

    def message(self, start: int, end: int, kind: Descriptor, path: Path) -> None:
        """Raise what is wrong in the message between the two offsets, as far inside as it can be told."""
        if len(path) > DEEPEST:
            raise DecodeError(f"messages nested deeper than {DEEPEST} levels, which parsers refuse,", start)
        self.spend(0)
        read = walk_partly(self.data, start, end, limit=self.fields_left)
        # To find the end of a group takes a look at all that is in it.
        self.fields_left -= sum(field.value if field.wire_type is WireType.GROUP else 1 for field in read.fields)
        for field in read.fields:
            self.field(field, kind, path)
        self.spend(0)
        error = read.error
        if isinstance(error, CutShort) and error.field:
            self.field(error.field, kind, path, cut=error)
        elif error is not None:
            raise DecodeError(error.reason, error.offset, path)

    def field(self, field: Field, kind: Descriptor, path: Path, *, cut: CutShort | None = None) -> None:
        """Raise what is wrong in one field, or else that it is cut."""
        known = known_tags(kind).get(field.number << 3 | field.wire_type)
        inner = (*path, *known.names) if known else (*path, field.number)
        if known and known.message:
            self.message(field.content, field.content_end, known.message, inner)
        elif known and field.wire_type is WireType.LENGTH:
            if known.is_text and not cut:
                self.text(field, inner)
            elif known.is_packed_varint:
                self.packed(field, inner)
        if cut:
            raise DecodeError(cut.reason, cut.offset, path)

    def spend(self, fields: int) -> None:
        """Count `fields` that were looked at; raise `Enough` where these were the last."""
        self.fields_left -= fields
        if self.fields_left <= 0:
            raise Enough

    def text(self, field: Field, path: Path) -> None:
        """Raise where a string is no UTF-8."""
        try:
            self.data[field.content : field.content_end].decode()
        except UnicodeDecodeError as error:
            raise DecodeError("a string that is not UTF-8", field.content + error.start, path) from None

    def packed(self, field: Field, path: Path) -> None:
        """Raise where packed numbers break off."""
        position = field.content
        while position < field.content_end:
            try:
                _, position = read_varint(self.data, position, field.content_end)
                self.spend(1)
            except DecodeError as error:
                raise DecodeError(error.reason, error.offset, path) from None
