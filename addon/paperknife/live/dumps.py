"""Envelopes in Protobuf's text format, and as bytes: each below a comment with what is known around it."""

from __future__ import annotations

from collections.abc import Iterator

from paperknife.live.documents import about_text
from paperknife.live.line import Shown
from paperknife_decoders.documents import textproto
from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.redaction.edits import apply, spans_of, stars
from paperknife_decoders.secrets import MASK, NO_SECRETS

__all__ = ["envelope_hex", "envelope_textproto"]

ROW = 16
MOST_DUMPED = 1 << 20
"""Bytes of one envelope that are dumped."""


def envelope_textproto(shown: Shown, paint: Paint = PLAIN) -> str:
    """One message in the text format. What the library leaves as it is in strings is escaped."""
    body = "".join(f"{printable(line)}\n" for line in textproto(shown.envelope, shown.secrets).split("\n") if line)
    return heading(shown, paint) + body


def envelope_hex(shown: Shown, redactor: Redactor, paint: Paint = PLAIN) -> str:
    """Rows of 16 bytes: offset, hex, and what is ASCII in them; asterisks for secrets."""
    data, masked = shown.envelope.data, masked_in(shown)
    if shown.secrets is not NO_SECRETS:
        edits = [*redactor.edits(shown.envelope, shown.secrets), *stars(redactor.known.spans(data))]
        data, masked = apply(data, edits), [*masked, *spans_of(edits)]
    return heading(shown, paint) + "".join(f"{row}\n" for row in hex_rows(data, masked))


def heading(shown: Shown, paint: Paint) -> str:
    """The comment above an envelope."""
    marks = "".join(f"\n# ! {printable(mark)}" for mark in shown.marks)
    return f"\n{paint.dim}# {about_text(shown)}{paint.reset}{paint.mark}{marks}{paint.reset}\n"


def masked_in(shown: Shown) -> list[tuple[int, int]]:
    """The masked parts of the message that lie in this envelope, as offsets in it."""
    message, data = shown.message, shown.envelope.data
    if not message.masked:
        return []
    begin = message.content.find(data)
    return [(start - begin, end - begin) for start, end in message.masked if begin >= 0 and end > begin]


def hex_rows(data: bytes, masked: list[tuple[int, int]]) -> Iterator[str]:
    """The rows, and what is to be said below them."""
    size = min(len(data), MOST_DUMPED)
    secret = {offset for start, end in masked for offset in range(max(start, 0), min(end, size))}
    for offset in range(0, size, ROW):
        row = list(enumerate(data[offset : min(offset + ROW, size)], offset))
        codes = " ".join("**" if at in secret else f"{byte:02x}" for at, byte in row)
        text = "".join("*" if at in secret else chr(byte) if 32 <= byte < 127 else "." for at, byte in row)
        yield f"{offset:08x}  {codes:<{3 * ROW - 1}}  {text}"
    if secret:
        yield f"# {MASK}: what the asterisks stand for"
    if len(data) > size:
        yield f"# {len(data) - size:,} more of {len(data):,} bytes are left out"
