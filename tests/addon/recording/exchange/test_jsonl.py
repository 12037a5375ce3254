"""JSON Lines."""

from __future__ import annotations

import base64
import json

from paperknife.live.renderer import Renderer, ViewOptions
from paperknife.recording.exchange.jsonl import JsonLines
from paperknife.recording.selection import Selection
from paperknife.traffic import Piece
from paperknife_decoders.expression import compile_expression
from paperknife_decoders.message import Direction, Message, Opcode


def written(items, selection=None, **options):
    """The objects of these items."""
    lines: list[str] = []
    writer = JsonLines(lines.append, selection or Selection(), **options)
    for item in items:
        writer.write(item)
    assert all(line.endswith("\n") and line.isascii() and line[:-1].isprintable() for line in lines)
    return [json.loads(line) for line in lines], writer


def test_the_same_as_live_and_the_fate(session):
    """A program that reads what the live view writes reads this too."""
    renderer = Renderer(ViewOptions(format="json"), lambda: 80)
    messages = [item for item in session.items if isinstance(item, Message)]
    live = [json.loads(text) for message in messages for text in renderer.message(message)]
    found, writer = written(messages)
    assert [{**line, "fate": None} for line in live] == [{**line, "fate": None} for line in found]
    assert [line["fate"] for line in found] == [message.fate.value for message in messages]
    assert writer.messages == len(messages)


def test_events(session):
    """Connections and notices are there too, told by their `event`."""
    found, _ = written(session.items)
    events = [line for line in found if "event" in line]
    assert [line["event"] for line in events] == ["opened", "opened", "ping", "notice", "close", "closed", "closed"]
    assert events[-2]["messages"] == {"client": 2, "server": 2}


def test_raw(session):
    """With `raw` come the bytes of each message, and those of the original of a changed one."""
    messages = [item for item in session.items if isinstance(item, Message)]
    found, _ = written(messages, raw=True)
    assert [base64.b64decode(line["data"]) for line in found] == [message.content for message in messages]
    originals = [line["original_data"] for line in found if "original_data" in line]
    assert [base64.b64decode(text) for text in originals] == [
        message.original for message in messages if message.original
    ]


def test_a_part(session):
    """Only what is selected is written; what was before is still known, so that an answer tells its request."""
    types = session.loaded.protocol.client, session.loaded.protocol.server
    where = compile_expression("order_response", *(kind.descriptor for kind in types))
    found, writer = written(session.items, Selection(where=where))
    lines = [line for line in found if "event" not in line]
    assert [line["payload"] for line in lines] == ["order_response", "order_response"]
    assert writer.messages == 2


def test_a_message_beyond_the_limit():
    """It is told of once, with its size."""
    pieces = [
        Piece(1, Direction.SERVER, 5, Opcode.BINARY, b"abc", 0, False),
        Piece(1, Direction.SERVER, 6, Opcode.BINARY, b"", 3, True),
    ]
    found, writer = written(pieces)
    assert [(line["event"], line["size"]) for line in found] == [("oversize", 3)]
    assert writer.messages == 1
