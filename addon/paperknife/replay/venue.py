"""A WebSocket server that answers as recorded."""

from __future__ import annotations

import asyncio
import math
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from paperknife.recording.reading import RecordingError
from paperknife.replay.conditions import Step, conditions
from paperknife.replay.cursor import Cursor
from paperknife.replay.moves import Manner, Missed, Mode
from paperknife.replay.one_write import OneWriteServer
from paperknife.replay.pace import Pace
from paperknife.replay.passing import Passing
from paperknife.replay.timeline import Act, Recorded, Session, as_client_saw, as_it_left, path_of
from paperknife.replay.visit import Listener, OnMiss, Visit
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.pairing import roles_of
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.volatile import Volatile, volatile_of

__all__ = ["ON_MISS", "UNEXPECTED", "Venue", "VenueOptions"]

ON_MISS = ("wait", "skip", "close", "pass")
"""What is done about a message that is not in the recording: nothing; take it for the nearest recorded request; close
the connection; hand it to the real server, and its answers back."""

LARGEST_MESSAGE = 64 << 20
"""Bytes of a client's message; the close code beyond it is 1009."""

FAILED = 1011
"""The close code where the recording is gone (section 7.4.1: an unexpected condition)."""
UNREADABLE = "The recording cannot be read any more"
UNEXPECTED = 1008
"""The close code for a client that says what is not in the recording (RFC 6455, section 7.4.1: policy)."""


@dataclass(frozen=True, slots=True)
class VenueOptions:
    """How to answer. Without a `mode` it is matched where requests and responses correlate, else timed.

    `speed` 2 is twice as fast as recorded, `longest_gap` the most seconds between two messages; `ignore` are paths of
    fields that do not count in a comparison. `start_s` are the seconds of the recording to begin behind: what still
    holds by then is sent at once. `upstream` is the URL of the real server, that of the recording where it is empty.
    """

    host: str = "127.0.0.1"
    port: int = 0
    mode: Mode | None = None
    speed: float = 1.0
    longest_gap: float = math.inf
    ignore: tuple[str, ...] = ()
    shift_time: bool = False
    on_miss: str = "wait"
    loop: bool = False
    start_s: float = 0.0
    patience: float = 10.0
    upstream: str = ""
    tls: ssl.SSLContext | None = None


class Venue:
    """The recorded server, running inside ``async with``. `url` is where it listens then, without a path."""

    def __init__(self, session: Session, listener: Listener, options: VenueOptions | None = None) -> None:
        self.session = session
        self.listener = listener
        self.options = options or VenueOptions()
        self.visits: dict[int, Visit] = {}
        self.opened = 0
        """Connections that were let in; before their clients hear of it."""
        self._taking = asyncio.Lock()
        self._admitted: dict[ServerConnection, tuple[int, Recorded]] = {}
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """Where a client connects to."""
        assert self._server is not None, "it listens inside `async with` only"
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        name = f"[{host}]" if ":" in host else host
        return f"{'wss' if self.options.tls else 'ws'}://{name}:{port}"

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._attend,
            self.options.host,
            self.options.port,
            process_request=self._admit,
            select_subprotocol=self._subprotocol,
            compression=None,
            ping_interval=None,
            max_size=LARGEST_MESSAGE,
            create_connection=OneWriteServer,
            ssl=self.options.tls,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Find the recorded connection for a live one; 404 where there is none for its path."""
        path = path_of(request.path)
        try:
            async with self._taking:
                recorded = await asyncio.to_thread(self.session.take, path)
        except RecordingError as error:
            self._unreadable(error)
            return connection.respond(HTTPStatus.INTERNAL_SERVER_ERROR, f"{UNREADABLE}.\n")
        if recorded is None:
            paths = ", ".join(sorted({each.path for each in self.session.known})) or "none at all"
            return connection.respond(
                HTTPStatus.NOT_FOUND,
                f"No connection to {printable(path)} was recorded. Those that were: {printable(paths)}.\n",
            )
        if recorded.is_compressed:
            connection.protocol.available_extensions = [ServerPerMessageDeflateFactory()]
        self.opened += 1
        self._admitted[connection] = self.opened, recorded
        return None

    def _subprotocol(self, connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """The recorded one, if the client offers it."""
        _, recorded = self._admitted[connection]
        return next((each for each in offered if each == recorded.connection.subprotocol), None)

    async def _attend(self, connection: ServerConnection) -> None:
        """One client, from its handshake to its end."""
        try:
            await self._answer(connection)
        except* RecordingError as errors:
            self._unreadable(errors)
            await connection.close(FAILED, UNREADABLE)

    def _unreadable(self, error: Exception) -> None:
        """The recording has gone since it was opened, or another file is in its place."""
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        if str(error) not in self.session.faults:
            self.session.faults.append(str(error))

    async def _answer(self, connection: ServerConnection) -> None:
        number, recorded = self._admitted.pop(connection)
        first, protocol = await asyncio.to_thread(self._begin, recorded)
        options, begin_ns = self.options, first.time_ns if first is not None else recorded.connection.time_ns
        volatile = volatile_of(protocol, options.ignore)
        pace = Pace(options.speed, options.longest_gap)
        pace.begin(begin_ns, time.monotonic())
        shift_ns = time.time_ns() - begin_ns if options.shift_time else 0
        manner = Manner(options.mode or usual_mode(protocol), protocol, volatile, shift_ns)
        cursor = Cursor(self._steps(recorded, volatile), manner, pace)
        assert connection.request is not None
        reader = protocol.reader(connection.request.path)
        passing = None
        if options.on_miss == "pass":
            url = with_query_of(connection.request.path, options.upstream or recorded.connection.url, recorded.path)
            passing = Passing(connection, url)
        visit = Visit(
            number,
            recorded,
            connection,
            cursor,
            reader,
            self.listener,
            on_miss=self._on_miss(passing),
            again=partial(self._again, cursor, recorded) if options.loop else None,
            patience=options.patience,
        )
        if passing is not None:
            passing.tell = visit.fault
        self.visits[number] = visit
        try:
            await visit.run()
        finally:
            del self.visits[number]
            if passing is not None:
                await passing.close()

    def _begin(self, recorded: Recorded) -> tuple[Act | None, Protocol]:
        """The first thing that was said, and how it is read."""
        first = next(self._acts(recorded), None)
        return first, first.reader.protocol if isinstance(first, Message) else Protocol()

    def _acts(self, recorded: Recorded) -> Iterator[Act]:
        start_s = self.options.start_s
        start_ns = recorded.connection.time_ns + round(start_s * 1e9) if start_s else None
        for act in self.session.acts(recorded.number, as_client_saw, start_ns):
            yield as_it_left(act, Direction.CLIENT) if isinstance(act, Message) else act

    def _steps(self, recorded: Recorded, volatile: Volatile) -> Iterator[Step]:
        return conditions(self._acts(recorded), volatile)

    def _again(self, cursor: Cursor, recorded: Recorded) -> None:
        """Let a cursor begin anew."""
        first, _ = self._begin(recorded)
        begin_ns = first.time_ns if first is not None else 0
        cursor.repeat(self._steps(recorded, cursor.manner.volatile), begin_ns, time.monotonic())

    def _on_miss(self, passing: Passing | None) -> OnMiss | None:
        """What is done about a miss."""
        match self.options.on_miss:
            case "skip":
                return skip
            case "close":
                return close
            case "pass" if passing is not None:
                return lambda visit, message, missed: passing.hand_on(message)
        return None


def with_query_of(asked: str, url: str, path: str) -> str:
    """Where the real server is: `path` where the URL has none, and the query that was asked for.

    That of a recording has its secrets masked.
    """
    place, _, query = url.partition("?")
    _, question, asked_query = asked.partition("?")
    if "/" not in place.partition("://")[2]:
        place += path
    return f"{place}?{asked_query if question else query}".rstrip("?")


def skip(visit: Visit, message: Message, missed: Missed) -> None:
    """Take a message for the recorded request that is nearest to it."""
    if missed.nearest is not None:
        visit.cursor.accept(missed.nearest, missed.envelope, time.monotonic())


def close(visit: Visit, message: Message, missed: Missed) -> None:
    """End the connection."""
    visit.close(UNEXPECTED, "no such request was recorded")


def usual_mode(protocol: Protocol) -> Mode:
    """Matched, where something in the schema says what answers what."""
    roles = roles_of(protocol.client, protocol.server, protocol.pairs)
    return Mode.MATCHED if any(roles[Direction.SERVER].values()) else Mode.TIMED
