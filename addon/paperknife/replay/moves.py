"""What a cursor is told and answers: how to go on, what to send or to wait for, and what a client's message was."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from paperknife.recording.items import Closed
from paperknife.replay.conditions import Request
from paperknife_decoders.difference import Difference
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Message
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.volatile import Volatile

__all__ = ["Ended", "Manner", "Met", "Missed", "Mode", "Send", "Waiting"]


class Mode(enum.Enum):
    """What a recorded message of the server waits for."""

    TIMED = "timed"
    """Its time."""
    MATCHED = "matched"
    """The request that it answers, and then as long as it took."""
    STEP = "step"
    """To be told so."""


@dataclass(frozen=True, slots=True)
class Send:
    """The next message to send; `content` is as recorded but for what is put in for this client."""

    message: Message
    content: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is to be sent before the time `until`; None: before the client has sent `needs`, or a step is taken."""

    until: float | None = None
    needs: tuple[Request, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """All was sent. `closed` is how the recorded connection ended, None where that is not known."""

    closed: Closed | None


@dataclass(frozen=True, slots=True)
class Met:
    """The client has sent what the recorded one had sent."""

    request: Request
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Missed:
    """The client has sent what is not in the recording, or not there yet to be sent.

    `nearest` is the recorded request that is most like it of those that are expected, with all that differs.
    """

    envelope: Envelope
    nearest: Request | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a recorded connection is answered: how it is read, what does not count, how far its times are moved."""

    mode: Mode
    protocol: Protocol
    volatile: Volatile
    shift_ns: int = 0
