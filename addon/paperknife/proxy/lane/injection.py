"""Putting something of our own into a live connection."""

from __future__ import annotations

from dataclasses import dataclass

from mitmproxy import http
from mitmproxy.proxy.events import MessageInjected

from paperknife_decoders.message import Direction, Opcode

__all__ = ["Abort", "Injected", "Injection"]


@dataclass(frozen=True, slots=True)
class Injection:
    """A message or a control frame that goes out in `direction`, at the next point between two messages.

    A close frame's `content` is its payload as `writing.close_payload` makes it.
    """

    direction: Direction
    opcode: Opcode
    content: bytes


@dataclass(frozen=True, slots=True)
class Abort:
    """End the connection at once, on both sides, with no close frame."""


class Injected(MessageInjected[Injection | Abort]):
    """The event that carries an injection to the lane of its flow."""

    def __init__(self, flow: http.HTTPFlow, message: Injection | Abort) -> None:
        super().__init__(flow, message)
