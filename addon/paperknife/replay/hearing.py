"""What a live server says, as messages."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.reader import Reader
from paperknife_decoders.trail import Trail

__all__ = ["heard_on"]

AT_ONCE = 64
"""Messages that are taken before others get their turn."""


async def heard_on(connection: ClientConnection, number: int, reader: Reader) -> AsyncIterator[Message]:
    """The messages of the server on the connection `number`, to the last one before its end."""
    trail, count = Trail(), 0
    with contextlib.suppress(ConnectionClosed):
        while not connection.transport.is_closing():
            content = await connection.recv()
            opcode = Opcode.TEXT if isinstance(content, str) else Opcode.BINARY
            data = content.encode() if isinstance(content, str) else content
            message = Message(number, Direction.SERVER, time.time_ns(), opcode, data, reader)
            message.before = trail.follow_one(reader, Direction.SERVER, opcode, data)
            yield message
            count += 1
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)
