"""The view of decoded messages in mitmproxy's console, web interface and dump."""

from __future__ import annotations

from collections import OrderedDict
from weakref import WeakKeyDictionary

from mitmproxy import contentviews, http
from mitmproxy.contentviews import Metadata, SyntaxHighlight
from mitmproxy.flow import Flow
from mitmproxy.websocket import WebSocketMessage

from paperknife.proxy.handshakes import address_of
from paperknife.proxy.keeper import Keeper
from paperknife.proxy.masking import Masking
from paperknife.settings.reading import Loaded
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.reader import Reader
from paperknife_decoders.rest import LOST, NOTHING, Rest
from paperknife_decoders.trail import Trail
from paperknife_decoders.tree import tree_text

__all__ = ["EnvelopeView"]

PRIORITY = 2.0
"""Above every built-in view, which give a binary message at most 0.5 and a text at most 1."""

CACHED_VIEWS = 2_000
"""The console draws every message of a flow again at each update; this many are kept as text."""

KEPT_READERS = 200
"""Flows whose reader is kept with what it remembers."""

CACHED_BYTES = 64_000
"""A longer message is rendered again each time."""


class EnvelopeView(contentviews.Contentview):
    """Shows the envelopes of a WebSocket message as YAML, the payload's name first.

    It is the automatic choice for the messages of connections that are read, and for nothing else.
    """

    def __init__(self, keeper: Keeper, masking: Masking | None = None) -> None:
        self.keeper = keeper
        self.masking = masking or Masking(keeper.reading, lambda _: None)
        self.texts: OrderedDict[tuple[int, bytes, Direction, Opcode, str], str] = OrderedDict()
        self.texts_by: Loaded | None = None
        self.readers: OrderedDict[str, Reader] = OrderedDict()
        """By the flow: a response may be read by what its request said."""
        self.trails: dict[str, tuple[Trail, Trail]] = {}
        self.befores: WeakKeyDictionary[WebSocketMessage, tuple[Rest, Rest]] = WeakKeyDictionary()
        """For messages that may begin in earlier ones: what these left, as it passed and without secrets."""

    @property
    def name(self) -> str:
        """The name in the list of views."""
        return "Protobuf envelope"

    @property
    def syntax_highlight(self) -> SyntaxHighlight:
        """The text is YAML."""
        return "yaml"

    def render_priority(self, data: bytes, metadata: Metadata) -> float:
        """Ours for messages of connections that are read, -1 for all else."""
        if metadata.websocket_message is None or not isinstance(metadata.flow, http.HTTPFlow):
            return -1
        request = metadata.flow.request
        return PRIORITY if self.keeper.reading.matches(request.host, request.port, request.path) else -1

    def prettify(self, data: bytes, metadata: Metadata) -> str:
        """All envelopes of the message, one YAML document each."""
        message = metadata.websocket_message
        if message is None:
            raise ValueError("The Protobuf envelope view shows messages of WebSockets, and this is none.")
        direction = Direction.CLIENT if message.from_client else Direction.SERVER
        if self.keeper.loaded is not self.texts_by:
            self.texts.clear()
            self.readers.clear()
            self.trails.clear()
            self.befores.clear()
            self.texts_by = self.keeper.loaded
        reader = self.reader(metadata.flow)
        before, told = self.before(metadata.flow, reader, direction, message)
        data = self.masking.content(reader, direction, message.type, data, before)
        place = self.place(metadata.flow, reader) + ("" if told.known else " lost")
        key = (len(data), data, direction, Opcode(message.type), place)
        if key in self.texts and not told.is_open:
            self.texts.move_to_end(key)
            return self.texts[key]
        text = render(reader, direction, key[3], data, told)
        if told.is_open:
            return text
        if len(data) <= CACHED_BYTES:
            self.texts[key] = text
            if len(self.texts) > CACHED_VIEWS:
                self.texts.popitem(last=False)
        return text

    def before(
        self, flow: Flow | None, reader: Reader, direction: Direction, message: WebSocketMessage
    ) -> tuple[Rest, Rest]:
        """What messages before this one left for it, and the same without secrets; where nothing ever is, nothing."""
        if not isinstance(flow, http.HTTPFlow) or flow.websocket is None or not reader.gathers(direction):
            return NOTHING, NOTHING
        passed, masked = self.trails.setdefault(flow.id, (Trail(LOST), Trail(LOST)))  # the first ones may be trimmed
        if message not in self.befores:
            for each in flow.websocket.messages:
                if each not in self.befores:
                    side = Direction.CLIENT if each.from_client else Direction.SERVER
                    rest = passed.follow_one(reader, side, each.type, each.content, passes=not each.dropped)
                    masked.keep_to(side, rest)
                    content = self.masking.content(reader, side, each.type, each.content, rest)
                    told = masked.follow_one(reader, side, each.type, content, passes=not each.dropped)
                    self.befores[each] = rest, told
        return self.befores.get(message, (LOST, LOST))

    def reader(self, flow: Flow | None) -> Reader:
        """How the messages of a flow are read; a flow that is none, as those of another connection."""
        if not isinstance(flow, http.HTTPFlow):
            return self.keeper.protocol.reader()
        if flow.id not in self.readers:
            address = address_of(flow)
            self.readers[flow.id] = self.keeper.protocol_for(address).reader(address.path)
            if len(self.readers) > KEPT_READERS:
                oldest, _ = self.readers.popitem(last=False)
                self.trails.pop(oldest, None)
        return self.readers[flow.id]

    def place(self, flow: Flow | None, reader: Reader) -> str:
        """What else than its content says how a message is read: the flow, where anything has been taken apart."""
        return flow.id if flow is not None and (reader.protocol.steps or self.keeper.loaded.by_match) else ""


def render(reader: Reader, direction: Direction, opcode: Opcode, data: bytes, before: Rest = NOTHING) -> str:
    """The whole message as text."""
    envelopes = reader.read(direction, opcode, data, before)
    return "\n---\n".join(tree_text(envelope, reader.protocol.secrets).rstrip("\n") for envelope in envelopes)
