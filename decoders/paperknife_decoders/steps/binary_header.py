"""A header of numbers and bytes in front of the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.steps.binary_layout import Bytes, Layout, Number, read_layout

__all__ = ["BinaryHeader", "Head", "read_head"]


@dataclass(frozen=True, slots=True)
class BinaryHeader:
    """The fields of `layout` (see `binary_layout`), then the one part, which may be empty.

    The part's header holds the numbers by their names, and bytes as hex. Raises `ValueError` for a layout that is none.
    """

    name: ClassVar[str] = "binary-header"

    layout: str

    def __post_init__(self) -> None:
        read_layout(self.layout)

    @property
    def header_kinds(self) -> Mapping[str, type[int] | type[str]]:
        """The header's values: whether they are numbers or texts."""
        return {each.name: int if isinstance(each, Number) else str for each in read_layout(self.layout)}

    def open(self, data: bytes, context: Context) -> Opened:
        """What lies behind the header. Raises `DecodeError` where it is cut short, or a value is not what it has to be.

        Closing gives back the very header, with the lengths in it anew; it raises `DecodeError` where one is too long.
        """
        head = read_head(data, read_layout(self.layout))

        def close(parts: Sequence[bytes]) -> bytes:
            (part,) = parts
            return head.before(len(part)) + part

        return Opened((data[len(head.data) :],), close, (head.values,))


class Head(NamedTuple):
    """A header as it was read: its bytes, its values by name, and the lengths in it with their offsets."""

    data: bytes
    values: Mapping[str, int | str]
    lengths: Sequence[tuple[int, Number]]

    def before(self, size: int) -> bytes:
        """This header in front of a part of `size` bytes. Raises `DecodeError` where a length cannot tell that."""
        data = bytearray(self.data)
        for at, number in self.lengths:
            mask = number.high if number.mask is None else number.mask
            told = size + len(data) if number.length == "all" else size
            if told & ~mask:
                raise DecodeError(f"a part of {size:,} bytes, where {number.name} can tell {mask:,} at most,", at)
            end = at + number.size
            kept = int.from_bytes(data[at:end], number.order) & ~mask
            data[at:end] = (kept | told).to_bytes(number.size, number.order)
        return bytes(data)


def read_head(data: bytes, layout: Layout) -> Head:
    """The header at the beginning of `data`. Raises `DecodeError` where it is none of this layout."""
    values: dict[str, int | str] = {}
    lengths: list[tuple[int, Number]] = []
    at = 0
    for place in layout:
        if place.when is not None and values.get(place.when.name) not in place.when.values:
            continue
        size = size_of(place, values)
        if size is None:
            continue  # the number that would tell it is not there either
        end = at + size
        if end > len(data):
            raise DecodeError(f"{place.name} of {size:,} bytes, of which {len(data) - at:,} are left,", at)
        if isinstance(place, Bytes):
            values[place.name] = data[at:end].hex()
        else:
            values[place.name] = value_of(int.from_bytes(data[at:end], place.order, signed=place.signed), place, at)
            if place.length is not None:
                lengths.append((at, place))
        at = end
    for where, number in lengths:
        size = len(data) if number.length == "all" else len(data) - at
        if values[number.name] != size:
            raise DecodeError(f"{number.name} of {size:,} was expected and {values[number.name]:,} was found", where)
    return Head(data[:at], values, lengths)


def size_of(place: Number | Bytes, values: Mapping[str, int | str]) -> int | None:
    """How many bytes a field takes; None where the number is not there that would say so."""
    if isinstance(place, Number):
        return place.size
    if isinstance(place.length, int):
        return place.length
    told = values.get(place.length)
    return told if isinstance(told, int) else None


def value_of(raw: int, number: Number, at: int) -> int:
    """The value of a number. Raises `DecodeError` where it cannot be this one."""
    mask = number.mask
    value = raw if mask is None else raw & mask
    if mask is not None and number.bits is not None and raw & ~mask != number.bits:
        raise DecodeError(
            f"{number.name} with {number.bits:#x} beside its value was expected and {raw & ~mask:#x} was found", at
        )
    if number.values and value not in number.values:
        wanted = " or ".join(written(each) for each in sorted(number.values))
        raise DecodeError(f"{number.name} {wanted} was expected and {written(value)} was found", at)
    return value


def written(value: int) -> str:
    """A number in a sentence: large ones in hex, as they mostly are magic."""
    return str(value) if -256 < value < 256 else f"{value:#x}"
