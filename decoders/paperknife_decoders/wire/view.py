"""The wire view: Protobuf bytes made readable without a schema.

Field numbers take the place of names. What a value is read as, and what else it could be, stands behind it::

    1: 1772460201482          # or time 2026-03-02T14:03:21.482Z
    2: "ESZ6"
    3:                        # message, 11 B
      1: 5021.25              # double, or fixed64 4662242937462063104
      2: 7                    # or sint64 -4

The view of hostile bytes stays within its `Limits`: it is cut in the middle of long values, below a depth and after a
number of lines, and says each time how much it leaves out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from paperknife_decoders.paint import PLAIN, Paint, dyed
from paperknife_decoders.secrets import MASK
from paperknife_decoders.wire.reading_text import hex_text, reading_text
from paperknife_decoders.wire.readings import Kind, Reading, best_reading, content_readings, is_lines_of_text, readings
from paperknife_decoders.wire.walker import CutShort, Field, WireType, walk_partly

__all__ = ["Limits", "wire_summary", "wire_text"]

NESTED = (Kind.MESSAGE, Kind.GROUP)
SECRET = Reading(Kind.STRING)
"""Stands for a field that must not be read."""
COMMENT_COLUMN = 24
DEEPEST_SUMMARY = 4
ALTERNATIVE = 48
"""Characters of another reading that are shown."""
PLAINLY_PACKED = 8
"""A message of at most so many bytes could as well be a list of small numbers."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is shown: lines in all, levels of nesting, characters of a string, bytes as hex.

    Groups have a depth of their own, for where one ends is found anew at each level.
    """

    lines: int = 2000
    depth: int = 32
    groups: int = 8
    text: int = 512
    hexed: int = 64


def wire_text(data: bytes, paint: Paint = PLAIN, *, hidden: Collection[int] = (), limits: Limits = Limits()) -> str:
    """One line for each field of `data`, nested ones indented; no line feed at the end. Never raises.

    Where the bytes break, what could be read is followed by a line that says what is wrong at which byte. `hidden`
    holds the offsets at which secret fields start (`secret_spans`).
    """
    if not data:
        return dyed("# empty: no field is set", paint.dim, paint)
    view = View(data, paint, hidden, limits)
    view.level(0, len(data), 0)
    if view.left_at is not None:
        left = len(data) - view.left_at
        view.lines.append(dyed(f"# the last {left:,} of {len(data):,} bytes are not shown", paint.dim, paint))
    return "\n".join(view.lines)


class View:
    """The lines of one view as they come."""

    __slots__ = ("data", "hidden", "left_at", "limits", "lines", "paint")

    def __init__(self, data: bytes, paint: Paint, hidden: Collection[int], limits: Limits) -> None:
        self.data = data
        self.paint = paint
        self.hidden = hidden
        self.limits = limits
        self.lines: list[str] = []
        self.left_at: int | None = None  # where the first field starts that found no room

    def level(self, start: int, end: int, depth: int) -> None:
        """All fields between `start` and `end`, and what is wrong there."""
        read = walk_partly(self.data, start, end, limit=self.limits.lines)
        for field in read.fields:
            self.field(field, depth)
            if self.left_at is not None:
                return
        error = read.error
        if isinstance(error, CutShort) and error.field:
            self.field(error.field, depth, cut=str(error))
        elif error is not None:
            rest = f"; the rest is {hex_text(self.data, read.end, end, self.limits.hexed)}" if read.end < end else ""
            self.lines.append("  " * depth + dyed(f"# {error}{rest}", self.paint.mark, self.paint))
        elif read.end < end:
            self.left_at = read.end

    def field(self, field: Field, depth: int, *, cut: str = "") -> None:
        """The line of one field, and the lines of what is in it. `cut` says how it is incomplete."""
        if len(self.lines) >= self.limits.lines:
            self.left_at = field.start
            return
        found = readings_of(self.data, field, self.hidden, cut=bool(cut))
        best = found[0]
        deepest = self.limits.depth if best.kind is Kind.MESSAGE else self.limits.groups
        too_deep = best.kind in NESTED and depth >= deepest
        if too_deep:
            best = SECRET if self.hidden else Reading(Kind.BYTES)
        notes = [
            *stated(best, field),
            *([f"nested deeper than {deepest} levels"] if too_deep else []),
            *([f"or {others}"] if not cut and not too_deep and (others := self.others(found, field)) else []),
        ]
        self.line(f"{'  ' * depth}{field.number}:", self.value(best, field), best, ", ".join(notes), cut)
        if best.kind in NESTED:
            self.level(field.content, field.content_end, depth + 1)

    def value(self, best: Reading, field: Field) -> str:
        """What stands behind the field's number: nothing for what nests."""
        if best is SECRET:
            return MASK
        if best.kind in NESTED:
            return ""
        return reading_text(best, self.data, field, text=self.limits.text, hexed=self.limits.hexed)

    def others(self, found: tuple[Reading, ...], field: Field) -> str:
        """The readings beside the best one that are worth a reader's time."""
        worth = [reading for reading in found[1:] if is_worth_showing(reading, found[0], field)]
        return " or ".join(alternative_text(reading, self.data, field) for reading in worth)

    def line(self, name: str, shown: str, best: Reading, note: str, cut: str) -> None:
        """Add one line: name, value and comments, each in its colour."""
        paint = self.paint
        text = dyed(name, paint.name, paint)
        if shown:
            role = paint.secret if best is SECRET else paint.text if best.kind is Kind.STRING else paint.number
            text += " " + dyed(shown, role, paint)
        if note or cut:
            text += " " * (COMMENT_COLUMN - len(name) - bool(shown) - len(shown))
        if note:
            text += dyed(f"  # {note}", paint.dim, paint)
        if cut:
            text += dyed(f"  # {cut}", paint.mark, paint)
        self.lines.append(text)


def alternative_text(reading: Reading, data: bytes, field: Field) -> str:
    """Another reading with its kind, short."""
    match reading.kind:
        case Kind.MESSAGE:
            return f"message {{{wire_summary(data[field.content : field.content_end][:ALTERNATIVE], ALTERNATIVE)}}}"
        case Kind.BOOL:
            return reading_text(reading, data, field)
    return f"{reading.kind.value} {reading_text(reading, data, field, text=ALTERNATIVE, hexed=16)}"


def readings_of(data: bytes, field: Field, hidden: Collection[int] = (), *, cut: bool = False) -> tuple[Reading, ...]:
    """What a field could be that is whole, or whose content is `cut` short; of what is hidden only that it nests."""
    if field.start in hidden:
        return (SECRET,)
    if cut and field.wire_type is WireType.LENGTH and field.value:
        found = content_readings(data, field.content, field.content_end, cut=True)
    else:
        found = readings(data, field)
    if hidden and any(field.start < at < field.end for at in hidden):
        return tuple(reading for reading in found if reading.kind in NESTED) or (SECRET,)
    return found


def stated(best: Reading, field: Field) -> list[str]:
    """The kind of the best reading where its value does not show it."""
    match best.kind:
        case Kind.MESSAGE | Kind.GROUP:
            return [f"{best.kind.value}, {field.value:,} B"]
        case Kind.VARINT | Kind.INT:
            return []
        case Kind.STRING:
            return ["empty"] if best.value == "" else []
        case Kind.PACKED_VARINT | Kind.PACKED_FLOAT | Kind.PACKED_DOUBLE:
            return [f"maybe {best.kind.value}s"]
    return [best.kind.value]


def is_worth_showing(other: Reading, best: Reading, field: Field) -> bool:
    """False for a reading that the bytes allow, but that is hardly ever the one that was meant."""
    match best.kind, other.kind:
        case _, Kind.TIME | Kind.BOOL:
            return True
        case Kind.VARINT, Kind.SINT:
            return field.value % 2 == 1
        case Kind.STRING, Kind.MESSAGE:
            return field.value > 0
        case Kind.MESSAGE, Kind.PACKED_VARINT:
            return field.value <= PLAINLY_PACKED
        case Kind.MESSAGE, Kind.STRING:
            return isinstance(other.value, str) and is_lines_of_text(other.value)
        case (Kind.PACKED_VARINT | Kind.PACKED_FLOAT | Kind.PACKED_DOUBLE, Kind.BYTES) | (Kind.BYTES, Kind.MESSAGE):
            return True
        case _, Kind.DOUBLE | Kind.FLOAT:
            return False  # it would be the best one if it had an everyday magnitude
    return field.wire_type in (WireType.FIXED32, WireType.FIXED64)


def wire_summary(data: bytes, width: int, paint: Paint = PLAIN, *, hidden: Collection[int] = ()) -> str:
    """`data` in one line of at most `width` characters, colours not counted: ``1=7 2="ESZ6" 3={1=5021.25}``.

    `hidden` as for `wire_text`. Never raises.
    """
    parts: list[str] = []
    room = width
    for text, role in Summary(data, width, paint, hidden).words(0, len(data), 0):
        if len(text) > room:
            parts.append(dyed(f"{text[: room - 1]}…" if room > 0 else "", role, paint))
            break
        parts.append(dyed(text, role, paint))
        room -= len(text)
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Summary:
    """What goes into the one line of a summary, word by word, each with its colour."""

    data: bytes
    width: int
    paint: Paint
    hidden: Collection[int]

    def words(self, start: int, end: int, depth: int) -> Iterator[tuple[str, str]]:
        """The fields between the two offsets; an error is told once, at the end of the line."""
        read = walk_partly(self.data, start, end, limit=self.width + 1)
        cut = [read.error.field] if isinstance(read.error, CutShort) and read.error.field else []
        for index, field in enumerate([*read.fields, *cut]):
            yield f"{' ' * bool(index)}{field.number}=", self.paint.name
            if self.hidden:
                best = readings_of(self.data, field, self.hidden, cut=field in cut)[0]
            else:
                best = best_reading(self.data, field, cut=field in cut)
            if best.kind in NESTED and depth < DEEPEST_SUMMARY:
                yield "{", ""
                yield from self.words(field.content, field.content_end, depth + 1)
                yield "}", ""
            elif best is SECRET:
                yield MASK, self.paint.secret
            else:
                role = self.paint.text if best.kind is Kind.STRING else self.paint.number
                yield reading_text(best, self.data, field, text=self.width, hexed=16), role
        if read.error is not None and depth == 0:
            yield f"{' ' * bool(read.fields or cut)}! {read.error}", self.paint.mark
