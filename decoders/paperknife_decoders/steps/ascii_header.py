"""A line of text in front of the message: fields with a separator behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened

__all__ = ["AsciiHeader"]


@dataclass(frozen=True, slots=True)
class AsciiHeader:
    """``a,b,type,`` and then the one part, in which separators mean nothing.

    The part's header holds what the `fields` say, as ``field_1``, ``field_2`` and so on. Raises `ValueError` if the
    separator is empty or no ASCII, or if there is no field.
    """

    name: ClassVar[str] = "ascii-header"

    fields: int
    separator: str = ","

    def __post_init__(self) -> None:
        if not self.separator or not self.separator.isascii():
            raise ValueError(f"separator should be one or more ASCII characters, and is {self.separator[:40]!a}")
        if not 1 <= self.fields <= MOST_FIELDS:
            raise ValueError(f"fields should be a number from 1 to {MOST_FIELDS}, and is {self.fields}")

    @property
    def header_kinds(self) -> Mapping[str, type[int] | type[str]]:
        """The fields, all texts."""
        return {f"field_{number}": str for number in range(1, self.fields + 1)}

    def open(self, data: bytes, context: Context) -> Opened:
        """What lies behind the last field. Raises `DecodeError` where there are fewer, or where they are no ASCII."""
        separator = self.separator.encode()
        *fields, part = data.split(separator, self.fields)
        if len(fields) < self.fields:
            raise DecodeError(
                f"{self.fields} fields with {self.separator!a} behind each were expected, "
                f"and {len(fields)} were found, of which the last ends",
                len(data) - len(part),
            )
        head = data[: len(data) - len(part)]
        if not head.isascii():
            at = next(place for place, byte in enumerate(head) if byte > 127)
            raise DecodeError(f"a header in ASCII was expected and the byte {head[at]:02x} was found", at)

        def close(parts: Sequence[bytes]) -> bytes:
            (changed,) = parts
            return head + changed

        header = {f"field_{number}": field.decode("ascii") for number, field in enumerate(fields, 1)}
        return Opened((part,), close, (header,))


MOST_FIELDS = 100
