"""One recorded connection spoken again by us as the client: what was sent is sent, what comes is compared."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import time
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Protocol as Interface

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from paperknife.recording.items import Closed
from paperknife.replay.blanks import Fillings, masked_fields
from paperknife.replay.comparison import Asking, Comparison
from paperknife.replay.conditions import is_heartbeat
from paperknife.replay.givers import Givers
from paperknife.replay.pace import FASTEST, Pace
from paperknife.replay.survey import ConnectionSurvey
from paperknife.replay.timeline import Act
from paperknife.replay.waits import Waits, is_stream, key_of
from paperknife.replay.wording import described
from paperknife.traffic import ABNORMAL, Close
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.learning import Learned, shifted
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice import Set, SpliceError, edited
from paperknife_decoders.trail import Trail

__all__ = ["PlayListener", "PlayOptions", "PlayPace", "Player"]

AT_ONCE = 64
"""Messages that are taken before others get their turn."""
MOST_AHEAD = 2000
"""So many messages of the server are read from the recording before they have come."""
MOST_SURPLUS = 100_000
"""Messages that came beyond those that were recorded; with more of them the comparison ends."""
MOST_NAMED = 4096
"""Requests that are remembered, to say what is waited for."""
LEAST_PATIENCE = 0.1
"""Each time that nothing has come in vain, patience is half as long, down to so many seconds."""
STREAM_SECONDS = 1.0
"""A stream is waited for this much longer than twice the time that it took."""
NO_STATUS = 1005
NORMAL = 1000
CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


class PlayPace(enum.Enum):
    """When a recorded message is sent."""

    MATCHED = "matched"
    """When all that the recorded client had heard by then has come, and then after as long as it took."""
    FAST = "fast"
    """When the ids have come that are to be put into it."""
    TIMED = "timed"
    """At its time."""


@dataclass(frozen=True, slots=True)
class PlayOptions:
    """How to speak. After `patience` seconds without what is waited for it is waited for no more."""

    pace: PlayPace = PlayPace.MATCHED
    speed: float = 1.0
    longest_gap: float = float("inf")
    patience: float = 5.0
    shift_time: bool = False


class PlayListener(Interface):
    """Is told what becomes of a connection."""

    def stalled(self, player: Player, what: str, seconds: float) -> None:
        """What was waited for has not come for so long, and is waited for no more."""

    def fault(self, player: Player, text: str) -> None:
        """Something could not be done as recorded; a sentence."""


@dataclass(slots=True)
class Player:
    """Speaks one connection. Feeds `comparison` with both sides; does not finish it."""

    number: int
    survey: ConnectionSurvey
    acts: Iterator[Act]
    protocol: Protocol
    comparison: Comparison
    learned: Learned
    fillings: Fillings
    options: PlayOptions
    listener: PlayListener
    sent: int = 0
    is_played: bool = False
    """All that the client had said was sent."""
    _waits: Waits = field(default_factory=Waits)
    _givers: Givers = field(init=False)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _progress: float = 0.0
    _gave_up: float = 0.0
    _patience: float = 0.0
    _requests: dict[int, Envelope] = field(default_factory=dict)
    _spoke_ns: int = 0
    _spoke: float = 0.0
    _asked: int = 0
    _shift_ns: int = 0
    _is_fault_told: bool = False
    _beating: asyncio.Event = field(default_factory=asyncio.Event)
    _closed: Closed | None = None
    _closing: Close | None = None

    def __post_init__(self) -> None:
        self._givers = Givers(self.learned)

    async def run(self, connection: ClientConnection) -> None:
        """Speak until all is said and answered, or the connection ends."""
        self._progress = self._spoke = now()
        self._patience = self.options.patience
        pace = Pace(self.options.speed, self.options.longest_gap)
        playing = asyncio.create_task(self._play(connection, pace))
        # Where it fails, nobody would end the connection.
        playing.add_done_callback(lambda task: None if task.cancelled() or not task.exception() else abort(connection))
        beating = asyncio.create_task(self._beat(connection))
        try:
            await self._hear(connection)
        finally:
            for task in (playing, beating):
                task.cancel()
            await asyncio.gather(playing, beating, return_exceptions=True)
        if not playing.cancelled() and (error := playing.exception()) is not None:
            raise error
        self._compare_ends(connection)

    # What comes

    async def _hear(self, connection: ClientConnection) -> None:
        """Take what the server says, to its last word."""
        reader = self.protocol.reader(self.survey.recorded.path)
        trail, count = Trail(), 0
        with contextlib.suppress(ConnectionClosed):
            while True:
                content = await connection.recv()
                opcode = Opcode.TEXT if isinstance(content, str) else Opcode.BINARY
                data = content.encode() if isinstance(content, str) else content
                message = Message(self.number, SERVER, time.time_ns(), opcode, data, reader)
                message.before = trail.follow_one(reader, SERVER, opcode, data)
                await self._came(connection, message)
                if connection.transport.is_closing():
                    return
                count += 1
                if count % AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def _came(self, connection: ClientConnection, message: Message) -> None:
        """One message of the server."""
        if is_heartbeat(message):
            self.comparison.found(message)
            await self._answer(connection, message)
            return
        for heard in self.comparison.found(message):
            if self._waits.came(heard):
                self._progress = now()
                self._patience = self.options.patience
                self._wake.set()
        if self.comparison.surplus > MOST_SURPLUS:
            self.comparison.stopped(
                f"The server has sent {MOST_SURPLUS:,} messages more than were recorded. The comparison ends there."
            )
            self._closing = Close(ABNORMAL, "", CLIENT, time.time_ns())
            abort(connection)

    async def _answer(self, connection: ClientConnection, message: Message) -> None:
        """Answer a heartbeat, if the recorded client did."""
        answer = self.survey.heartbeats.answer
        if answer is not None:
            for envelope in message.envelopes:
                self.learned.learn(answer.answers[0], envelope, SERVER)
            await connection.send(self._as_live(answer.message), text=answer.message.opcode is Opcode.TEXT)

    # What is said

    async def _play(self, connection: ClientConnection, pace: Pace) -> None:
        """Say what was recorded, and then close as it was closed."""
        count = 0
        with contextlib.suppress(ConnectionClosed):
            for act in self.acts:
                if not count:
                    self._begin(act, pace)
                if isinstance(act, Closed):
                    self._closed = act
                elif act.direction is SERVER:
                    await self._expect(act, pace)
                else:
                    await self._speak(connection, act, pace)
                count += 1
                if count % AT_ONCE == 0:
                    await asyncio.sleep(0)
            await self._wait_for_rest(self._closed.time_ns if self._closed else self._spoke_ns, pace)
            self.is_played = True
            await self._end(connection)

    def _begin(self, act: Act, pace: Pace) -> None:
        self._spoke_ns = act.time_ns
        pace.begin(act.time_ns, now())
        if self.options.shift_time:
            self._shift_ns = time.time_ns() - act.time_ns

    async def _expect(self, message: Message, pace: Pace) -> None:
        """A recorded message of the server; read no further ahead than needed."""
        waits = self._waits
        if self.options.pace is PlayPace.TIMED:
            await sleep_until(pace.due(message.time_ns))
        elif waits.open + waits.open_in_streams >= MOST_AHEAD:
            await self._gate(self.options.patience, lambda: waits.open + waits.open_in_streams <= MOST_AHEAD // 2)
        expected = self.comparison.expected(message)
        for heard in expected:
            waits.recorded(heard)
        if any(not is_stream(heard.group) for heard in expected):
            self._givers.heard(message, [key_of(heard) for heard in expected])
        if not is_heartbeat(message):
            self._spoke_ns = max(self._spoke_ns, message.time_ns)

    async def _speak(self, connection: ClientConnection, message: Message, pace: Pace) -> None:
        """A recorded message of the client."""
        if is_heartbeat(message) and not self._is_first_beat(message):
            self.comparison.expected(message)
            return
        marks = tuple(self._asking(envelope) for envelope in message.envelopes)
        givers = self._givers.said(message, [("answer", mark.key) for mark in marks])
        await self._wait_until_due(message.time_ns, pace, givers)
        self.comparison.expected(message, marks)
        content = self._as_live(message)
        live = Message(self.number, CLIENT, time.time_ns(), message.opcode, content, message.reader)
        live.before = message.before
        if len(live.envelopes) == len(marks):
            self.comparison.found(live, tuple(same_for_them(mark) for mark in marks))
        await self._send(connection, content, message.opcode)
        self.sent += 1
        self._spoke_ns, self._spoke = message.time_ns, now()
        self._progress = self._spoke

    def _is_first_beat(self, message: Message) -> bool:
        """True for the first heartbeat that answers nothing, which has its place; others come as time goes."""
        is_first = not self._beating.is_set() and message.time_ns == self.survey.first_beat_ns
        if is_first:
            self._beating.set()
        return is_first

    def _asking(self, envelope: Envelope) -> Asking:
        self._asked += 1
        self._requests[self._asked] = envelope
        if len(self._requests) > MOST_NAMED:
            del self._requests[next(iter(self._requests))]
        return Asking(self._asked, envelope)

    def _awaited_text(self) -> str:
        """What is waited for longest, in words."""
        match self._waits.first():
            case ("answer", int(number), *_) if number in self._requests:
                return f"The answer to {described(self._requests[number], self.comparison.terms.volatile.secrets)}"
            case ("alone", _, str(payload), *_):
                return printable(payload)
        return "What was recorded"

    async def _wait_until_due(self, time_ns: int, pace: Pace, givers: Collection[Hashable] = ()) -> None:
        """Wait for what the recorded client had heard by then, and as long as it then thought.

        `givers` are messages without which what is to be said makes no sense.
        """
        match self.options.pace:
            case PlayPace.TIMED:
                await sleep_until(pace.due(time_ns))
            case PlayPace.FAST:
                self._waits.write_off(streams_only=True)
                await self._gate(0.0, lambda: not any(map(self._waits.is_open, givers)))
            case PlayPace.MATCHED:
                gap = max(pace.after(0.0, self._spoke_ns, time_ns), 0.0)
                await self._gate(2 * gap + STREAM_SECONDS, lambda: self._is_heard(givers))
                self._waits.write_off()
                if self.options.speed != FASTEST:
                    await sleep_until(pace.after(max(self._spoke, self._progress), self._spoke_ns, time_ns))

    async def _wait_for_rest(self, time_ns: int, pace: Pace) -> None:
        """Before the end: wait for all that was recorded."""
        waits = self._waits
        if self.options.pace is PlayPace.FAST:
            waits.write_off(streams_only=True)
        await self._gate(STREAM_SECONDS, lambda: not waits.open + waits.open_in_streams)
        if self.options.pace is not PlayPace.FAST:
            await self._wait_until_due(time_ns, pace)

    def _is_heard(self, givers: Collection[Hashable]) -> bool:
        """True if all has come, or is overtaken and not needed."""
        waits = self._waits
        if waits.open_in_streams:
            return False
        return not waits.open or (waits.are_overtaken and not any(map(waits.is_open, givers)))

    async def _gate(self, stream_seconds: float, is_met: Callable[[], bool]) -> None:
        """Wait for something; for streams only so long, and for all else as patience is."""
        waits = self._waits
        streams_until = now() + stream_seconds
        while not is_met():
            until = max(self._progress, self._gave_up) + self._patience if waits.open else streams_until
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, until - now())):
                    await self._wake.wait()
                    continue
            if now() < until:
                continue
            if waits.open:
                self.listener.stalled(self, self._awaited_text(), self._patience)
                self._patience = max(self._patience / 2, min(self.options.patience, LEAST_PATIENCE))
                self._gave_up = now()
            waits.write_off(streams_only=not waits.open)

    async def _send(self, connection: ClientConnection, content: bytes, opcode: Opcode) -> None:
        """Send, unless the server takes nothing any more."""
        try:
            async with asyncio.timeout(self.options.patience):
                await connection.send(content, text=opcode is Opcode.TEXT)
        except TimeoutError:
            self.comparison.stopped(f"The server has not taken a message for {self.options.patience:g} s.")
            abort(connection)

    async def _beat(self, connection: ClientConnection) -> None:
        """Our heartbeats, in real time, from the first recorded one on."""
        beat, period = self.survey.heartbeats.beat, self.survey.period
        if beat is None or period is None:
            return
        with contextlib.suppress(ConnectionClosed):
            await self._beating.wait()
            while True:
                await asyncio.sleep(period)
                await connection.send(self._as_live(beat), text=beat.opcode is Opcode.TEXT)

    def _as_live(self, message: Message) -> bytes:
        """A recorded message with live values and secrets put in; all other bytes as recorded."""
        fills = self.fillings.changes(masked_fields(message))
        content = message.content
        for place, envelope in enumerate(message.envelopes):
            learned = self.learned.rewrite(envelope, CLIENT)
            known = {change.path for change in learned}
            changes: list[Set] = [*learned, *(each for each in fills.get(place, ()) if each.path not in known)]
            if self._shift_ns:
                changes += shifted(envelope, self._shift_ns)
            if changes:
                try:
                    content = edited(message.reader, CLIENT, message.opcode, content, place, changes, message.before)
                except SpliceError as error:
                    self._tell(f"A message was sent as recorded, with no values of this connection in it: {error}.")
        return content

    # The end

    async def _end(self, connection: ClientConnection) -> None:
        """Close as the recorded client did, or wait for the server to do so."""
        closed = self._closed
        if closed is not None and closed.close.by is SERVER and closed.close.code != ABNORMAL:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.options.patience):
                    await connection.wait_closed()
                    return
        code, reason = (closed.close.code, closed.close.reason) if closed is not None else (NORMAL, "")
        if closed is None or closed.close.by is not CLIENT or code == ABNORMAL:
            code, reason = NORMAL, ""
        await self._close(connection, code, reason)

    async def _close(self, connection: ClientConnection, code: int, reason: str) -> None:
        self._closing = Close(code, reason, CLIENT, time.time_ns())
        if code == NO_STATUS:
            async with connection.send_context():
                connection.protocol.send_close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.options.patience):
                    await connection.wait_closed()
            abort(connection)
        else:
            await connection.close(code, reason)

    def _compare_ends(self, connection: ClientConnection) -> None:
        """How the connection ended, and how the recorded one had."""
        recorded = self._closed.close if self._closed is not None else None
        if self._closing is not None:
            if self.is_played and recorded is not None and recorded.code != ABNORMAL:
                self.comparison.closed(recorded, self._closing)
            return
        frame = connection.protocol.close_rcvd
        code, reason = (frame.code, frame.reason) if frame is not None else (ABNORMAL, "")
        if recorded is not None and self.is_played and recorded.by is SERVER:
            self.comparison.closed(recorded, Close(code, reason, SERVER, time.time_ns()))
            return
        more = "" if self.is_played else ", and more was recorded; the rest was not compared"
        self.comparison.ended(f"the server {ending_text(code, reason)} after {self.sent:,} messages were sent{more}")

    def _tell(self, text: str) -> None:
        if not self._is_fault_told:
            self._is_fault_told = True
            self.listener.fault(self, text)


def abort(connection: ClientConnection) -> None:
    """End a connection at once."""
    connection.transport.abort()


def same_for_them(mark: Asking) -> Asking:
    """The same request for the other side, which counts its answers for itself."""
    return Asking(mark.key, mark.envelope)


def ending_text(code: int, reason: str) -> str:
    """What a server did that closed with this code."""
    if code == ABNORMAL:
        return "went away without a close frame"
    return f"closed the connection with {code}{f' ({reason})' if reason else ''}"


async def sleep_until(due: float) -> None:
    """Until it is so late; not at all where that was before."""
    seconds = due - now()
    if seconds > 0:
        await asyncio.sleep(seconds)


def now() -> float:
    """Seconds on the clock that everything here goes by."""
    return time.monotonic()
