"""What a lane tells: messages, pieces and faults, to whoever it works for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol, TypeVar, cast

from mitmproxy import http

from paperknife.mutation.held import Holder
from paperknife.mutation.verdict import Changer
from paperknife.proxy.lane.received import Piece as PieceRead
from paperknife.proxy.lane.received import Received
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.violation import Violation
from paperknife.proxy.lane.way import Way
from paperknife.proxy.unlearned import Waits
from paperknife.traffic import NO_STATUS, Batch, Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode, are_binary

__all__ = ["LaneHost", "Telling"]

logger = logging.getLogger(__name__)

T = TypeVar("T")


class LaneHost(Protocol):
    """Who a lane works for.

    `limit` is the largest message, in bytes, that is read whole. `hooked` tells that mitmproxy's hook has to run for
    every message. `holder` asks a user about messages that are held, if anybody does.
    """

    limit: int
    hooked: bool
    holder: Holder | None

    def track(self, flow: http.HTTPFlow) -> Track:
        """The track of a connection that was announced by the start hook."""

    def deliver(self, track: Track, batch: Batch, *, shown: bool) -> None:
        """Messages, before they are forwarded; `shown` where mitmproxy's interfaces have them already."""

    def deliver_piece(self, track: Track, piece: Piece) -> None:
        """A part of a message beyond the limit, before it is forwarded."""

    def unread(self, track: Track, direction: Direction, reason: Violation | Exception) -> None:
        """From here on a direction passes unread: a peer broke the protocol, or our own code failed."""

    # where rules have a say

    def changer(self, track: Track) -> Changer | None:
        """Who decides on the messages of a connection that has opened, if anybody does."""

    def wake(self, track: Track) -> None:
        """Have a lane's `woken` called, as any event of its connection."""

    def comes(self, batch: Batch | None) -> None:
        """What came is being decided on, and told of later; None once that is over."""

    def waits(self, message: Message, parcel: Waits) -> None:
        """A message that came is told of only when it goes on."""

    def say(self, track: Track, text: str, *, warning: bool = False) -> None:
        """A sentence on a connection for the user."""

    def failed(self, track: Track, error: Exception) -> None:
        """Who decides has failed, and what it was asked about passes as it came."""


class Telling:
    """The part of a lane that reads what passes and tells its host of it, and never costs the traffic a byte."""

    host: ClassVar[LaneHost]
    track: Track
    flow: http.HTTPFlow

    def look_on(self, way: Way, data: bytes, *, one_message: bool = False) -> Received:
        """Read a chunk that is forwarded as it is, whatever comes of our reading; or its first message alone."""
        reader, received = way.reader, Received()
        assert reader is not None
        try:
            received = reader.receive(data, one_message=one_message)
            if received.opcodes or received.pieces or received.violation is not None:
                self.hand_on(way, received)
        except Exception as error:
            self.give_up(way, error)
        if way.reader is None and way.waiting and received.boundary < 0:
            way.waiting.clear()
            logger.warning(
                "What was to be injected %s into connection #%s is not sent: its frames pass unread.",
                way.direction.arrow,
                self.track.number,
            )
        return received

    def hand_on(self, way: Way, received: Received) -> None:
        """Give what was read to the host."""
        if received.pieces:
            self.hand_on_mixed(way, received)
        elif received.opcodes:
            self.hand_on_batch(way, received.opcodes, received.contents)
        if received.violation is not None:
            self.give_up(way, received.violation)

    def hand_on_batch(self, way: Way, opcodes: list[int], contents: list[bytes]) -> None:
        """Give messages to the host."""
        self.hand_on_made(way, self.batch_of(way, opcodes, contents))

    def batch_of(self, way: Way, opcodes: list[int], contents: list[bytes]) -> Batch:
        """Messages that have just been read."""
        return Batch(
            self.track.number, way.direction, time.time_ns(), cast("list[Opcode]", opcodes), contents, self.track.reader
        )

    def hand_on_made(self, way: Way, batch: Batch) -> None:
        """Give a batch to the host."""
        if not are_binary(batch.opcodes) and Opcode.CLOSE in batch.opcodes:
            self.note_close(way, batch.contents[batch.opcodes.index(Opcode.CLOSE)])
        self.host.deliver(self.track, batch, shown=False)

    def hand_on_mixed(self, way: Way, received: Received) -> None:
        """Give messages, and pieces of others beyond the limit, to the host in their order."""
        at = 0
        for piece in received.pieces:
            if piece.after > at:
                self.hand_on_batch(way, received.opcodes[at : piece.after], received.contents[at : piece.after])
                at = piece.after
            self.hand_on_piece(way, piece)
        if at < len(received.opcodes):
            self.hand_on_batch(way, received.opcodes[at:], received.contents[at:])

    def hand_on_piece(self, way: Way, piece: PieceRead) -> None:
        """Give a piece to the host."""
        self.host.deliver_piece(
            self.track,
            Piece(
                self.track.number,
                way.direction,
                time.time_ns(),
                Opcode(piece.opcode),
                piece.data,
                piece.offset,
                piece.last,
            ),
        )

    def hand_on_one(  # noqa: PLR0913
        self, way: Way, opcode: int, content: bytes, fate: Fate, original: bytes | None = None, *, shown: bool = True
    ) -> None:
        """Give one message to the host; `shown` where mitmproxy's interfaces have it already."""
        self.host.deliver(self.track, Batch.of(self.message_of(way, opcode, content, fate, original)), shown=shown)

    def message_of(  # noqa: PLR0913, PLR0917
        self,
        way: Way,
        opcode: int,
        content: bytes,
        fate: Fate,
        original: bytes | None = None,
        hits: Sequence[str] = (),
    ) -> Message:
        """A message that goes out now, or would have."""
        return Message(
            self.track.number,
            way.direction,
            time.time_ns(),
            Opcode(opcode),
            content,
            self.track.reader,
            fate,
            original,
            hits=hits,
        )

    def guard(self, way: Way, step: Callable[[], T]) -> T | None:
        """What `step` returns; where our own code fails, nothing, and the direction passes unread from here on."""
        try:
            return step()
        except Exception as error:
            self.give_up(way, error)
            return None

    def give_up(self, way: Way, reason: Violation | Exception) -> None:
        """Pass a direction on unread from here on."""
        if way.reader is not None:
            way.reader = None
            self.host.unread(self.track, way.direction, reason)

    def note_close(self, way: Way, payload: bytes, *, ours: bool = False) -> None:
        """Keep the code and reason of the first close frame (RFC 6455, section 5.5.1)."""
        assert self.flow.websocket is not None
        way.closing = True
        if self.flow.websocket.close_code is None:
            self.flow.websocket.closed_by_client = None if ours else way.direction is Direction.CLIENT
            self.flow.websocket.close_code = int.from_bytes(payload[:2], "big") if payload else NO_STATUS
            self.flow.websocket.close_reason = payload[2:].decode(errors="replace")
