"""A binary header for a message of our own: from what is asked for, the layout, and a header that came before.

Each value is, the first of these that there is: the one that is asked for; one that follows from the rest (a length,
how many bytes there are, the only value that a number can have); the one that the header before has. Where there is
none of these, nobody knows it, and there is no header.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Header
from paperknife_decoders.steps.binary_header import Head, read_head, size_of
from paperknife_decoders.steps.binary_layout import Bytes, Layout, Number, Place

__all__ = ["NewHeader", "NotMade", "new_header"]

WORD = (1 << 64) - 1


class NotMade(DecodeError):
    """What a message of our own cannot be: a sentence with the name of the value, and what can be done.

    It is about no bytes that there are, and names none.
    """

    def __str__(self) -> str:
        return self.reason


@dataclass(slots=True)
class NewHeader:
    """A header in the making, field by field: its `values` so far, and those `repeated` from the one `before`."""

    asked: Header
    before: Header = field(default_factory=dict)
    bits: Mapping[str, int] = field(default_factory=dict)
    data: bytes = b""
    values: dict[str, int | str] = field(default_factory=dict)
    repeated: dict[str, int | str] = field(default_factory=dict)
    lengths: list[tuple[int, Number]] = field(default_factory=list)

    def add(self, place: Place, counted: str | None) -> None:
        """Add a field; it counts the bytes of the field `counted`, if there is one."""
        when = place.when
        if when is not None and self.values.get(when.name) not in when.values:
            if place.name in self.asked:
                wanted = " or ".join(map(str, sorted(when.values)))
                raise NotMade(f"{place.name} is in front of a message only where {when.name} is {wanted}; leave it out")
        elif isinstance(place, Bytes):
            self.add_bytes(place)
        else:
            self.add_number(place, counted)

    def add_bytes(self, place: Bytes) -> None:
        """Bytes, which are hex in what is asked for."""
        size = size_of(place, self.values) or 0
        text = self.asked.get(place.name)
        if text is None and size:
            text = self.repeat(place.name)
        try:
            data = bytes.fromhex(str(text or ""))
        except ValueError:
            raise NotMade(f"{place.name} takes bytes as hex, as in 00ff, not {str(text)[:40]!a}") from None
        if len(data) != size:
            raise NotMade(f"{place.name} has {size:,} bytes in this header, and {len(data):,} were given")
        self.values[place.name] = data.hex()
        self.data += data

    def add_number(self, place: Number, counted: str | None) -> None:
        """A number, with the bits beside it."""
        if place.length is not None:
            self.lengths.append((len(self.data), place))
            value = 0
        else:
            value = self.number(place, counted)
        self.values[place.name] = value
        if place.mask is not None:
            value |= self.bits_beside(place)
        self.data += value.to_bytes(place.size, place.order, signed=place.signed)

    def number(self, place: Number, counted: str | None) -> int:
        """The value of a number that is no length."""
        value = self.asked.get(place.name)
        if value is None and counted is not None and counted in self.asked:
            value = len(str(self.asked[counted])) // 2
        elif value is None and len(place.values) == 1:
            (value,) = place.values
        elif value is None:
            value = self.repeat(place.name)
        low, high = place.low, place.high if place.mask is None else place.mask
        if isinstance(value, int) and value < 0 and not place.signed and place.size == WORD.bit_length() // 8:
            value &= WORD  # in an envelope it is a number with a sign
        if not isinstance(value, int) or not low <= value <= high or (place.mask is not None and value & ~place.mask):
            raise NotMade(f"{place.name} takes a number from {low:,} to {high:,}, not {str(value)[:40]}")
        if place.values and value not in place.values:
            raise NotMade(f"{place.name} takes {' or '.join(map(str, sorted(place.values)))}, not {value}")
        return value

    def repeat(self, name: str) -> int | str:
        """The value that the header before has."""
        if name not in self.before:
            raise NotMade(unknown(name))
        self.repeated[name] = self.before[name]
        return self.before[name]

    def bits_beside(self, place: Number) -> int:
        """The bits that a mask leaves out."""
        if place.bits is not None:
            return place.bits
        every = place.mask == place.high
        if not every and place.name not in self.bits:
            raise NotMade(
                f"the bits beside {place.name}, which are not under its mask, are not known, as nothing of this side "
                f"has passed yet that shows them; the layout can say them, as in &0x7f|0x80"
            )
        return 0 if every else self.bits[place.name]


def unknown(name: str) -> str:
    """The sentence on a value that nothing tells."""
    return (
        f"{name} in front of it is not known: no message of this side that has it has passed yet, and neither the "
        f"definition nor the payload says it. Write it beside the payload, as in {name}: VALUE"
    )


def new_header(layout: Layout, asked: Header, before: bytes | None = None) -> tuple[Head, dict[str, int | str]]:
    """The header, in which the lengths are still to come (`Head.before`), and the values that nothing but the one
    at the beginning of `before` says.

    Raises `NotMade` for a value that is not known or does not fit, and `DecodeError` where `before` has no such header.
    """
    old = read_head(before, layout) if before is not None else None
    made = NewHeader(asked, {} if old is None else old.values, {} if old is None else bits_in(old, layout))
    counted = {each.length: each.name for each in layout if isinstance(each, Bytes)}
    for place in layout:
        made.add(place, counted.get(place.name))
    return Head(made.data, made.values, made.lengths), made.repeated


def bits_in(head: Head, layout: Layout) -> dict[str, int]:
    """The bits beside the values under a mask, by their names."""
    found, at = {}, 0
    for place in layout:
        if place.name in head.values:
            end = at + (size_of(place, head.values) or 0)
            if isinstance(place, Number) and place.mask is not None:
                found[place.name] = int.from_bytes(head.data[at:end], place.order) & ~place.mask
            at = end
    return found
