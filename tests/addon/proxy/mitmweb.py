"""A real mitmweb, started as a user starts it."""

from __future__ import annotations

import contextlib
import random
import re
import socket
from collections.abc import Callable
from typing import NamedTuple

from tests.conftest import Running


class Mitmweb(NamedTuple):
    """The process, the URL for a client, and the port and token of its API."""

    running: Running
    url: str
    port: int
    token: str


def started(launch: Callable[..., Running], server: str, schema: str, *words: str) -> Mitmweb:
    """A mitmweb in front of the server at this URL, with its schema and more words on its command line; it listens."""
    port = port_of_nobody()
    running = launch(
        *("paperknife", "proxy", "--ui", "web", "--mode", f"reverse:{server}", "--schema", schema, "-p", "0"),
        *("--no-web-open-browser", "--web-port", str(port), *words),
        PYTHONUNBUFFERED="1",
    )
    running.until("Put this URL into the client: ", stream="err")
    running.until("Schema: ")
    url = re.search(r"ws://127\.0\.0\.1:\d+/v1", running.err.decode())
    token = re.search(r"token=(\w+)", running.until("token="))
    assert url
    assert token
    return Mitmweb(running, url[0], port, token[1])


def port_of_nobody() -> int:
    """A free port that the system gives to nobody who asks for any: mitmproxy does not tell which one it took."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
