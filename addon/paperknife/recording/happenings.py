"""What happened besides messages, as the JSON objects of a recording's own channel.

Each object has a member ``event``; a reader passes over events that it does not know, and over members.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.traffic import ABNORMAL, Close, Connection, Handshake, Piece
from paperknife_decoders.message import Direction

__all__ = [
    "SCHEMA",
    "closed_object",
    "continued_object",
    "masked_object",
    "notice_object",
    "opened_object",
    "protocol_object",
    "read_item",
    "rules_object",
]

SCHEMA = json.dumps(
    {
        "title": "paperknife.Event",
        "type": "object",
        "properties": {"event": {"type": "string"}, "connection": {"type": "integer"}},
        "required": ["event"],
    }
).encode()
"""A JSON schema for the objects, for tools that want one."""

type Json = dict[str, Any]


def opened_object(item: Opened) -> Json:
    """A connection that opened, or was open when the file began (``resumed``)."""
    connection = item.connection
    return {
        "event": "opened",
        "connection": connection.number,
        "url": connection.url,
        "client": connection.client,
        "time_ns": str(connection.time_ns),
        "subprotocol": connection.subprotocol,
        "read": connection.read,
        "resumed": item.resumed,
        "request": connection.handshake.request,
        "response": connection.handshake.response,
    }


def closed_object(item: Closed) -> Json:
    """How a connection ended."""
    close = item.close
    by = close.by.value if close.by else None
    return {
        "event": "closed",
        "connection": item.connection.number,
        "code": close.code,
        "reason": close.reason,
        "by": by,
        "time_ns": str(close.time_ns),
    }


def notice_object(item: Noticed) -> Json:
    """What the user was told."""
    return {"event": "notice", "text": item.text, "warning": item.warning, "time_ns": str(item.time_ns)}


def masked_object(sequence: int, spans: Sequence[tuple[int, int]]) -> Json:
    """Which parts of the message with this `sequence`, which comes next, stand in place of a secret."""
    return {"event": "masked", "sequence": sequence, "spans": [list(span) for span in spans]}


def rules_object(sequence: int, names: Sequence[str]) -> Json:
    """Which rules had a part in what became of the message with this `sequence`, which comes next."""
    return {"event": "rules", "sequence": sequence, "rules": list(names)}


def continued_object(piece: Piece) -> Json:
    """The next piece in this direction begins at this offset of its message: what came before is in another file."""
    return {
        "event": "continued",
        "connection": piece.connection,
        "direction": piece.direction.value,
        "offset": piece.offset,
    }


def protocol_object(
    number: int, name: str, types: Mapping[Direction, tuple[str, int] | None], words: Mapping[str, Sequence[str]]
) -> Json:
    """How the channels with this `protocol` are read.

    `types` holds for each direction the name of its type and the id of its schema, None where there is none; `words`
    the other parts of a protocol that are lists of words: ``heartbeats``, ``secrets``, ``steps``. Where the protocol
    has a definition (`paperknife_decoders.definition`), the encoder adds it as ``definition``.
    """
    sides = {direction.value: None if found is None else list(found) for direction, found in types.items()}
    return {"event": "protocol", "protocol": number, "name": name, **sides, **words}


def read_item(happening: Mapping[str, Any], connections: dict[int, Connection]) -> Opened | Closed | Noticed | None:
    """The item that an object stands for, None for any other; `connections` are those that are open, and kept so.

    Raises `ValueError`, `TypeError`, `KeyError` or `AttributeError` where the object is not as one of ours.
    """
    make = ITEMS.get(str(happening.get("event")))
    return make(happening, connections) if make else None


def read_opened(happening: Mapping[str, Any], connections: dict[int, Connection]) -> Opened:
    connection = Connection(
        number=int(happening["connection"]),
        url=str(happening["url"]),
        client=str(happening["client"]),
        time_ns=int(happening["time_ns"]),
        subprotocol=str(happening.get("subprotocol", "")),
        read=bool(happening.get("read", True)),
        handshake=Handshake(read_headers(happening.get("request", ())), read_headers(happening.get("response", ()))),
    )
    connections[connection.number] = connection
    return Opened(connection, bool(happening.get("resumed")))


def read_headers(pairs: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in pairs)


def read_closed(happening: Mapping[str, Any], connections: dict[int, Connection]) -> Closed:
    number, time_ns = int(happening["connection"]), int(happening["time_ns"])
    connection = connections.pop(number, None) or Connection(number, "", "", time_ns)
    by = Direction(happening["by"]) if happening.get("by") else None
    code = int(happening.get("code", ABNORMAL))
    return Closed(connection, Close(code, str(happening.get("reason", "")), by, time_ns))


def read_notice(happening: Mapping[str, Any], _: dict[int, Connection]) -> Noticed:
    return Noticed(str(happening["text"]), bool(happening.get("warning")), int(happening["time_ns"]))


ITEMS: dict[str, Callable[[Mapping[str, Any], dict[int, Connection]], Opened | Closed | Noticed]] = {
    "opened": read_opened,
    "closed": read_closed,
    "notice": read_notice,
}
