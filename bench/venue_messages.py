"""Envelopes of the demo venue's API in exact sizes, different from each other as real ones are."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from google.protobuf import message_factory
from google.protobuf.message import Message

from paperknife_decoders.schema import load_schema

__all__ = ["PROTO", "client_messages", "padded", "serialized", "server_messages"]

PROTO = Path(__file__).resolve().parents[1] / "proto"

SEED = 7


@cache
def message_class(name: str) -> type[Message]:
    """The class of one message of the demo's schema."""
    return message_factory.GetMessageClass(load_schema([PROTO]).message(f"trading.v1.{name}"))


def server_messages(size: int, count: int) -> list[bytes]:
    """`count` serialized ServerMessages of `size` bytes each, all of them market data."""
    chance = random.Random(SEED)
    return [padded("ServerMessage", market_data(chance, size), "symbol", size) for _ in range(count)]


def client_messages(size: int, count: int) -> list[bytes]:
    """`count` serialized ClientMessages of `size` bytes each, all of them orders."""
    chance = random.Random(SEED)
    return [padded("ClientMessage", order(chance), "client_tag", size) for _ in range(count)]


def serialized(name: str, envelope: dict[str, dict[str, object]]) -> bytes:
    """One envelope with one payload."""
    return message_class(name)(**envelope).SerializeToString()


def market_data(chance: random.Random, size: int) -> dict[str, dict[str, object]]:
    """An update of one instrument with as many levels as fit well below `size` bytes."""
    levels = [
        {"side": chance.choice([1, -1]), "price": price(chance), "size": chance.randrange(1, 99), "orders": 1}
        for _ in range((size - 40) // 32)
    ]
    bid = {"price": price(chance), "size": chance.randrange(1, 99)}
    return {"market_data": {"sequence": chance.randrange(1 << 14, 1 << 20), "bid": bid, "levels": levels}}


def order(chance: random.Random) -> dict[str, dict[str, object]]:
    """An order for some contracts."""
    fields = {"symbol": "ESZ6", "side": 1, "quantity": chance.randrange(1, 99), "price": price(chance)}
    return {"order": {"request_id": chance.randrange(1 << 14, 1 << 20), **fields}}


def price(chance: random.Random) -> dict[str, str]:
    """A price on the instrument's grid."""
    return {"value": f"{chance.randrange(4000, 6000)}.{chance.choice(['00', '25', '50', '75'])}"}


def padded(name: str, envelope: dict[str, dict[str, object]], text_field: str, size: int) -> bytes:
    """The serialized envelope, brought to exactly `size` bytes by the payload's `text_field`."""
    kind = message_class(name)
    ((payload, fields),) = envelope.items()
    bare = len(kind(**envelope).SerializeToString())
    for length in range(max(size - bare - 8, 0), size - bare + 1):
        data = kind(**{payload: {**fields, text_field: "X" * length}}).SerializeToString()
        if len(data) == size:
            return data
    raise ValueError(f"A {name} of {size} bytes was wanted; without {text_field} it has {bare}.")
