"""Messages that have passed and that mitmproxy keeps: listed, and one of them chosen, by numbers."""

from __future__ import annotations

from mitmproxy import ctx, http, websocket

from paperknife.mutation.holding import HeldError
from paperknife.proxy.hands import Hands
from paperknife.proxy.lane.track import Track
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.printable import printable

__all__ = ["Passed"]

MOST_LISTED = 1000


class Passed:
    """The messages of open connections, as mitmproxy's console and mitmweb show them."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands

    def lines(self, connection: str, count: str) -> list[str]:
        """The last messages of a connection, each with the number that it is chosen by. Raises `HeldError`."""
        track, messages = self.kept(connection)
        if not (count.isascii() and count.isdigit()):
            raise HeldError(f"How many messages to list was expected, not {count}.")
        found = list(enumerate(messages))[-min(int(count), MOST_LISTED) or len(messages) :]
        return [
            printable(f"{place}: {self.hands.words(message)}, {len(message.content):,} B{', dropped' if lost else ''}")
            for place, message, lost in ((place, self.message_from(track, each), each.dropped) for place, each in found)
        ] or ["No message of it is kept."]

    def chosen(self, connection: str, place: str) -> tuple[Track, Message]:
        """A message that has passed. Raises `HeldError`."""
        track, messages = self.kept(connection)
        try:
            each = messages[int(place)]
        except (ValueError, IndexError):
            raise HeldError(
                f"The number of a message was expected, not {place}: 0 is the first of the {len(messages):,} that are "
                "kept, -1 the last; paperknife.messages lists them."
            ) from None
        return track, self.message_from(track, each)

    def message_from(self, track: Track, kept: websocket.WebSocketMessage) -> Message:
        """A message that mitmproxy keeps, as one of ours."""
        direction = Direction.CLIENT if kept.from_client else Direction.SERVER
        opcode, time_ns = Opcode(kept.type), int(kept.timestamp * 1e9)
        return Message(track.number, direction, time_ns, opcode, kept.content, track.reader)

    def kept(self, connection: str) -> tuple[Track, list[websocket.WebSocketMessage]]:
        """An open connection, and its messages that mitmproxy keeps. Raises `HeldError`."""
        text = connection.strip().lstrip("#")
        track = self.hands.links.track(int(text)) if text.isascii() and text.isdigit() else self.focused()
        if track is None:
            numbers = ", ".join(str(live.number) for live in self.hands.tap.live.values()) or "none"
            raise HeldError(f"The number of an open connection was expected, not {connection}. Open are: {numbers}.")
        flow: http.HTTPFlow = track.history.flow
        track.history.flush()
        messages = flow.websocket.messages if flow.websocket is not None else []
        return track, messages

    def focused(self) -> Track | None:
        """The connection of the flow that has the focus in the console."""
        view = ctx.master.addons.get("view")
        flow = view.focus.flow if view is not None else None
        return self.hands.tap.live.get(flow.id) if flow is not None else None
