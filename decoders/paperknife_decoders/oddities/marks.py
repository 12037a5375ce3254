"""What is odd about an envelope, in short phrases.

Nearly all messages have nothing odd about them, and this runs for each one that is shown. So a clean message is
recognised by what the parser in C does fast: parse it again, throw away all that is unknown at any depth, and compare
the size of what is left with the size of the bytes. Only a message that fails this, or holds an enum value without
a name, is skimmed for the places.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.oddities.enum_check import enum_check
from paperknife_decoders.oddities.parse_fault import fault_text
from paperknife_decoders.oddities.search import Oddity, OddityKind, find_oddities
from paperknife_decoders.printable import printable

if TYPE_CHECKING:
    from paperknife_decoders.envelope_type import EnvelopeType

__all__ = ["brief", "marks", "oddities", "unknown_fields"]

SHOWN = 3

NOTHING = "nothing of {} is set"
ANOTHER = ": another type, or the other direction?"


def marks(envelope: Envelope, found: tuple[Oddity, ...] | None = None) -> tuple[str, ...]:
    """Short phrases for what a reader should notice; the empty tuple for a message with nothing odd about it.

    `found` are the envelope's `oddities`, where somebody has them already.
    """
    data, form, kind, _, payload, _ = envelope
    if found is None:
        found = oddities(envelope)
    if payload and data and not found:
        return ()
    if form is not Form.DECODED or kind is None:
        fault = fault_text(envelope)
        return (printable(fault),) if fault else ()
    if not data:
        return ("empty message",)
    if payload:
        return phrases(found)
    nothing = NOTHING.format(kind.descriptor.name)
    if any(not oddity.path for oddity in found):
        nothing += ANOTHER
    return nothing, *phrases(found)


def brief(mark: str) -> str:
    """One of the `marks` in fewer words, for beside the payload's name or the lack of one: ``field 12?``."""
    if mark.endswith(ANOTHER):
        return "another type?"
    if mark.endswith(" unknown"):
        return f"{mark.removesuffix(' unknown')}?"
    path, found, number = mark.rpartition("unknown field ")
    return f"{path}field {number}?" if found else mark


def unknown_fields(found: tuple[Oddity, ...]) -> tuple[tuple[str, int], ...]:
    """Of an envelope's `oddities` the unknown fields: path (``order.legs``, empty at the top level) and number."""
    return tuple((".".join(oddity.path), oddity.number) for oddity in found if oddity.kind is OddityKind.UNKNOWN_FIELD)


def oddities(envelope: Envelope, *, limit: int = 32) -> tuple[Oddity, ...]:
    """At most `limit` different oddities of a decoded envelope; none for any other."""
    data, _, kind, message, _, _ = envelope
    if kind is None or message is None or clean_check(kind)(data, message):
        return ()
    return find_oddities(data, kind.descriptor, limit=limit)


@lru_cache(maxsize=64)
def clean_check(kind: EnvelopeType) -> Callable[[bytes, ProtoMessage], bool]:
    """Tells for the bytes of this type, and the message they were parsed to, that nothing in it is unknown.

    False means that a closer look is due. That is each time so with a sender who encodes the same values in more or
    fewer bytes than is usual.
    """
    parse = kind.parse
    enums_are_known = enum_check(kind.descriptor)

    def is_clean(data: bytes, message: ProtoMessage) -> bool:
        again = parse(data)
        kind.discard(again)
        return len(kind.serialize(again)) == len(data) and (enums_are_known is None or enums_are_known(message))

    return is_clean


def phrases(found: tuple[Oddity, ...]) -> tuple[str, ...]:
    """The first oddities in words, and how many more there are."""
    shown = tuple(map(phrase, found[:SHOWN]))
    return (*shown, f"and {len(found) - SHOWN} more") if len(found) > SHOWN else shown


def phrase(oddity: Oddity) -> str:
    """One oddity in words."""
    path = ".".join(oddity.path)
    match oddity.kind:
        case OddityKind.UNKNOWN_ENUM_VALUE:
            return f"{path}={oddity.number} unknown"
        case OddityKind.UNKNOWN_FIELD:
            return f"{path}.unknown field {oddity.number}" if path else f"unknown field {oddity.number}"
    return f"field number 0 in {path}" if path else "field number 0"
