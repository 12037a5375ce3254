"""Moving prepared bytes into one socket and counting what comes out of another, both in this thread."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable

__all__ = ["Stalled", "receive", "send", "transfer"]

BUFFER = bytearray(1 << 20)

STALL_SECONDS = 60

NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Stalled(Exception):
    """Nothing moved for 30 seconds, or the connection ended too early."""


def send(end: socket.socket, data: memoryview) -> int:
    """Send what fits now; the number of bytes."""
    try:
        return end.send(data)
    except NOT_NOW:
        return 0


def receive(end: socket.socket) -> memoryview:
    """What is there now, empty if nothing is; good until the next call."""
    try:
        count = end.recv_into(BUFFER)
    except NOT_NOW:
        return memoryview(b"")
    if not count:
        raise Stalled("The connection was closed before all had come.")
    return memoryview(BUFFER)[:count]


def transfer(
    sender: socket.socket,
    block: bytes,
    times: int,
    receiver: socket.socket,
    done: Callable[[memoryview], bool],
) -> float:
    """Send `block` so many times, as fast as it is taken, until `done` is content with what came; the seconds it took.

    `done` is called with each piece that arrives. Raises `Stalled`.
    """
    poll = select.poll()
    poll.register(receiver, select.POLLIN)
    poll.register(sender, select.POLLOUT)
    start = time.perf_counter()
    rest, finished = memoryview(block), False
    while not finished:
        ready = poll.poll(STALL_SECONDS * 1000)
        if not ready:
            raise Stalled(f"Nothing moved for {STALL_SECONDS} seconds.")
        for number, _ in ready:
            if number == receiver.fileno():
                while not finished and (data := receive(receiver)):
                    finished = done(data)
            elif times:
                rest = rest[send(sender, rest) :]
                if not rest:
                    times -= 1
                    rest = memoryview(block)
                if not times:
                    poll.unregister(sender)
    return time.perf_counter() - start
