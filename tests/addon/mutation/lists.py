"""A message that is a list of envelopes."""

from __future__ import annotations

from paperknife.demo.api import Api
from paperknife.settings.reading import Loaded
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.steps.varint_delimited import VarintDelimited

__all__ = ["listed_orders"]


def listed_orders(api: Api, loaded: Loaded) -> tuple[Protocol, Message]:
    """A protocol with a length in front of each envelope; an order, a heartbeat and an order in one message of it."""
    plain = loaded.protocol
    protocol = Protocol("listed", plain.client, plain.server, steps=(VarintDelimited(),))
    contents = [
        api.client.encode("order", {"request_id": 1, "quantity": 150}),
        api.client.encode("heartbeat", {}),
        api.client.encode("order", {"request_id": 2, "quantity": 50}),
    ]
    content = b"".join(bytes([len(each)]) + each for each in contents)
    return protocol, Message(1, Direction.CLIENT, 0, Opcode.BINARY, content, protocol.reader())
