"""How a connection of ours ends: as the recorded one did, if the other side lets it."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection

from paperknife.traffic import ABNORMAL, NO_STATUS, Close
from paperknife_decoders.message import Direction

__all__ = ["abort", "end", "end_as_recorded", "ending_text", "our_close", "their_close"]

NORMAL = 1000
LONGEST_REASON = 123
"""Bytes (RFC 6455, section 5.5)."""
CLOSE_FRAME = 0x88
LARGEST_CODE = 0xFFFF


def our_close(recorded: Close | None) -> Close:
    """How we close: as the recorded client did; in order where it had vanished, or the server had closed."""
    if recorded is None or recorded.by is not Direction.CLIENT or not can_be_sent(recorded):
        return Close(NORMAL, "", Direction.CLIENT, time.time_ns())
    return Close(recorded.code, recorded.reason, Direction.CLIENT, time.time_ns())


def can_be_sent(close: Close) -> bool:
    """True for what a close frame can hold (RFC 6455, section 7.4), and for one that holds nothing."""
    is_code = close.code in range(1000, 1004) or close.code in range(1007, 1015) or close.code in range(3000, 5000)
    return (is_code or close.code == NO_STATUS) and len(close.reason.encode(errors="replace")) <= LONGEST_REASON


def their_close(connection: ClientConnection) -> Close:
    """How the server has closed."""
    frame = connection.protocol.close_rcvd
    code, reason = (frame.code, frame.reason) if frame is not None else (ABNORMAL, "")
    return Close(code, reason, Direction.SERVER, time.time_ns())


async def end(connection: ClientConnection, close: Close, patience: float) -> None:
    """Close a connection; it is over after so many seconds, whatever the server does."""
    if close.code != NO_STATUS:
        await connection.close(close.code, close.reason)
        return
    async with connection.send_context():
        connection.protocol.send_close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await connection.wait_closed()
    abort(connection)


async def end_as_recorded(connection: ServerConnection, close: Close) -> None:
    """Close as the recorded server did. A code that no close frame may carry (section 7.4) goes out all the same."""
    if close.code == NO_STATUS:
        async with connection.send_context():
            connection.protocol.send_close()
    elif can_be_sent(close):
        await connection.close(close.code, close.reason)
    elif close.code == ABNORMAL or not 0 <= close.code <= LARGEST_CODE:
        abort(connection)
    else:
        reason = close.reason.encode(errors="replace")[:LONGEST_REASON].decode(errors="ignore").encode()
        connection.transport.write(struct.pack("!BBH", CLOSE_FRAME, 2 + len(reason), close.code) + reason)
        connection.transport.close()


def abort(connection: ClientConnection | ServerConnection) -> None:
    """End a connection at once."""
    connection.transport.abort()


def ending_text(close: Close) -> str:
    """What a server did that ended it so."""
    if close.code == ABNORMAL:
        return "went away without a close frame"
    return f"closed the connection with {close.code}{f' ({close.reason})' if close.reason else ''}"
