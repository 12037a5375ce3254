"""Which fields of an envelope are its payloads: exactly one of them is set in each message."""

from __future__ import annotations

from paperknife_decoders.inference.guess import MESSAGE, guess
from paperknife_decoders.inference.sketch import RESERVED, FieldSketch, Sketch
from paperknife_decoders.wire.walker import WireType

__all__ = ["payload_members", "together"]


def payload_members(sketch: Sketch) -> frozenset[int]:
    """The numbers of the fields that go into a `oneof` of this type; none where it has no payloads.

    They are messages, and each message of the type has exactly one of them, once; messages with nothing in them do not
    count. A message that comes every time, such as a header, stands beside the `oneof`. A single one is a payload only
    if no message has anything else.
    """
    if sketch.combinations is None:
        return frozenset()
    members = frozenset(
        number for number, each in sketch.fields.items() if number not in RESERVED and may_be_payload(each)
    )
    always = frozenset(number for number in members if sketch.fields[number].messages == sketch.messages - sketch.empty)
    for found in (members, members - always):
        if is_alone(sketch, found) and (len(found) > 1 or len(sketch.fields) == 1):
            return found
    return frozenset()


def may_be_payload(field: FieldSketch) -> bool:
    """True for messages, or what was messages until one did not parse, of which there is never more than one."""
    if set(field.counts) != {WireType.LENGTH} or field.repeated:
        return False
    return guess(field, in_oneof=True).type == MESSAGE or (field.read > 0 and field.message is None)


def is_alone(sketch: Sketch, members: frozenset[int]) -> bool:
    """True if each message that is not empty has exactly one of these."""
    if not members or sketch.combinations is None:
        return False
    counted = sum(count for numbers, count in sketch.combinations.items() if len(numbers & members) == 1)
    return counted == sketch.messages - sketch.empty


def together(sketch: Sketch, numbers: frozenset[int]) -> bool:
    """True if some message is known to have two of these fields."""
    return any(len(found & numbers) > 1 for found in sketch.combinations or ())
