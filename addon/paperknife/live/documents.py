"""The same as the lines, for programs: JSON objects, one a line, and YAML documents."""

from __future__ import annotations

from typing import Any

from paperknife.live.amounts import clock_text, rfc3339, size_text
from paperknife.live.ascii_json import ascii_json
from paperknife.live.events import (
    Closed,
    Control,
    Event,
    Notice,
    Opened,
    Oversize,
    close_meaning,
    event_text,
    missed_text,
)
from paperknife.live.layout import Columns
from paperknife.live.line import Shown, payload_label
from paperknife.live.originals import change_lines, original_of
from paperknife_decoders.documents import json_object
from paperknife_decoders.envelope import Form
from paperknife_decoders.message import Fate
from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import printable
from paperknife_decoders.tree import tree_text
from paperknife_decoders.unknown_values import unknown_values

NO_WIDTH = 80
"""Comments are not laid out for a terminal."""

__all__ = [
    "about_text",
    "envelope_object",
    "envelope_yaml",
    "event_object",
    "event_yaml",
    "json_line",
    "missed_object",
    "missed_yaml",
]


def json_line(value: dict[str, Any]) -> str:
    """`value` in one line of ASCII, safe on any terminal."""
    return ascii_json(value, separators=(",", ":")) + "\n"


def envelope_object(shown: Shown) -> dict[str, Any]:
    """One envelope. `payload` is null where none is known; then `form` and `fault` say why.

    `message` is its proto3 JSON. What that has no place for is beside it: `unknown` lists the fields that the schema
    does not know, each with `path`, `number`, `type` and `value` (see `unknown_values`). It is there only with them.
    """
    message, envelope = shown.message, shown.envelope
    result: dict[str, Any] = {
        "time": rfc3339(message.time_ns),
        "connection": message.connection,
        "direction": message.direction.value,
        "opcode": message.opcode.name.lower(),
        "form": envelope.form.value,
        "payload": envelope.payload or None,
        "size": len(envelope.data),
    }
    if shown.of > 1:
        result["envelope"] = {"index": shown.position, "of": shown.of}
    if shown.answer:
        result["answers"] = {
            "payload": shown.answer.request_payload,
            "latency_ms": shown.answer.latency_ns / 1e6,
            "first": shown.answer.first,
        }
    if shown.marks:
        result["marks"] = list(shown.marks)
    result |= kept_object(shown)
    result["message"] = json_object(envelope, shown.secrets)
    # What is unknown has a mark; the others are not searched.
    unknown = unknown_values(envelope, shown.secrets) if shown.marks else []
    return result | {"unknown": unknown} if unknown else result


def kept_object(shown: Shown) -> dict[str, Any]:
    """What is only there where something was done to a message.

    `fate` is what, `rules` are the names of those that did it; `masked` lists start and end of the parts of the message
    that stand in place of a secret, in bytes; `original` is the proto3 JSON of what the sender had sent instead.
    """
    message = shown.message
    result: dict[str, Any] = {} if message.fate is Fate.PASSED else {"fate": message.fate.value}
    if message.hits:
        result["rules"] = list(message.hits)
    if message.masked:
        result["masked"] = [list(span) for span in message.masked]
    if message.original is not None:
        before = original_of(shown)
        result["original"] = None if before is None else json_object(before, shown.secrets)
    return result


def event_object(event: Event) -> dict[str, Any]:
    """A connection that opened or closed, or a notice: told from messages by the key ``event``."""
    result: dict[str, Any] = {"time": rfc3339(event.time_ns)}
    match event:
        case Opened(connection=connection):
            return result | {
                "event": "opened",
                "connection": connection.number,
                "url": connection.url,
                "client": connection.client,
                "subprotocol": connection.subprotocol or None,
                "read": connection.read,
            }
        case Closed(connection=connection, close=close):
            return result | {
                "event": "closed",
                "connection": connection.number,
                "code": close.code,
                "meaning": close_meaning(close.code),
                "reason": close.reason,
                "by": close.by.value if close.by else None,
                "messages": {"client": event.from_client, "server": event.from_server},
            }
        case Control(message=message):
            return result | {
                "event": event.name,
                "connection": message.connection,
                "direction": message.direction.value,
                "text": event.text,
                "size": len(message.content),
            }
        case Oversize(last=last):
            return result | {
                "event": "oversize",
                "connection": last.connection,
                "direction": last.direction.value,
                "opcode": event.name,
                "size": event.size,
            }
        case Notice(text=text, warning=warning):
            return result | {"event": "warning" if warning else "notice", "text": text}


def missed_object(count: int) -> dict[str, Any]:
    """What stands where lines were left out."""
    return {"event": "missed", "lines": count}


def about_text(shown: Shown) -> str:
    """What is known around an envelope, in a few words."""
    message = shown.message
    about = [
        f"{clock_text(message.time_ns)} #{message.connection} {message.direction.arrow} {payload_label(shown.envelope)}"
    ]
    about += [f"{shown.position + 1} of {shown.of}"] if shown.of > 1 else []
    about += [size_text(len(shown.envelope.data))]
    if shown.answer:
        about += [f"answers {shown.answer.request_payload} after {shown.answer.latency_ns / 1e6:.2f} ms"]
    return ", ".join(about)


def envelope_yaml(shown: Shown, paint: Paint = PLAIN) -> str:
    """One document, with what is known around the message in a comment."""
    marks = "".join(f"\n# ! {printable(mark)}" for mark in shown.marks)
    marks += "".join(f"\n# {change}" for change in change_lines(shown))
    if shown.envelope.form is Form.DECODED:
        body = tree_text(shown.envelope, shown.secrets, paint)
    else:  # JSON is YAML too (YAML 1.2, section 1.3)
        body = json_line(json_object(shown.envelope, shown.secrets)).rstrip()
    return f"{paint.dim}---\n# {about_text(shown)}{paint.reset}{paint.mark}{marks}{paint.reset}\n{body or '{}'}\n"


def event_yaml(event: Event, paint: Paint = PLAIN) -> str:
    """A comment: events are no documents."""
    lines = event_text(event, Columns(), NO_WIDTH).splitlines()
    return "".join(f"{paint.dim}# {line}{paint.reset}\n" for line in lines)


def missed_yaml(count: int, paint: Paint = PLAIN) -> str:
    """A comment that says what is missing."""
    return f"# {missed_text(count, paint)}\n"
