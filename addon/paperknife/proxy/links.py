"""The way to open connections: to send on them and to end them, from outside of what passes there."""

from __future__ import annotations

import asyncio
import contextlib

from mitmproxy import ctx

from paperknife.mutation.verdict import CloseOrder, Emission
from paperknife.proxy.lane.injection import Abort, Injected, Injection
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.writing import close_payload
from paperknife.proxy.tap import Tap
from paperknife_decoders.message import Direction, Opcode

__all__ = ["Links"]


class Links:
    """A `paperknife.mutation.scripts.connection.Link` to the connections that `tap` knows."""

    def __init__(self, tap: Tap) -> None:
        self.tap = tap

    def track(self, number: int) -> Track | None:
        """The open connection of that number."""
        return next((live for live in self.tap.live.values() if live.number == number), None)

    def send(self, number: int, emission: Emission) -> None:
        """Send a message, once its delay is over; nothing, where the connection has ended by then."""
        injection = Injection(emission.direction, emission.opcode, emission.content)
        if emission.delay > 0:
            asyncio.get_running_loop().call_later(emission.delay, self.inject, number, injection)
        else:
            self.inject(number, injection)

    def close(self, number: int, order: CloseOrder) -> None:
        """End a connection."""
        if order.abort:
            self.inject(number, Abort())
            return
        for direction in Direction:
            self.inject(number, Injection(direction, Opcode.CLOSE, close_payload(order.code, order.reason)))

    def say(self, number: int, text: str, *, warning: bool = False) -> None:
        """Tell the user something about a connection."""
        self.tap.audience.notice(f"Connection #{number}: {text}", warning=warning)

    def inject(self, number: int, injection: Injection | Abort) -> None:
        """Hand something to the lane of a connection."""
        track = self.track(number)
        if track is not None and track.lane:
            with contextlib.suppress(ValueError):  # it has ended by itself
                ctx.master.addons.get("proxyserver").inject_event(Injected(track.history.flow, injection))
