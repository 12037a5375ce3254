"""A recorded server in the place of the real one: for WebSockets that the recording knows, nothing goes to a server.

The recorded server listens on a port of this machine, and requests for it are sent there before mitmproxy connects to
anything; a response of our own in the place of a server's has no WebSocket behind it. For this mitmproxy must not
connect to servers ahead of requests (its option connection_strategy). What passes is ordinary traffic to all others.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from mitmproxy import http

from paperknife.proxy.audience import Audience
from paperknife.proxy.handshakes import asks_for_websocket, url_of
from paperknife.proxy.tap import Tap
from paperknife.recording.records import RecordingError
from paperknife.replay.conditions import Request
from paperknife.replay.moves import Missed
from paperknife.replay.timeline import Recorded, Session, path_of
from paperknife.replay.venue import Venue
from paperknife.replay.visit import Visit
from paperknife.replay.wording import closed_text, missed_lines, over_text, stalled_text
from paperknife.replay.words import NOTHING, ReplayWords
from paperknife.settings.reading import Loaded
from paperknife_decoders.printable import printable

__all__ = ["StandIn"]

PORTS = {"ws": 80, "wss": 443}

type Place = tuple[str, int]
"""Host and port."""


class StandIn:
    """Sends WebSockets that are in a recording to a server that answers as recorded, and tells how that goes.

    `override` gives what the recording is to be read by in the place of its own protocols.
    """

    def __init__(self, audience: Audience, tap: Tap, override: Callable[[], Loaded | None]) -> None:
        self.audience = audience
        self.tap = tap
        self.override = override
        self.words = NOTHING
        self.session = Session(())
        self.recorded: list[Recorded] | None = None
        self.venues: dict[tuple[object, ...], Venue] = {}
        self.listening = AsyncExitStack()
        self.asked: dict[str, tuple[str, int, str]] = {}
        """By flow: host, port and scheme that the client has asked for, until its server has answered."""
        self.numbers: dict[object, int] = {}
        """Connections as everybody else counts them, by the address that the recorded server knows them by."""
        self.starting = asyncio.Lock()
        self.ending: asyncio.Task[None] | None = None

    def use(self, words: ReplayWords) -> None:
        """Answer new connections so from now on. Raises `RecordingError` or `ValueError` for what cannot be replayed.

        Those that are open go on.
        """
        if words == self.words:
            return
        session = Session((Path(words.path).expanduser(),), self.override()) if words.path else Session(())
        words.options()
        if words.path and not session.has_connections():
            raise RecordingError(f"A recording with a WebSocket was expected, and there is none in {words.path}.")
        self.words, self.session, self.recorded = words, session, None
        self.venues = {}
        if words.path:
            logging.getLogger("websockets.server").setLevel(logging.WARNING)  # mitmproxy shows what goes on already
            self.audience.say(
                f"Answering from {printable(words.path)}: what is recorded there goes to no server, and none is "
                "connected to ahead (mitmproxy's connection_strategy is lazy)."
            )

    # mitmproxy's hooks

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Send a handshake to the recorded server; the Host header stays."""
        if not self.words.path or not asks_for_websocket(flow):
            return
        venue = await self.venue_for(flow)
        if venue is None:
            return
        data = flow.request.data
        self.asked[flow.id] = data.host, data.port, flow.request.scheme
        address = urlsplit(venue.url)
        assert address.hostname and address.port
        data.host, data.port, data.scheme = address.hostname, address.port, b"http"
        flow.server_conn.via = None

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Show the request as it came; the connection is made by now."""
        asked = self.asked.get(flow.id)
        if asked is not None:
            data = flow.request.data
            data.host, data.port, data.scheme = asked[0], asked[1], asked[2].encode()

    def response(self, flow: http.HTTPFlow) -> None:
        """Forget what came to nothing."""
        if flow.response and flow.response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self.asked.pop(flow.id, None)

    def error(self, flow: http.HTTPFlow) -> None:
        """Show it as it came where there was no answer."""
        self.responseheaders(flow)
        self.asked.pop(flow.id, None)

    def websocket_start(self, flow: http.HTTPFlow) -> None:
        """Note which connection this is."""
        track = self.tap.live.get(flow.id)
        if self.asked.pop(flow.id, None) and track is not None:
            self.numbers[flow.server_conn.sockname] = track.number
            self.audience.say(f"Connection #{track.number} is answered from {printable(self.words.path)}.")

    def done(self) -> None:
        """Listen no more."""
        self.words, self.venues = NOTHING, {}
        self.ending = asyncio.get_running_loop().create_task(self.listening.aclose())

    # which recorded server

    async def venue_for(self, flow: http.HTTPFlow) -> Venue | None:
        """The recorded server for a request; None for one that is not in the recording."""
        async with self.starting:
            if self.recorded is None:
                self.recorded = await self.read()
            fitting = self.fitting(flow, self.recorded)
            if not fitting:
                return None
            options, place = self.words.options(), ""
            if options.on_miss == "pass":
                place = url_of(flow).partition("://")[0] + "://" + netloc(flow)
            key = (place, *(each.number for each in fitting))
            if key not in self.venues:
                options = dataclasses.replace(options, upstream=place)
                venue = Venue(self.session.only(fitting), self, options)
                self.venues[key] = await self.listening.enter_async_context(venue)
            return self.venues[key]

    async def read(self) -> list[Recorded]:
        """The connections of the recording; none where it cannot be read any more."""
        try:
            found = await asyncio.to_thread(self.session.connections)
        except RecordingError as error:
            self.audience.notice(str(error), True)
            return []
        for fault in self.session.faults:
            self.audience.notice(f"{printable(self.words.path)}: {fault}", True)
        return found

    def fitting(self, flow: http.HTTPFlow, recorded: list[Recorded]) -> list[Recorded]:
        """The recorded connections to what a request is for.

        Where all of them lead to one URL, it may be recorded under another host than the client knows.
        """
        request = flow.request
        known = {(place_of(each.connection.url), each.path) for each in recorded}
        fitting = [each for each in recorded if each.path == path_of(request.path)]
        if len(known) == 1:
            return fitting
        asked = {(request.host.lower(), request.port), (request.pretty_host.lower(), request.port)}
        return [each for each in fitting if place_of(each.connection.url) in asked]

    # what the recorded server tells

    def opened(self, visit: Visit) -> None:
        """It is told once the proxy has the connection too."""

    def missed(self, visit: Visit, missed: Missed) -> None:
        """A client has sent what is not in the recording."""
        lines = missed_lines(self.known(visit), missed, visit.secrets)
        self.audience.say(" ".join(line.strip() for line in lines), True)

    def stalled(self, visit: Visit, needs: tuple[Request, ...], seconds: float) -> None:
        """It has not sent what the recording waits for."""
        self.audience.say(stalled_text(self.known(visit), needs, seconds, visit.secrets), True)

    def fault(self, visit: Visit, text: str) -> None:
        """Something could not be done as recorded."""
        self.audience.notice(f"#{self.known(visit).number} {text}", True)

    def over(self, visit: Visit) -> None:
        """All that was recorded was sent."""
        self.audience.say(over_text(self.known(visit)))

    def closed(self, visit: Visit) -> None:
        """The connection has ended."""
        self.audience.say(closed_text(self.known(visit)))
        self.numbers.pop(visit.connection.remote_address, None)

    def known(self, visit: Visit) -> Visit:
        """The visit, with the number that its connection has for everybody else."""
        visit.number = self.numbers.get(visit.connection.remote_address, visit.number)
        return visit


def netloc(flow: http.HTTPFlow) -> str:
    """Host and port of a request as they stand in a URL."""
    host = flow.request.host
    return f"[{host}]:{flow.request.port}" if ":" in host else f"{host}:{flow.request.port}"


def place_of(url: str) -> Place | None:
    """Host and port of a recorded URL; None where it has none that make sense."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
