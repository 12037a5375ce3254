"""Why bytes do not parse as a type: the parser only says that they do not, this says what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.oddities.search import known_tags
from paperknife_decoders.wire.walker import DEEPEST, CutShort, Field, WireType, read_varint, walk_partly

__all__ = ["parse_fault"]

type Path = tuple[str | int, ...]


def parse_fault(data: bytes, descriptor: Descriptor, *, limit: int = 100_000) -> DecodeError | None:
    """The first reason why a parser refuses `data` as a message of this type; None where none was found.

    The error's path holds field names. In each message at most `limit` fields are looked at. A string that is not UTF-8
    counts as a fault, though proto2 allows it: ask only about bytes that did not parse.
    """
    try:
        Inspection(data, limit).message(0, len(data), descriptor, ())
    except DecodeError as error:
        return error
    return None


@dataclass(frozen=True, slots=True)
class Inspection:
    """One search for the first fault of `data`."""

    data: bytes
    limit: int

    def message(self, start: int, end: int, kind: Descriptor, path: Path) -> None:
        """Raise what is wrong in the message between the two offsets, as far inside as it can be told."""
        if len(path) > DEEPEST:
            raise DecodeError(f"messages nested deeper than {DEEPEST} levels, which parsers refuse,", start)
        read = walk_partly(self.data, start, end, limit=self.limit)
        for field in read.fields:
            self.field(field, kind, path)
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
            except DecodeError as error:
                raise DecodeError(error.reason, error.offset, path) from None
