"""A recorded venue in a thread with an event loop of its own, so that it answers whatever a test does meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from paperknife.replay.timeline import Session
from paperknife.replay.venue import Venue, VenueOptions
from paperknife.replay.visit import Listener

__all__ = ["VenueThread"]

PATIENCE_SECONDS = 0.5
"""So long clients that are still there may take to close."""


class VenueThread:
    """Serves from `start` to `stop`. `listener` is told in the thread; `url` is without a path."""

    def __init__(self, session: Session, listener: Listener, options: VenueOptions) -> None:
        self.session = session
        self.listener = listener
        self.options = options
        self.url = ""
        self.venue: Venue | None = None
        self._thread = threading.Thread(target=self._run, name="paperknife venue", daemon=True)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done = asyncio.Event()
        self._error: OSError | None = None

    @property
    def opened(self) -> int:
        """Clients that have connected."""
        return self.venue.opened if self.venue is not None else 0

    def start(self) -> None:
        """Listen, from when this returns. Raises `OSError` where that cannot be."""
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """End all connections, and then the thread; all that was to be told is told when this returns."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        async with Venue(self.session, self.listener, self.options) as venue:
            self._loop, self.venue, self.url = asyncio.get_running_loop(), venue, venue.url
            self._ready.set()
            await self._done.wait()
            leaving = asyncio.create_task(leave(venue))
        leaving.cancel()


async def leave(venue: Venue) -> None:
    """Abort the connections of clients that do not answer a close frame."""
    while True:
        await asyncio.sleep(PATIENCE_SECONDS)
        for visit in venue.visits.values():
            visit.connection.transport.abort()
