"""One live connection that is answered from a recording: a cursor with a WebSocket and a clock."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.server import ServerProtocol

from paperknife.recording.items import Closed
from paperknife.replay.alarm import Alarm
from paperknife.replay.conditions import Request, is_beat
from paperknife.replay.cursor import Cursor
from paperknife.replay.farewell import end_as_recorded
from paperknife.replay.moves import Ended, Missed, Mode, Send, Waiting
from paperknife.replay.timeline import Recorded
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.reader import Reader
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.trail import Trail

__all__ = ["MOST_MISSES", "Listener", "OnMiss", "Visit", "VisitResult"]

AT_ONCE = 16 << 10
"""Bytes of messages that are sent before others get their turn, where nothing has to be waited for."""

OVERHEAD = 64
"""Bytes that a message counts for besides its content."""

MOST_FAULTS = 20
"""So many different ones are told of one connection."""

MOST_MISSES = 100
"""So many are kept and told of one connection; all are counted."""


class Listener(Protocol):
    """Is told what becomes of each connection."""

    def opened(self, visit: Visit) -> None:
        """A client has connected."""

    def missed(self, visit: Visit, missed: Missed) -> None:
        """It has sent what is not in the recording."""

    def stalled(self, visit: Visit, needs: tuple[Request, ...], seconds: float) -> None:
        """It has not sent for so long what the recording waits for."""

    def fault(self, visit: Visit, text: str) -> None:
        """Something could not be done as recorded; a sentence."""

    def over(self, visit: Visit) -> None:
        """All that was recorded was sent."""

    def closed(self, visit: Visit) -> None:
        """The connection has ended."""


@dataclass(slots=True)
class VisitResult:
    """How a connection went: messages that were sent, requests that were met, and those that were not."""

    sent: int = 0
    met: int = 0
    missed: list[Missed] = field(default_factory=list)
    miss_count: int = 0
    left: tuple[Request, ...] = ()
    """Recorded requests that were expected by then, and did not come."""
    is_complete: bool = False
    """All that was recorded was sent."""


type OnMiss = Callable[[Visit, Message, Missed], None]
"""What is to be done about a message that is not in the recording."""


class Visit:
    """A live client's connection, answered by `cursor`."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of its own
        self,
        number: int,
        recorded: Recorded,
        connection: ServerConnection,
        cursor: Cursor,
        reader: Reader,
        listener: Listener,
        *,
        on_miss: OnMiss | None = None,
        again: Callable[[], None] | None = None,
        patience: float = 10.0,
    ) -> None:
        self.number = number
        self.recorded = recorded
        self.connection = connection
        self.cursor = cursor
        self.result = VisitResult()
        self.is_paused = False
        self._reader = reader
        self._trail = Trail()
        self._listener = listener
        self._on_miss = on_miss
        self._again = again
        self._patience = patience
        self._wake = Alarm()
        self._paused_at = 0.0
        self._sent_before = 0
        self._faults: set[str] = set()
        self._closing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Answer until the connection ends."""
        self._listener.opened(self)
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = [tasks.create_task(self._play()), tasks.create_task(self._beat())]
                await self._hear()
                for task in sending:
                    task.cancel()
        finally:
            self._wake.close()
            self.result.sent, self.result.met = self.cursor.sent, self.cursor.met
            self.result.left = tuple(self.cursor.requests)
            self.result.is_complete = self.result.is_complete or self.cursor.has_sent_all
            self._listener.closed(self)

    @property
    def secrets(self) -> Secrets:
        """What is not to be told."""
        return self._reader.protocol.secrets

    def step(self, count: int = 1) -> None:
        """Let so many messages go, where each is told."""
        self.cursor.allowed += count
        self._wake.ring()

    def pause(self) -> None:
        """Send nothing but heartbeats for now, or go on."""
        self.is_paused = not self.is_paused
        if self.is_paused:
            self._paused_at = now()
        else:
            self.cursor.pace.shift(now() - self._paused_at)
        self._wake.ring()

    def fault(self, text: str) -> None:
        """Tell of what could not be done; once, however often that is so."""
        if text and text not in self._faults and len(self._faults) < MOST_FAULTS:
            self._faults.add(text)
            self._listener.fault(self, text)

    def close(self, code: int, reason: str) -> None:
        """End the connection."""
        self._closing = asyncio.create_task(self.connection.close(code, reason))

    async def _hear(self) -> None:
        """Take what the client says."""
        try:
            async for content in self.connection:
                opcode = Opcode.TEXT if isinstance(content, str) else Opcode.BINARY
                data = content.encode() if isinstance(content, str) else content
                message = Message(self.number, Direction.CLIENT, time.time_ns(), opcode, data, self._reader)
                message.before = self._trail.follow_one(self._reader, Direction.CLIENT, opcode, data)
                await self._receive(message)
        except ConnectionClosed:
            pass

    async def _receive(self, message: Message) -> None:
        """One message of the client."""
        said: list[Envelope] = []
        for envelope in message.envelopes:
            if not is_beat(message, envelope):
                said.append(envelope)
            elif self.cursor.mode is not Mode.TIMED and (answer := self.cursor.heartbeat(envelope)) is not None:
                await self.connection.send(answer, text=message.opcode is Opcode.TEXT)
        if not said:
            return
        for found in self.cursor.receive(tuple(said), now()):
            if isinstance(found, Missed):
                self._miss(message, found)
        self._wake.ring()

    def _miss(self, message: Message, missed: Missed) -> None:
        self.result.miss_count += 1
        if len(self.result.missed) < MOST_MISSES:
            self.result.missed.append(missed)
            self._listener.missed(self, missed)
        if self._on_miss is not None:
            self._on_miss(self, message, missed)

    async def _play(self) -> None:
        """Send what was recorded, each message when it is due."""
        try:
            while True:
                self._wake.clear()
                together, step = self._due()
                self.fault(self.cursor.fault)
                if together:
                    await self._send(together)
                match step:
                    case None:
                        await asyncio.sleep(0)  # there is more; let others have their turn
                    case Waiting():
                        await self._wait(step)
                    case Ended() if self._again is not None:
                        await self._begin_anew(self._again)
                    case Ended():
                        await self._end(step.closed)
                        return
        except ConnectionClosed:
            pass

    async def _begin_anew(self, again: Callable[[], None]) -> None:
        """Another round; after one in which nothing was sent not before the client has said something."""
        is_idle = self.cursor.sent == self._sent_before
        self._sent_before = self.cursor.sent
        again()
        began = now()
        await (self._wake.wait() if is_idle else asyncio.sleep(0))
        self.cursor.pace.shift(now() - began)

    def _due(self) -> tuple[list[Send], Waiting | Ended | None]:
        """The messages that are due now, and what comes after them; None where there are more than go at once."""
        together: list[Send] = []
        size = 0
        while size < AT_ONCE:
            step = Waiting() if self.is_paused else self.cursor.next(now())
            if not isinstance(step, Send):
                return together, step
            together.append(step)
            size += len(step.content) + OVERHEAD
        return together, None

    async def _send(self, messages: list[Send]) -> None:
        """Send messages in one write."""
        connection = self.connection
        async with connection.send_context():
            if connection.protocol.extensions:
                for each in messages:
                    send = SENDING[each.message.opcode]
                    send(connection.protocol, each.content)
            else:
                connection.transport.write(b"".join([framed(each.message.opcode, each.content) for each in messages]))

    async def _wait(self, waiting: Waiting) -> None:
        """Wait until something is due, or something has happened."""
        until = now() + self._patience if waiting.needs else waiting.until
        if not await self._wake.wait(until) and waiting.needs:
            self._listener.stalled(self, waiting.needs, self._patience)
            await self._wake.wait()

    async def _beat(self) -> None:
        """The server's heartbeats, in real time whatever the recording waits for."""
        if self.cursor.mode is Mode.TIMED:
            return
        try:
            while True:
                due = self.cursor.heartbeats.due(now())
                await asyncio.sleep(0.05 if due is None else max(0.0, due - now()))
                beat = self.cursor.beat(now())
                if beat is not None:
                    await self.connection.send(beat.content, text=beat.message.opcode is Opcode.TEXT)
        except ConnectionClosed:
            pass

    async def _end(self, closed: Closed | None) -> None:
        """All was sent: end as the recorded server did, or wait for the client to end it."""
        self.result.is_complete = True
        self._listener.over(self)
        if closed is None or closed.close.by is not Direction.SERVER:
            return
        await end_as_recorded(self.connection, closed.close)


def framed(opcode: int, content: bytes) -> bytes:
    """A message as one frame of a server (RFC 6455, section 5.2)."""
    size = len(content)
    if size < 126:
        return bytes((0x80 | opcode, size)) + content
    if size < 1 << 16:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + content
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + content


SENDING = {Opcode.TEXT: ServerProtocol.send_text, Opcode.BINARY: ServerProtocol.send_binary}


def now() -> float:
    """Seconds on the clock that everything here goes by."""
    return time.monotonic()
