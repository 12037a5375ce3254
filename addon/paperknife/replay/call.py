"""How a recorded connection is opened again: where to, and with which handshake."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
from websockets.typing import Subprotocol

from paperknife.replay.blanks import Fillings
from paperknife.replay.one_write import OneWriteClient
from paperknife.replay.passing import OURS, PREFIX
from paperknife.replay.survey import ConnectionSurvey
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction.handshake import HandshakeMask
from paperknife_decoders.redaction.known import KnownSecrets
from paperknife_decoders.secrets import Secrets

__all__ = ["Call", "CannotReplay", "call_for", "connecting", "reason_of", "shown_url", "target_of"]

LARGEST_MESSAGE = 64 << 20
"""Bytes of a server's message; we close beyond it with 1009."""
OPEN_SECONDS = 10.0
"""In which a server has to answer a handshake."""


class CannotReplay(Exception):
    """The replay could not be run, in one sentence."""


@dataclass(frozen=True, slots=True)
class Call:
    """All that is needed to open one connection."""

    survey: ConnectionSurvey
    url: str
    headers: tuple[tuple[str, str], ...]
    subprotocols: tuple[str, ...]


def call_for(survey: ConnectionSurvey, to: str, replaced: Sequence[tuple[str, str]], fillings: Fillings) -> Call:
    """How a connection is opened: recorded headers, without those that belong to that one connection alone."""
    request = survey.recorded.connection.handshake.request
    ours = {name.lower() for name, _ in replaced}
    headers: list[tuple[str, str]] = []
    subprotocols: list[str] = []
    for name, value in request:
        key = name.lower()
        if key in ours:
            continue
        if key == "sec-websocket-protocol":
            subprotocols += [part.strip() for part in fillings.header(name, value).split(",") if part.strip()]
        elif key not in OURS and not key.startswith(PREFIX):
            headers.append((name, fillings.header(name, value)))
    url = target_of(to, survey.recorded.connection.url, fillings)
    return Call(survey, url, (*headers, *replaced), tuple(subprotocols))


def target_of(to: str, recorded: str, fillings: Fillings) -> str:
    """The URL to connect to. Raises `CannotReplay` for one that is none, and `MissingSecret`."""
    try:
        parts = urlsplit(to)
        is_url = parts.scheme in {"ws", "wss"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_url = False
    if not is_url:
        raise CannotReplay(f"--to: a URL such as wss://staging.example/v1 was expected, not {shown_url(to)!r}.")
    before = urlsplit(recorded)
    path = parts.path if parts.path.strip("/") else before.path or "/"
    query = parts.query or fillings.query(before.query)
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def shown_url(url: str) -> str:
    """A URL to print: no password, no token, no control characters."""
    return printable(HandshakeMask(KnownSecrets(), Secrets()).url(url))


def reason_of(error: Exception) -> str:
    """Why a server could not be reached, in words."""
    match error:
        case InvalidStatus():
            return f"the server answered the handshake with {error.response.status_code}, 101 was expected"
        case TimeoutError():
            return f"no answer within {OPEN_SECONDS:g} s"
        case InvalidURI():
            return "the URL is not valid"
        case InvalidHandshake():
            return f"the server is no WebSocket server: {printable(str(error))}"
        case UnicodeError():
            return "the name of its host is not valid"
        case ConnectionRefusedError():
            return "nothing listens there"
        case OSError(errno=int(number)) if number > 0 and not isinstance(error, ssl.SSLError):
            return os.strerror(number)
        case OSError():
            return printable(error.strerror or str(error)) or "the server ended the connection"
    return printable(str(error))


def connecting(call: Call, via: str | None, tls: ssl.SSLContext | None, patience: float) -> connect:
    """What connects, with the recorded handshake."""
    is_secure = call.url.startswith("wss:")
    return connect(
        call.url,
        additional_headers=call.headers,
        subprotocols=[Subprotocol(each) for each in call.subprotocols] or None,
        compression="deflate" if call.survey.recorded.is_compressed else None,
        user_agent_header=None,
        proxy=via,
        ssl=(tls or ssl.create_default_context()) if is_secure else None,
        open_timeout=OPEN_SECONDS,
        close_timeout=min(patience, OPEN_SECONDS),
        ping_interval=None,
        create_connection=OneWriteClient,
        max_size=LARGEST_MESSAGE,
    )
