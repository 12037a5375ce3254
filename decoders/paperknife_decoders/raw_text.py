"""The lines of an envelope that is not a decoded message: wire fields, JSON, text or a hex dump."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.masking import mask_json
from paperknife_decoders.oddities.parse_fault import fault_text, refused_member
from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.redaction.unread import places_in_unread
from paperknife_decoders.secret_spans import begins_like, secret_ranges, secret_spans
from paperknife_decoders.secret_text import mask_text, text_spans
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.view import wire_text
from paperknife_decoders.yaml_words import Limits

__all__ = ["Hidden", "has_fields", "hidden_in", "masked_hex", "masked_text", "raw_lines"]

DUMPED = 1024
"""Bytes of a hex dump."""
ROW = 16
MOST_SEARCHED = 16_384
"""So much of what is neither Protobuf nor text is searched for secrets in words."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Where secrets are in the bytes of an envelope without a message.

    `fields` are the offsets at which secret fields start, for a view field by field. `spans` are the starts and ends,
    sorted, of what is not to be shown where such a view would read the bytes wrong: there only a dump is safe.
    """

    fields: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.spans)


def hidden_in(envelope: Envelope, secrets: Secrets) -> Hidden:
    """The secrets in bytes that are not decoded: of a known type that is cut short or has a prefix, or of a text."""
    data = envelope.data
    if envelope.form not in (Form.WIRE, Form.BYTES) or not (secrets.names or secrets.paths):
        return Hidden()
    kind = envelope.type.descriptor if envelope.type else None
    if envelope.type is not None and (member := refused_member(envelope.type, envelope.fault)) is not None:
        return Hidden(secret_spans(data, member.kind, secrets, (member.name,)))
    starts, places = places_in_unread(envelope, secrets)
    if starts or places:
        return Hidden(starts, places)
    if kind is not None and begins_like(data, 0, kind) and (fields := secret_spans(data, kind, secrets)):
        return Hidden(fields)
    spans = secret_ranges(data, kind, secrets) if kind else ()
    if envelope.form is Form.BYTES:
        spans = (*spans, *text_spans(data[:MOST_SEARCHED].decode("latin-1"), secrets))
    return Hidden(spans=tuple(sorted(spans)))


def has_fields(envelope: Envelope, hidden: Hidden) -> bool:
    """True for bytes that are shown field by field: Protobuf, or what begins as its type does and then breaks off."""
    if hidden.spans:
        return False
    if hidden.fields or envelope.form is Form.WIRE:
        return True
    return envelope.type is not None and begins_like(envelope.data, 0, envelope.type.descriptor)


def raw_lines(envelope: Envelope, secrets: Secrets, paint: Paint, limits: Limits) -> Iterator[str]:
    """A comment that says why there is no message, then what the bytes look like. Nothing is printed raw."""
    if fault := fault_text(envelope):
        yield dyed(f"# {printable(fault)}", paint.mark, paint)
    hidden = hidden_in(envelope, secrets)
    match envelope.form:
        case Form.JSON:
            yield from json_lines(mask_json(json.loads(envelope.data), secrets), limits)
        case Form.TEXT:
            yield from text_lines(masked_text(envelope, secrets), limits)
        case _ if has_fields(envelope, hidden):
            yield from wire_text(envelope.data, paint, hidden=hidden.fields).splitlines()
        case _:
            yield from hex_lines(envelope.data, hidden)


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


def masked_text(envelope: Envelope, secrets: Secrets, limit: int | None = None) -> str:
    """The text of a text message, or its first `limit` bytes, without secrets; what is not UTF-8 in it is escaped."""
    data = envelope.data[:limit]
    if envelope.type is not None:  # somebody may have sent Protobuf as a text
        for start, end in reversed(joined(secret_ranges(data, envelope.type.descriptor, secrets))):
            data = data[:start] + MASK.encode() + data[end:]
    return mask_text(data.decode("utf-8", "backslashreplace"), secrets)


def joined(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Sorted spans, those that overlap made one."""
    whole: list[tuple[int, int]] = []
    for start, end in spans:
        if whole and start < whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return whole


def text_lines(text: str, limits: Limits) -> Iterator[str]:
    """Text by its own lines, the middle of long ones left out."""
    for line in text.splitlines():
        yield printable(elide(line, limits.text))


def masked_hex(data: bytes, hidden: Hidden, limit: int) -> str:
    """Hex up to the first secret, or to the `limit`; then the mask, and how many bytes there are in all."""
    start = hidden.spans[0][0]
    head = f"{data[:limit].hex()}…" if start > limit else data[:start].hex()
    return f"{head}{MASK} ({len(data):,} B)"


def hex_lines(data: bytes, hidden: Hidden) -> Iterator[str]:
    """Rows of 16 bytes: offset, hex, and what is ASCII in them; asterisks for secrets."""
    secret = {offset for start, end in hidden.spans for offset in range(start, min(end, DUMPED))}
    for offset in range(0, min(len(data), DUMPED), ROW):
        row = list(enumerate(data[offset : offset + ROW], offset))
        codes = " ".join("**" if at in secret else f"{byte:02x}" for at, byte in row)
        text = "".join("*" if at in secret else chr(byte) if 32 <= byte < 127 else "." for at, byte in row)
        yield f"{offset:08x}  {codes:<{3 * ROW - 1}}  {text}"
    if secret:
        yield f"# {MASK}: what the asterisks stand for"
    if len(data) > DUMPED:
        yield f"# {len(data) - DUMPED:,} more of {len(data):,} bytes are left out"
