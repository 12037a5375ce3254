"""The wire view: Protobuf bytes made readable without a schema."""

from __future__ import annotations

from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import elide, printable_bytes
from paperknife_decoders.wire import WireType, walk_partly

__all__ = ["wire_summary", "wire_text"]


def wire_text(data: bytes, paint: Paint = PLAIN) -> str:
    """One line for each field of `data`, its best reading first; never raises."""
    read = walk_partly(data, limit=1000)
    lines = [
        f"{field.number}: {printable_bytes(data[field.content : field.content_end])}"
        if field.wire_type in (WireType.LENGTH, WireType.GROUP)
        else f"{field.number}: {field.value}"
        for field in read.fields
    ]
    if read.error:
        lines.append(f"# {read.error}: {printable_bytes(data[read.end :])}")
    return "\n".join(lines)


def wire_summary(data: bytes, width: int, paint: Paint = PLAIN) -> str:
    """`data` in one line of at most `width` characters; never raises."""
    return elide(wire_text(data[:4096]).replace("\n", " "), width)
