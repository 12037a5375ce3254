"""A sketch of one message type: what all its messages have in common, field by field.

It keeps no message, so that it takes the same room for ten as for ten million. What a length-delimited field holds is
sketched as a message for as long as every sample parses as one in the very bytes that an encoder would write, with one
wire type for each number; the first that does not refutes it for good.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from paperknife_decoders.inference.content import Content
from paperknife_decoders.inference.numbers import Fixed, Varints, varint_size
from paperknife_decoders.wire.walker import Field, WireType, is_wire_format, walk_partly

__all__ = ["RESERVED", "FieldSketch", "Limits", "Sketch"]

RESERVED = range(19_000, 20_000)
"""Field numbers that protoc does not take (https://protobuf.dev/programming-guides/proto3/#assigning)."""

SENSIBLE = 19_000
"""A number from here on within bytes says that they are none of a message."""


@dataclass(slots=True)
class Limits:
    """How much a sketch takes in.

    `fields` are different numbers of one type, `all_fields` those of a sketch with all that nests in it (it counts them
    down); `depth` are levels of nesting (protoc follows 32), `walked` the fields that one message may have in all.
    `combinations` are the different sets of length-delimited fields that are remembered, for the `oneof`.
    """

    fields: int = 2_000
    all_fields: int = 20_000
    depth: int = 16
    walked: int = 1_000_000
    combinations: int = 256


@dataclass(slots=True)
class FieldSketch:
    """All samples of one field. `counts` are those of each wire type, `messages` the messages that have the field.

    `message` is the sketch of what nests in it, None where it cannot be a message; then `read` is how many samples had
    parsed as one before the first that did not.
    """

    counts: Counter[WireType] = field(default_factory=Counter)
    messages: int = 0
    repeated: bool = False
    """One message has several."""
    zeros: bool = False
    """A zero, or nothing, was sent in so many words, which proto3 does only where presence is tracked."""
    varints: Varints = field(default_factory=Varints)
    fixed32: Fixed = field(default_factory=lambda: Fixed.of(4))
    fixed64: Fixed = field(default_factory=lambda: Fixed.of(8))
    content: Content = field(default_factory=Content)
    message: Sketch | None = None
    read: int = 0

    @property
    def wire_type(self) -> WireType:
        """The one that most samples have."""
        return self.counts.most_common(1)[0][0]

    @property
    def is_mixed(self) -> bool:
        """True if samples have different wire types, other than numbers that came packed and not."""
        return len(self.counts) > 1 and not self.is_packed_and_not

    @property
    def is_packed_and_not(self) -> bool:
        """True for numbers that came one by one and as packed lists, which a parser takes for the same."""
        kinds = set(self.counts)
        return (
            (kinds == {WireType.VARINT, WireType.LENGTH} and self.content.packed.varints)
            or (kinds == {WireType.FIXED32, WireType.LENGTH} and self.content.packed.all_fixed32)
            or (kinds == {WireType.FIXED64, WireType.LENGTH} and self.content.packed.all_fixed64)
        )


@dataclass(slots=True)
class Sketch:
    """The messages of one type. `messages` counts them, `refused` those that are not Protobuf or too large.

    `combinations` counts the sets of length-delimited fields that messages have, None where there are too many.
    `overflow` tells that fields were left out, of a root that has more of them than may be.
    """

    limits: Limits = field(default_factory=Limits)
    depth: int = 0
    messages: int = 0
    refused: int = 0
    empty: int = 0
    overflow: bool = False
    fields: dict[int, FieldSketch] = field(default_factory=dict)
    combinations: Counter[frozenset[int]] | None = field(default_factory=Counter)

    def absorb(self, data: bytes) -> bool:
        """Take in one message; False, with nothing taken in, for what is no Protobuf. Never raises for its input."""
        if (data and not is_wire_format(data)) or not self.take(data, 0, len(data)):
            self.refused += 1
            return False
        return True

    def take(self, data: bytes, start: int, end: int) -> bool:
        """The fields between the two offsets, as one message of this type; False where they cannot be one.

        A root has taken in nothing then; of what nests the sketch is of no more use.
        """
        read = walk_partly(data, start, end, limit=self.limits.walked)
        if read.error is not None or read.end != end:
            return False
        seen: set[int] = set()
        for each in read.fields:
            if not self.take_field(data, each, again=each.number in seen):
                return False
            seen.add(each.number)
        self.messages += 1
        self.empty += start == end
        fields = self.fields
        for number in seen:
            if number in fields:
                fields[number].messages += 1
        if self.combinations is not None:
            self.combine(frozenset(each.number for each in read.fields if each.wire_type is WireType.LENGTH), 1)
        return True

    def take_field(self, data: bytes, each: Field, *, again: bool) -> bool:
        """One field; False where the message that it is in cannot be one."""
        known = self.fields.get(each.number)
        if known is None:
            known = self.new_field(each)
            if known is None:
                self.overflow = True
                return not self.depth  # a root goes on without, anything else becomes bytes
        if self.depth and ((known.counts and each.wire_type not in known.counts) or not is_plain(data, each)):
            return False
        known.counts[each.wire_type] += 1
        known.repeated = known.repeated or again
        match each.wire_type:
            case WireType.VARINT:
                known.varints.add(each.value)
            case WireType.FIXED32:
                known.fixed32.add(each.value)
            case WireType.FIXED64:
                known.fixed64.add(each.value)
            case WireType.LENGTH:
                known.content.add(data[each.content : each.content_end])
                self.nest(known, data, each)
        known.zeros = known.zeros or not each.value
        return True

    def new_field(self, each: Field) -> FieldSketch | None:
        """Room for a number that is new here; None where there is none."""
        if self.depth and (each.number >= SENSIBLE or each.wire_type is WireType.GROUP):
            return None
        if len(self.fields) >= self.limits.fields or self.limits.all_fields <= 0:
            return None
        self.limits.all_fields -= 1
        made = self.fields[each.number] = FieldSketch()
        if each.wire_type is WireType.LENGTH and self.depth < self.limits.depth:
            made.message = Sketch(self.limits, self.depth + 1)
        return made

    def nest(self, known: FieldSketch, data: bytes, each: Field) -> None:
        """Go on with a content as a message, or give that up."""
        if known.message is not None:
            if known.message.take(data, each.content, each.content_end):
                known.read += 1
            else:
                self.limits.all_fields += known.message.size
                known.message = None

    @property
    def size(self) -> int:
        """Fields here and in all that nests."""
        return len(self.fields) + sum(each.message.size for each in self.fields.values() if each.message)

    def combine(self, numbers: frozenset[int], count: int) -> None:
        """Remember which length-delimited fields came together."""
        if self.combinations is not None:
            self.combinations[numbers] += count
            if len(self.combinations) > self.limits.combinations:
                self.combinations = None

    def merge(self, other: Sketch) -> bool:
        """Take in all that `other` has seen; False where, below the root, the two cannot be one type."""
        fits = True
        for number, theirs in other.fields.items():
            ours = self.fields.get(number)
            if ours is None:
                self.fields[number] = theirs
            elif not merge_fields(ours, theirs) and self.depth:
                fits = False
        self.messages += other.messages
        self.refused += other.refused
        self.empty += other.empty
        self.overflow |= other.overflow
        if other.combinations is None:
            self.combinations = None
        else:
            for numbers, count in other.combinations.items():
                self.combine(numbers, count)
        return fits


def merge_fields(ours: FieldSketch, theirs: FieldSketch) -> bool:
    """Take in the samples of the same field of another sketch; False where their wire types differ."""
    alike = ours.counts.keys() == theirs.counts.keys()
    both_nest = WireType.LENGTH in ours.counts and WireType.LENGTH in theirs.counts
    if both_nest and (ours.message is None or theirs.message is None or not ours.message.merge(theirs.message)):
        ours.message = None
    elif not both_nest:
        ours.message = ours.message or theirs.message
    ours.counts.update(theirs.counts)
    ours.messages += theirs.messages
    ours.read += theirs.read
    ours.repeated |= theirs.repeated
    ours.zeros |= theirs.zeros
    ours.varints.merge(theirs.varints)
    ours.fixed32.merge(theirs.fixed32)
    ours.fixed64.merge(theirs.fixed64)
    ours.content.merge(theirs.content)
    return alike


def is_plain(data: bytes, each: Field) -> bool:
    """True if the tag, the length and the number take as many bytes as an encoder gives them."""
    if each.body - each.start != varint_size(each.number << 3):
        return False
    match each.wire_type:
        case WireType.VARINT:
            size = each.end - each.body
            return size == varint_size(each.value) and (size < 10 or data[each.end - 1] == 1)
        case WireType.LENGTH:
            return each.content - each.body == varint_size(each.value)
    return each.wire_type is not WireType.GROUP
