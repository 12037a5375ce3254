"""Single values of a HAR: messages, connections, times, headers; all of them may be anything at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from paperknife.recording.exchange.har import CONNECTION, FATE, MASKED, ORIGINAL
from paperknife.recording.exchange.sources import Session, Told
from paperknife.traffic import ABNORMAL, Close, Connection, Handshake
from paperknife_decoders.expression.literals import timestamp_from
from paperknife_decoders.message import Direction, Fate, Opcode
from paperknife_decoders.printable import printable
from paperknife_decoders.values import Dynamic

__all__ = ["FORM_FAULTS", "is_websocket", "read_message", "read_session", "reason", "without_bodies"]

DIRECTIONS = {"send": Direction.CLIENT, "receive": Direction.SERVER}
SCHEMES = {"http": "ws", "https": "wss"}

FORM_FAULTS = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)
"""What comes of a value that is not as it should be. `binascii.Error` and `UnicodeError` are `ValueError`."""

FIRST_CALENDAR_SECOND = 10**8
"""Fewer seconds than these (1973) are counted from the start of the entry, not from the epoch."""
FIRST_MILLISECOND = 10**11
"""So many seconds (the year 5138) are in truth milliseconds."""
LATEST = 1 << 63
"""Nanoseconds since the epoch that a recording can hold."""


def reason(error: Exception) -> str:
    """What is wrong with a value, in words."""
    return f"it has no {error.args[0]}" if isinstance(error, KeyError) else printable(str(error))


def without_bodies(value: Dynamic) -> Dynamic:
    """A request or response without what was in it: it may be large, and there are many."""
    return (
        {key: each for key, each in value.items() if key not in ("content", "postData")}
        if isinstance(value, dict)
        else value
    )


def is_websocket(entry: Mapping[str, Dynamic]) -> bool:
    """True for an entry that opened a WebSocket, even if its messages are not there."""
    request, response = entry.get("request"), entry.get("response")
    if not isinstance(request, dict) or not isinstance(response, dict) or response.get("status") != 101:
        return False
    headers = request.get("headers")
    upgrades = [value.lower() for name, value in read_headers(headers) if name.lower() == "upgrade"]
    return "websocket" in upgrades or str(request.get("url", "")).startswith(("ws:", "wss:"))


def read_session(entry: Mapping[str, Dynamic]) -> Session:
    """The connection that an entry tells of."""
    request, response = entry["request"], entry.get("response") or {}
    time_ns = read_date(entry["startedDateTime"])
    own = entry.get(CONNECTION)
    own = own if isinstance(own, dict) else {}
    handshake = Handshake(read_headers(request.get("headers")), read_headers(response.get("headers")))
    agreed = [value for name, value in handshake.response if name.lower() == "sec-websocket-protocol"]
    scheme, separator, rest = str(request["url"]).partition(":")
    connection = Connection(
        number=number if isinstance(number := own.get("connection"), int) and 0 < number < 1 << 31 else 0,
        url=f"{SCHEMES.get(scheme.lower(), scheme)}{separator}{rest}",
        client=str(own.get("client", "")),
        time_ns=time_ns,
        subprotocol=str(own.get("subprotocol") or (agreed[0] if agreed else "")),
        read=own.get("read") is not False,
        handshake=handshake,
    )
    close = own.get("close")
    return Session(connection, read_close(close) if isinstance(close, dict) else None)


def read_close(close: Mapping[str, Dynamic]) -> Close:
    """How a connection ended."""
    by = Direction(close["by"]) if close.get("by") else None
    code = int(close.get("code", ABNORMAL))
    if not 0 <= code < 1 << 16:
        raise ValueError(f"{code} is no close code")
    return Close(code, str(close.get("reason", "")), by, read_date(close["time"]))


def read_headers(headers: Dynamic) -> tuple[tuple[str, str], ...]:
    """Headers as pairs; some programs write them as lists of two."""
    if not isinstance(headers, list):
        return ()
    found = []
    for header in headers[:1000]:
        match header:
            case {"name": name, "value": value} | [name, value]:
                found.append((str(name), str(value)))
    return tuple(found)


def read_date(text: Dynamic) -> int:
    """Nanoseconds since the epoch of an ISO 8601 time."""
    if not isinstance(text, str):
        raise TypeError(f"a date was expected, not {type(text).__name__}")
    try:
        moment = datetime.fromisoformat(text)
        time_ns = timestamp_from(text if moment.tzinfo else f"{text}Z")
    except (ValueError, OverflowError):
        time_ns = None
    if time_ns is None or not 0 <= time_ns < LATEST:
        raise ValueError(f"{text[:60]!r} is no time since 1970")
    return time_ns


def read_time(value: Dynamic, start_ns: int) -> int:
    """Nanoseconds since the epoch of a message; `start_ns` is when its entry began."""
    if isinstance(value, str):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"the time should be a number of seconds, not {type(value).__name__}")
    if not 0 <= value < LATEST // 10**6:
        raise ValueError("the time is no number of seconds since 1970")
    exact = Decimal(value)
    if exact >= FIRST_MILLISECOND:
        exact /= 1000
    time_ns = int(exact * 10**9) + (start_ns if exact < FIRST_CALENDAR_SECOND else 0)
    if time_ns >= LATEST:
        raise ValueError("the time is later than a recording can hold")
    return time_ns


def read_message(value: Dynamic, session: int, start_ns: int) -> Told | None:
    """One member of ``_webSocketMessages``; None for one that says that the connection failed."""
    if not isinstance(value, dict):
        raise TypeError(f"an object was expected, not {json.dumps(value, default=str)[:60]}")
    if value.get("type") == "error":
        return None
    direction = DIRECTIONS.get(str(value["type"]))
    if direction is None:
        raise ValueError(f'the type should be "send" or "receive", not {str(value["type"])[:60]!r}')
    opcode = Opcode(int(value.get("opcode", Opcode.TEXT)))
    data = value["data"]
    if not isinstance(data, str):
        raise TypeError(f"the data should be text, not {type(data).__name__}")
    original = value.get(ORIGINAL)
    content = data.encode("utf-8", "surrogateescape") if opcode is Opcode.TEXT else read_base64(data)
    return Told(
        session,
        direction,
        opcode,
        read_time(value["time"], start_ns),
        content,
        Fate(value[FATE]) if FATE in value else Fate.PASSED,
        None if original is None else read_base64(original),
        read_spans(value.get(MASKED, []), len(content)),
    )


def read_base64(text: str) -> bytes:
    """Bytes in base64, with or without its padding (RFC 4648, section 3.2)."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise ValueError(f"the data of a message that is no text should be base64: {error}") from None


def read_spans(spans: Dynamic, size: int) -> tuple[tuple[int, int], ...]:
    """Parts of a message of `size` bytes, as start and end."""
    found = tuple((int(start), int(end)) for start, end in spans)
    if not all(0 <= start <= end <= size for start, end in found):
        raise ValueError("the masked parts are not inside the message")
    return found
