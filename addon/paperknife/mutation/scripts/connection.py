"""What a script's functions are given besides the message."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from google.protobuf import message_factory
from google.protobuf.message import Message as ProtoMessage

from paperknife.mutation.rules.course import Course
from paperknife.mutation.scripts.secrecy import without_secrets
from paperknife.mutation.verdict import CloseOrder, Emission, Hold
from paperknife_decoders.message import Direction
from paperknife_decoders.nearest import nearest
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.splice import Change, Set, splice
from paperknife_decoders.values import Dynamic

__all__ = ["HELD_BY", "Link", "Memory", "ScriptConnection"]

type Memory = dict[str, Dynamic]
"""What a script remembers of one connection."""


class Link(Protocol):
    """The way to open connections, for functions that go on when no message is at hand any more."""

    def send(self, number: int, emission: Emission) -> None:
        """Send a message on the connection of that number; nothing, where it has ended."""

    def close(self, number: int, order: CloseOrder) -> None:
        """End it."""

    def say(self, number: int, text: str, *, warning: bool = False) -> None:
        """Tell the user something about it."""

    def mask(self, text: str) -> str:
        """A text without what is known as a secret."""

    def log(self, text: str) -> None:
        """Write to the log, once all is known that is secret in what came with the message at hand."""


LONGEST_LINE = 1000
HELD_BY = "script"
"""What a message is held by that a function holds."""
SIDES = {"client": Direction.SERVER, "server": Direction.CLIENT}
"""What goes to a side goes in the direction of the other."""


class ScriptConnection:
    """The connection on which a message passes, or which opens or closes.

    `number` counts from 1 in this run. Of the message at hand `direction` is ``client`` or ``server``, `payload` its
    name, `time_ns` nanoseconds since the epoch, and `envelope` all of it.
    """

    __slots__ = (
        "_course",
        "_dropped",
        "_link",
        "_mask",
        "_memory",
        "_place",
        "direction",
        "envelope",
        "number",
        "payload",
        "time_ns",
    )

    def __init__(self, course: Course, memory: Memory, mask: Callable[[str], str] = str) -> None:
        self._course = course
        self._place = course.place
        self._dropped: frozenset[int] = frozenset()
        self._mask = mask
        self._memory = memory
        self._link: Link | None = None
        """Set once the verdict on the message at hand is given, which waits: what is sent then goes out by itself."""
        self.number = course.standing.number
        self.time_ns = course.standing.time_ns
        self.direction = course.message.direction.value if course.message is not None else ""
        self.payload = course.envelope.payload
        self.envelope: Dynamic = None

    def send(self, to: str, payload: str | ProtoMessage = "", *, delay: float = 0.0, **fields: Dynamic) -> None:
        """Send a message to ``"client"`` or ``"server"``, `delay` seconds from now.

        ``send("client", "order_response", request_id=7, status="REJECTED")`` names the payload and its fields; a whole
        envelope, as a message of the schema, is as good. Raises `ValueError` for what the schema does not have.
        """
        if to not in SIDES:
            raise ValueError(f'send takes "client" or "server", whom the message goes to, and not {to!r}')
        direction = SIDES[to]
        envelope = self._encoded(direction, payload, fields)
        emission = self._course.emission(direction, envelope, seconds_in(delay))
        if self._link is not None:
            self._link.send(self.number, emission)
        else:
            self._course.emit([emission])

    def reply(self, payload: str | ProtoMessage, *, delay: float = 0.0, **fields: Dynamic) -> None:
        """Send a message back to the sender of the one at hand."""
        if not self.direction:
            raise ValueError("there is no message at hand to be answered; send takes a side")
        self.send(self.direction, payload, delay=delay, **fields)

    def drop(self) -> None:
        """Let the envelope at hand not go on, and nothing of its message where no other one is left in that."""
        outcome = self._course.outcome
        if self.direction and self._place not in outcome.gone:
            self._dropped = frozenset((self._place,))
            outcome.gone |= self._dropped

    def _undrop(self) -> None:
        """Take back what `drop` has done: the function has failed."""
        self._course.outcome.gone -= self._dropped

    def delay(self, seconds: float) -> None:
        """Let the message at hand, and all behind it in its direction, go on so much later."""
        self._course.outcome.delay += seconds_in(seconds)

    def hold(self, seconds: float = 300.0) -> None:
        """Keep the message at hand until somebody lets it go on, at most so many seconds."""
        self._course.outcome.hold = Hold(HELD_BY, seconds_in(seconds))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """End the connection on both sides, with this code (RFC 6455, section 7.4) and reason."""
        if not (code == 1000 or 1001 <= code <= 1014 or 3000 <= code <= 4999) or code in (1004, 1005, 1006):
            raise ValueError(f"a close code such as 1000, 1011 or 4000 was expected, and not {code}")
        self._course.outcome.close = CloseOrder(code, reason)

    def abort(self) -> None:
        """End the connection with no close frame, as when a cable is cut."""
        self._course.outcome.close = CloseOrder(abort=True)

    def remember(self, name: str, value: Dynamic) -> None:
        """Keep a value for as long as the connection is open."""
        self._memory[name] = value

    def recall(self, name: str, default: Dynamic = None) -> Dynamic:
        """A value that was remembered."""
        return self._memory.get(name, default)

    def log(self, *words: object) -> None:
        """Say something in the live view, without secrets of this message and without those of earlier ones."""
        course, envelope = self._course, self._course.envelope_at(self._place)
        # A short secret is found only where it is all there is, so each word is looked at by itself.
        texts = [
            self._mask(without_secrets(str(word), envelope, course.standing.reader.protocol.secrets)) for word in words
        ]
        told = " ".join(texts)
        line = printable(elide(told, LONGEST_LINE))
        self._course.outcome.logs = (*self._course.outcome.logs, line)

    def _encoded(self, direction: Direction, payload: str | ProtoMessage, fields: dict[str, Dynamic]) -> bytes:
        """The bytes of an envelope that is to be sent."""
        kind = self._course.standing.reader.protocol.type_for(direction)
        if kind is None:
            raise ValueError(f"the schema says nothing of what goes {direction.arrow}, so nothing can be sent there")
        if isinstance(payload, ProtoMessage):
            changes: list[Change] = [Set(name, value) for name, value in fields.items()]
            content = type(payload).SerializePartialToString(payload)
            if payload.DESCRIPTOR.full_name == kind.descriptor.full_name:
                return splice(content, kind.descriptor, changes)
            raise ValueError(f"a {kind.name} was expected to be sent there, and not a {payload.DESCRIPTOR.full_name}")
        field = kind.descriptor.fields_by_name.get(payload)
        if field is None:
            likely = nearest(payload, kind.payloads)
            meant = f"did you mean {likely[0]}?" if likely else f"it has {', '.join(kind.payloads)}."
            raise ValueError(f"{kind.name} has no payload {payload}; {meant}")
        changes = [Set(f"{field.name}.{name}", value) for name, value in fields.items()]
        if field.message_type is not None and not field.is_repeated:
            changes.insert(0, Set(field.name, message_factory.GetMessageClass(field.message_type)()))
        return splice(b"", kind.descriptor, changes)


def seconds_in(value: float) -> float:
    """A time to wait; what is negative is none."""
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"a number of seconds was expected, and not {value}")
    return max(seconds, 0.0)
