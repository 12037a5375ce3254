"""The lines of an envelope that is not a decoded message: wire fields, JSON, text or a hex dump."""

from __future__ import annotations

import json
from collections.abc import Iterator

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.masking import mask_json
from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.secret_spans import secret_spans
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.view import wire_text
from paperknife_decoders.yaml_words import Limits

__all__ = ["hidden_spans", "raw_lines"]

DUMPED = 1024
"""Bytes of a hex dump."""
ROW = 16


def raw_lines(envelope: Envelope, secrets: Secrets, paint: Paint, limits: Limits) -> Iterator[str]:
    """A comment that says why there is no message, then what the bytes look like. Nothing is printed raw."""
    if envelope.fault:
        yield dyed(f"# {printable(envelope.fault)}", paint.mark, paint)
    hidden = hidden_spans(envelope, secrets)
    match envelope.form:
        case Form.JSON:
            yield from json_lines(mask_json(json.loads(envelope.data), secrets), limits)
        case Form.TEXT:
            yield from text_lines(envelope.data, limits)
        case Form.BYTES if not hidden:
            yield from hex_lines(envelope.data)
        case _:
            yield from wire_text(envelope.data, paint, hidden=hidden).splitlines()


def hidden_spans(envelope: Envelope, secrets: Secrets) -> frozenset[int]:
    """Where secrets start in bytes of a known type that did not parse, for instance as they are cut short."""
    if envelope.type is None or envelope.form not in (Form.WIRE, Form.BYTES):
        return frozenset()
    return secret_spans(envelope.data, envelope.type.descriptor, secrets)


def json_lines(value: Dynamic, limits: Limits) -> Iterator[str]:
    """JSON, indented; the middle of long strings is left out."""
    encoder = json.JSONEncoder(ensure_ascii=False, indent=2)
    pending = ""
    for part in encoder.iterencode(shortened(value, limits.text)):
        *whole, pending = f"{pending}{part}".split("\n")
        yield from map(printable, whole)
    yield printable(pending)


def shortened(value: Dynamic, limit: int) -> Dynamic:
    """JSON with the middle of each long string left out. (It is no deeper than `mask_json` leaves it.)"""
    if isinstance(value, str):
        return value if len(value) <= limit else f"{elide(value, limit)} ({len(value):,} characters)"
    if isinstance(value, dict):
        return {elide(key, limit): shortened(item, limit) for key, item in value.items()}
    return [shortened(item, limit) for item in value] if isinstance(value, list) else value


def text_lines(data: bytes, limits: Limits) -> Iterator[str]:
    """Text by its own lines, the middle of long ones left out."""
    for line in data.decode("utf-8", "backslashreplace").splitlines():
        yield printable(elide(line, limits.text))


def hex_lines(data: bytes) -> Iterator[str]:
    """Rows of 16 bytes: offset, hex, and what is ASCII in them."""
    for offset in range(0, min(len(data), DUMPED), ROW):
        row = data[offset : offset + ROW]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{offset:08x}  {row.hex(' '):<{3 * ROW - 1}}  {text}"
    if len(data) > DUMPED:
        yield f"# {len(data) - DUMPED:,} more of {len(data):,} bytes are left out"
