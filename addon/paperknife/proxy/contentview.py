"""The view of decoded messages in mitmproxy's console, web interface and dump."""

from __future__ import annotations

from collections import OrderedDict

from mitmproxy import contentviews, http
from mitmproxy.contentviews import Metadata, SyntaxHighlight

from paperknife.proxy.keeper import Keeper
from paperknife.proxy.masking import Masking
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.tree import tree_text

__all__ = ["EnvelopeView"]

PRIORITY = 2.0
"""Above every built-in view, which give a binary message at most 0.5 and a text at most 1."""

CACHED_VIEWS = 2_000
"""The console draws every message of a flow again at each update; this many are kept as text."""

CACHED_BYTES = 64_000
"""A longer message is rendered again each time."""


class EnvelopeView(contentviews.Contentview):
    """Shows the envelopes of a WebSocket message as YAML, the payload's name first.

    It is the automatic choice for the messages of connections that are read, and for nothing else.
    """

    def __init__(self, keeper: Keeper, masking: Masking | None = None) -> None:
        self.keeper = keeper
        self.masking = masking or Masking(keeper.reading, lambda _: None)
        self.texts: OrderedDict[tuple[int, bytes, Direction, Opcode], str] = OrderedDict()
        self.texts_by: Protocol | None = None

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
        protocol = self.keeper.protocol
        if protocol is not self.texts_by:
            self.texts.clear()
            self.texts_by = protocol
        data = self.masking.content(protocol.reader(), direction, message.type, data)
        key = (len(data), data, direction, Opcode(message.type))
        if key in self.texts:
            self.texts.move_to_end(key)
            return self.texts[key]
        text = render(protocol, direction, key[3], data)
        if len(data) <= CACHED_BYTES:
            self.texts[key] = text
            if len(self.texts) > CACHED_VIEWS:
                self.texts.popitem(last=False)
        return text


def render(protocol: Protocol, direction: Direction, opcode: Opcode, data: bytes) -> str:
    """The whole message as text."""
    envelopes = protocol.reader().read(direction, opcode, data)
    return "\n---\n".join(tree_text(envelope, protocol.secrets).rstrip("\n") for envelope in envelopes)
