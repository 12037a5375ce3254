"""The way to open connections: to send on them and to end them, from outside of what passes there."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from mitmproxy import ctx

from paperknife.mutation.verdict import CloseOrder, Emission
from paperknife.proxy.lane.injection import Injected, Injection
from paperknife.proxy.lane.track import Track
from paperknife.proxy.tap import Tap

__all__ = ["Links"]

logger = logging.getLogger(__name__)


class Links:
    """A `paperknife.mutation.scripts.connection.Link` to the connections that `tap` knows."""

    def __init__(self, tap: Tap) -> None:
        self.tap = tap

    def track(self, number: int) -> Track | None:
        """The open connection of that number."""
        return next((live for live in self.tap.live.values() if live.number == number), None)

    def send(self, number: int, emission: Emission) -> None:
        """Send a message, once its delay is over; nothing, where the connection has ended by then."""
        track = self.track(number)
        if emission.delay <= 0:
            self.inject(track, Injection(emission.direction, emission.opcode, emission.content))
        elif track is not None and track.carrier is not None:
            track.carrier.send_by(emission)

    def close(self, number: int, order: CloseOrder) -> None:
        """End a connection, behind what waits on it."""
        track = self.track(number)
        if track is not None and track.carrier is not None:
            track.carrier.end_by(order)

    def say(self, number: int, text: str, *, warning: bool = False) -> None:
        """Tell the user something about a connection."""
        self.tap.audience.notice(f"Connection #{number}: {text}", warning=warning)

    def mask(self, text: str) -> str:
        """A text without what is known as a secret."""
        return self.tap.mask(text)

    def log(self, text: str) -> None:
        """Write to the log, once all has been told of that came with what is being looked at."""
        asyncio.get_running_loop().call_soon(lambda: logger.info("%s", self.tap.mask(text)))

    def inject(self, track: Track | None, injection: Injection) -> None:
        """Hand something to the lane of a connection."""
        if track is not None and track.lane:
            with contextlib.suppress(ValueError):  # it has ended by itself
                ctx.master.addons.get("proxyserver").inject_event(Injected(track.history.flow, injection))
