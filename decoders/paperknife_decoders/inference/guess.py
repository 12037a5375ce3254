"""What a field most likely is, by all of its samples, and in a comment what else it could be.

The order of likelihood is that of `wire.readings`; here all samples have to agree. Nothing is guessed that could lose
something: a varint is an `int64`, which shows every number that fewer bits or no sign would have allowed. Whoever knows
better changes the draft.
"""

from __future__ import annotations

from dataclasses import dataclass

from paperknife_decoders.inference.content import Content
from paperknife_decoders.inference.numbers import Fixed, Varints
from paperknife_decoders.inference.sketch import FieldSketch, Sketch
from paperknife_decoders.wire.number_readings import SECONDS
from paperknife_decoders.wire.walker import WireType

__all__ = ["GROUP", "MESSAGE", "TIMESTAMP", "Guess", "guess", "samples"]

MESSAGE = "message"
TIMESTAMP = "google.protobuf.Timestamp"
MESSAGES = (MESSAGE, TIMESTAMP)

GROUP = "group"
"""What proto3 has no word for: it stays an unknown field."""

BOOL_SAMPLES = 16
"""So many samples of 0 and 1 make a bool; of fewer, it is a number that was small so far."""

ENUM_SAMPLES = 6
"""Samples for each different value that make a field look like an enum."""

MOST_ENUM = 100
"""Enums have small numbers."""

CERTAIN = 4
"""So many messages in a row are no accident."""

EXACT = 1 << 53
"""Negative numbers beyond are hardly ever meant; such a varint is a hash without a sign."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A field's `type` as a `.proto` has it (`MESSAGE` where one has to be defined), its `label`, `options`, a `note`.

    The label is ``repeated``, ``optional`` or empty.
    """

    type: str
    label: str = ""
    options: str = ""
    note: str = ""


def guess(sketch: FieldSketch, *, in_oneof: bool = False) -> Guess:
    """The guess for one field; `in_oneof` says that it is a payload among others."""
    packed = ""
    match sketch.wire_type:
        case _ if sketch.is_packed_and_not:
            word, note = packed_number(sketch)
            return Guess(word, "repeated", note=f"came both packed and one by one; {note}")
        case WireType.VARINT:
            word, note = varint_guess(sketch.varints)
        case WireType.FIXED64:
            word, note = fixed_guess(sketch.fixed64)
        case WireType.FIXED32:
            word, note = fixed_guess(sketch.fixed32)
        case WireType.LENGTH:
            word, packed, note = content_guess(sketch, in_oneof=in_oneof)
        case _:
            return Guess(GROUP, note="groups, which proto3 cannot declare: they stay unknown fields")
    if sketch.is_mixed:
        note += f"; {others(sketch)} stay unknown"
    if packed:
        return Guess(packed, "repeated", note=note)
    if sketch.repeated:
        return Guess(word, "repeated", "" if sketch.wire_type is WireType.LENGTH else " [packed = false]", note)
    return Guess(word, "optional" if sketch.zeros and word not in MESSAGES and not in_oneof else "", note=note)


def others(sketch: FieldSketch) -> str:
    """The samples of other wire types than most have: ``2 samples as fixed32``."""
    rest = [(kind, count) for kind, count in sketch.counts.items() if kind is not sketch.wire_type]
    return ", ".join(f"{samples(count)} as {kind.name.lower()}" for kind, count in rest)


def samples(count: int) -> str:
    """``1 sample``, ``1,204 samples``."""
    return f"{count:,} sample{'' if count == 1 else 's'}"


def packed_number(sketch: FieldSketch) -> tuple[str, str]:
    """The type of numbers that came in both ways."""
    if WireType.VARINT in sketch.counts:
        return varint_guess(sketch.varints)
    return fixed_guess(sketch.fixed64 if WireType.FIXED64 in sketch.counts else sketch.fixed32)


def varint_guess(varints: Varints) -> tuple[str, str]:
    """Type and note for varints."""
    seen = f"{samples(varints.count)}, {span(varints.low, varints.high)}"
    if varints.is_within(0, 1):
        if varints.count >= BOOL_SAMPLES:
            return "bool", f"{seen}; could be a number"
        return "int64", f"{seen}; could be bool"
    if varints.low < -EXACT:
        return "uint64", f"{samples(varints.count)}, up to {varints.largest}; could be int64"
    if varints.times == varints.count:
        return "int64", f"{seen}; could be a time"
    values = varints.values
    if values and len(values) * ENUM_SAMPLES <= varints.count and varints.is_within(-MOST_ENUM, MOST_ENUM):
        return "int64", f"{samples(varints.count)}, only {', '.join(map(str, sorted(values)))}; could be an enum"
    if varints.low >= 0 and varints.may_be_zigzag:
        return "int64", f"{seen}; could be sint64, {zigzag_span(varints)}"
    return "int64", seen


def span(low: int, high: int) -> str:
    """``1 to 14``, or ``always 7``."""
    return f"always {low}" if low == high else f"{low} to {high}"


def zigzag_span(varints: Varints) -> str:
    """Bounds of the numbers if they were `sint64` (protobuf.dev/programming-guides/encoding/#signed-ints), about."""
    return span(-((varints.largest + 1) // 2), varints.largest // 2)


def fixed_guess(fixed: Fixed) -> tuple[str, str]:
    """Type and note for numbers of four or eight bytes."""
    bits = fixed.kinds.bits
    if fixed.is_real:
        return fixed.kinds.real.value, f"{samples(fixed.count)}; could be fixed{bits}"
    if fixed.zeros == fixed.count:
        return f"fixed{bits}", f"{samples(fixed.count)}, always 0; could be {fixed.kinds.real.value}"
    sign = "s" if fixed.negative else ""
    return f"{sign}fixed{bits}", f"{samples(fixed.count)}; could be {fixed.kinds.real.value}"


def content_guess(sketch: FieldSketch, *, in_oneof: bool) -> tuple[str, str, str]:
    """Type, the type of packed numbers if it is a list of these, and note, for what has a length."""
    content = sketch.content
    if content.empty == content.count:
        if in_oneof and sketch.message is not None:
            return MESSAGE, "", f"{samples(content.count)}, always empty"
        return "string", "", f"{samples(content.count)}, always empty; could be bytes or a message"
    told = f"{content.count:,} of {samples(content.count)} read as"
    if content.starred == content.count:
        return "string", "", f"{samples(content.count)}, always masked: a secret, so call it password or the like"
    if content.clean == content.count:
        also = ", or a message" if sketch.message is not None else ""
        return "string", "", f"{told} text; could be bytes{also}"
    if sketch.message is not None:
        if is_timestamp(sketch.message):
            return TIMESTAMP, "", f"{told} a time; could be another message of two numbers"
        doubt = "" if content.count - content.empty >= CERTAIN else "; could be bytes"
        return MESSAGE, "", f"{told} a message{doubt}"
    if content.lines == content.count:
        return "string", "", f"{told} text; could be bytes"
    may_be_list = not sketch.repeated and not in_oneof
    number = packed_reals(content) if may_be_list else ""
    if number:
        return "bytes", number, f"{told} packed numbers; could be bytes"
    if content.rough == content.count:
        return "string", "", f"{told} text with control characters; could be bytes"
    if content.packed.varints and content.packed.alike and may_be_list:
        return "bytes", "int64", f"{told} packed numbers; could be bytes"
    tried = f", {sketch.read:,} read as a message before one did not" if sketch.read else ""
    return "bytes", "", f"{samples(content.count)} of {size_span(content)}{tried}"


def is_timestamp(message: Sketch) -> bool:
    """True if all messages are times as google/protobuf/timestamp.proto has them, nanoseconds among them."""
    seconds, nanos = message.fields.get(1), message.fields.get(2)
    return (
        seconds is not None
        and nanos is not None
        and len(message.fields) == 2
        and seconds.messages == message.messages
        and is_plain_number(seconds)
        and is_plain_number(nanos)
        and seconds.varints.is_within(SECONDS.start, SECONDS.stop)
        and nanos.varints.is_within(1, 999_999_999)
    )


def is_plain_number(field: FieldSketch) -> bool:
    """True for single varints."""
    return set(field.counts) == {WireType.VARINT} and not field.repeated


def packed_reals(content: Content) -> str:
    """The type of packed floating-point numbers, where all samples are such: of two, the one with fewer digits."""
    packed = content.packed
    found = []
    if packed.all_fixed64 and packed.fixed64.is_real:
        found.append((packed.fixed64.digits, "double"))
    if packed.all_fixed32 and packed.fixed32.is_real and content.longest > 4:
        found.append((packed.fixed32.digits, "float"))
    return min(found)[1] if found else ""


def size_span(content: Content) -> str:
    """``16 B``, or ``3 to 1,204 B``."""
    if content.shortest == content.longest:
        return f"{content.longest:,} B"
    return f"{content.shortest:,} to {content.longest:,} B"
