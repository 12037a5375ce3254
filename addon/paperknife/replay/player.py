"""One recorded connection spoken again by us as the client: what was sent is sent, what comes is compared."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection, Hashable, Iterator
from typing import Protocol as Interface

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from paperknife.live.amounts import count_text
from paperknife.recording.items import Closed
from paperknife.replay.comparison import Asking, Comparison
from paperknife.replay.conditions import is_beat, is_heartbeat
from paperknife.replay.farewell import abort, end, ending_text, our_close, their_close
from paperknife.replay.gate import Gate, now, sleep_until
from paperknife.replay.givers import Givers
from paperknife.replay.hearing import heard_on
from paperknife.replay.pace import FASTEST, Pace
from paperknife.replay.play_options import PlayOptions, PlayPace
from paperknife.replay.speech import Speech
from paperknife.replay.survey import ConnectionSurvey
from paperknife.replay.timeline import Act
from paperknife.replay.waits import is_stream, key_of
from paperknife.replay.wording import described
from paperknife.traffic import ABNORMAL, Close
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol

__all__ = ["PlayListener", "Player"]

AT_ONCE = 64
"""Messages that are taken before others get their turn."""
MOST_AHEAD = 2000
"""So many messages of the server are read from the recording before they have come."""
MOST_SURPLUS = 100_000
"""Messages that came beyond those that were recorded; with more of them the comparison ends."""
MOST_NAMED = 4096
"""Requests that are remembered, to say what is waited for."""
STREAM_SECONDS = 1.0
"""A stream is waited for this much longer than twice the time that it took."""
CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


class PlayListener(Interface):
    """Is told what becomes of a connection."""

    def stalled(self, player: Player, what: str, seconds: float) -> None:
        """What was waited for has not come for so long, and is waited for no more."""

    def fault(self, player: Player, text: str) -> None:
        """Something could not be done as recorded; a sentence."""


class Player:
    """Speaks one connection. Feeds `comparison` with both sides; does not finish it."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of its own
        self,
        survey: ConnectionSurvey,
        acts: Iterator[Act],
        protocol: Protocol,
        comparison: Comparison,
        speech: Speech,
        options: PlayOptions,
        listener: PlayListener,
    ) -> None:
        self.number = survey.recorded.number
        self.survey = survey
        self.comparison = comparison
        self.options = options
        self.sent = 0
        self.is_played = False
        """All that the client had said was sent."""
        self.given_up_ns = 0
        """What was recorded up to then is waited for no more."""
        self._acts = acts
        self._reader = protocol.reader(survey.recorded.path)
        self._speech = speech
        self._givers = Givers(speech.learned)
        self._gate = Gate(options.patience, self._stalled)
        self._pace = Pace(options.speed, options.longest_gap)
        self._listener = listener
        self._requests: dict[int, Envelope] = {}
        self._asked = 0
        self._spoke_ns = 0
        """When something was said last that counts, as recorded; and when it was, live."""
        self._spoke = 0.0
        self._beating = asyncio.Event()
        self._recorded_end: Close | None = None
        self._our_end: Close | None = None

    async def run(self, connection: ClientConnection) -> None:
        """Speak until all is said and answered, or the connection ends."""
        self._spoke = now()
        playing = asyncio.create_task(self._play(connection))
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
        async for message in heard_on(connection, self.number, self._reader):
            await self._came(connection, message)

    async def _came(self, connection: ClientConnection, message: Message) -> None:
        """One message of the server."""
        for heard in self.comparison.found(message):
            self._gate.came(heard)
        for envelope in message.envelopes:
            if is_beat(message, envelope):
                await self._answer(connection, envelope)
        if self.comparison.surplus > MOST_SURPLUS:
            self.comparison.stopped(
                f"The server has sent {MOST_SURPLUS:,} messages more than were recorded. The comparison ends there."
            )
            self._our_end = Close(ABNORMAL, "", CLIENT, time.time_ns())
            abort(connection)

    async def _answer(self, connection: ClientConnection, envelope: Envelope) -> None:
        """Answer a heartbeat, if the recorded client did."""
        answer = self.survey.heartbeats.answer
        if answer is not None:
            self._speech.learned.learn(answer.answers[0], envelope, SERVER)
            await connection.send(self._content(answer.message), text=answer.message.opcode is Opcode.TEXT)

    # What is said

    async def _play(self, connection: ClientConnection) -> None:
        """Say what was recorded, and then close as it was closed."""
        count = 0
        with contextlib.suppress(ConnectionClosed):
            for act in self._acts:
                if not count:
                    self._begin(act)
                if isinstance(act, Closed):
                    self._recorded_end = act.close
                elif act.direction is SERVER:
                    await self._expect(act)
                else:
                    await self._speak(connection, act)
                count += 1
                if count % AT_ONCE == 0:
                    await asyncio.sleep(0)
            await self._wait_for_rest()
            self.is_played = True
            await self._end(connection)

    def _begin(self, act: Act) -> None:
        self._spoke_ns = act.time_ns
        self._pace.begin(act.time_ns, now())
        if self.options.shift_time:
            self._speech.shift_ns = time.time_ns() - act.time_ns

    async def _expect(self, message: Message) -> None:
        """A recorded message of the server; read no further ahead than needed."""
        waits = self._gate.waits
        if self.options.pace is PlayPace.TIMED:
            await self._sleep(message.time_ns)
        elif waits.open + waits.open_in_streams >= MOST_AHEAD:
            await self._gate.all(MOST_AHEAD // 2)
        expected = self.comparison.expected(message)
        for heard in expected:
            waits.recorded(heard)
        if any(not is_stream(heard.group) for heard in expected):
            self._givers.heard(message, [key_of(heard) for heard in expected])
        if not is_heartbeat(message):
            self._spoke_ns = max(self._spoke_ns, message.time_ns)

    async def _speak(self, connection: ClientConnection, message: Message) -> None:
        """A recorded message of the client."""
        if is_heartbeat(message) and not self._is_first_beat(message):
            self.comparison.expected(message)
            return
        marks = tuple(self._asking(envelope) for envelope in message.envelopes)
        givers = self._givers.said(message, [("answer", mark.key) for mark in marks])
        await self._wait_until_due(message.time_ns, givers)
        self.comparison.expected(message, marks)
        content = self._content(message)
        live = Message(self.number, CLIENT, time.time_ns(), message.opcode, content, message.reader)
        live.before = message.before
        if len(live.envelopes) == len(marks):
            self.comparison.found(live, tuple(Asking(mark.key, mark.envelope) for mark in marks))
        await self._send(connection, content, message.opcode)
        self.sent += 1
        self._spoke_ns, self._spoke = message.time_ns, now()
        self._gate.progress = self._spoke

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

    async def _wait_until_due(self, time_ns: int, givers: Collection[Hashable] = ()) -> None:
        """Wait for what the recorded client had heard by then, and as long as it then thought.

        `givers` are messages without which what is to be said makes no sense.
        """
        match self.options.pace:
            case PlayPace.TIMED:
                await self._sleep(time_ns)
            case PlayPace.FAST:
                await self._gate.these(givers)
            case PlayPace.MATCHED:
                gap = max(self._pace.after(0.0, self._spoke_ns, time_ns), 0.0)
                await self._gate.heard(givers, 2 * gap + STREAM_SECONDS)
                if self.options.speed != FASTEST:
                    last = max(self._spoke, self._gate.progress)
                    await sleep_until(self._pace.after(last, self._spoke_ns, time_ns))

    async def _sleep(self, time_ns: int) -> None:
        """Until a recorded time."""
        due = self._pace.due(time_ns)
        await sleep_until(due)
        self._pace.sent(time_ns, due)

    async def _wait_for_rest(self) -> None:
        """Before the end: wait for all that was recorded."""
        if self.options.pace is PlayPace.FAST:
            self._gate.waits.write_off(streams_only=True)
        await self._gate.all(0, STREAM_SECONDS)
        if self.options.pace is not PlayPace.FAST and self._recorded_end is not None:
            await self._wait_until_due(self._recorded_end.time_ns)

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
                await connection.send(self._content(beat), text=beat.opcode is Opcode.TEXT)

    # The end

    async def _end(self, connection: ClientConnection) -> None:
        """Close as the recorded client did, or wait for the server to do so."""
        recorded = self._recorded_end
        if recorded is not None and recorded.by is SERVER and recorded.code != ABNORMAL:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.options.patience):
                    await connection.wait_closed()
                    return
        self._our_end = our_close(recorded)
        await end(connection, self._our_end, self.options.patience)

    def _compare_ends(self, connection: ClientConnection) -> None:
        """How the connection ended, and how the recorded one had."""
        recorded = self._recorded_end
        if self._our_end is not None:
            if self.is_played and recorded is not None and recorded.code != ABNORMAL:
                self.comparison.closed(recorded, self._our_end)
            return
        close = their_close(connection)
        if recorded is not None and self.is_played and recorded.by is SERVER:
            self.comparison.closed(recorded, close)
            return
        more = "" if self.is_played else ", and more was recorded; the rest was not compared"
        sent = count_text(self.sent, "message")
        self.comparison.ended(f"the server {ending_text(close)} after {sent} had been sent{more}")

    # What is told

    def _content(self, message: Message) -> bytes:
        """What is sent for a recorded message; the first fault in that is told."""
        before = self._speech.fault
        content = self._speech.content(message)
        if self._speech.fault and not before:
            self._listener.fault(self, self._speech.fault)
        return content

    def _stalled(self, seconds: float) -> None:
        """What is waited for longest has not come."""
        self.given_up_ns = self._spoke_ns
        self._listener.stalled(self, self._awaited_text(), seconds)

    def _awaited_text(self) -> str:
        match self._gate.waits.first():
            case ("answer", int(number), *_) if number in self._requests:
                return f"The answer to {described(self._requests[number], self.comparison.terms.volatile.secrets)}"
            case ("alone", _, str(payload), *_):
                return printable(payload)
        return "What was recorded"
