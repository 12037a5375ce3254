"""One message in words, in each format of `paperknife decode`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from paperknife.live.ascii_json import ascii_json
from paperknife_decoders.documents import json_object, textproto
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.printable import printable
from paperknife_decoders.raw_text import hidden_in
from paperknife_decoders.secret_spans import secret_spans
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary import summarize
from paperknife_decoders.tree import tree_text
from paperknife_decoders.wire.view import wire_text

__all__ = ["FORMATS", "Style"]

BLANK = b"*"
"""What was blanked consists of these, and its fields are those of asterisks."""


@dataclass(frozen=True, slots=True)
class Style:
    """How to show: what is masked, the colours, and every type that the message could be of."""

    secrets: Secrets
    paint: Paint
    types: tuple[EnvelopeType, ...]


def yaml(envelope: Envelope, style: Style) -> str:
    """The tree of a decoded message or of JSON; the bare fields of all else."""
    if envelope.form in (Form.WIRE, Form.BYTES):
        return wire(envelope, style)
    return tree_text(envelope, style.secrets, style.paint).rstrip("\n")


def wire(envelope: Envelope, style: Style) -> str:
    """The bare fields. Those that would be secret in a message of any of the types stay masked.

    Where a secret lies in what is no field, as with a length in front of the message, only a dump can mask it.
    """
    if envelope.data and not envelope.data.strip(BLANK):
        return tree_text(envelope, style.secrets, style.paint).rstrip("\n")
    types = style.types[: 1 if envelope.form is Form.DECODED else None]
    for taken in (envelope._replace(type=kind, fault="") for kind in types or (None,)):
        if hidden_in(taken, style.secrets).spans:
            return tree_text(taken, style.secrets, style.paint).rstrip("\n")
    hidden = frozenset[int]().union(*(secret_spans(envelope.data, kind.descriptor, style.secrets) for kind in types))
    return wire_text(envelope.data, style.paint, hidden=hidden)


def line(envelope: Envelope, style: Style) -> str:
    """One line: the payload's name, its fields, what is odd; as wide as the terminal, or 1,000 columns in a pipe."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 1000
    odd = "".join(f"  ! {mark}" for mark in marks(envelope)) if envelope.form is Form.DECODED else ""
    name = f"{envelope.payload}  " if envelope.payload else ""
    shown = summarize(envelope, style.secrets, max(width - len(name) - len(odd), 20), style.paint)
    return f"{name}{shown}{dyed(odd, style.paint.mark, style.paint)}"


def json_text(envelope: Envelope, style: Style) -> str:
    """The JSON object in ASCII, safe on any terminal."""
    return ascii_json(json_object(envelope, style.secrets), indent=2)


def text_format(envelope: Envelope, style: Style) -> str:
    """Protobuf's text format. The library leaves some control characters in strings as they are; they are escaped."""
    return "\n".join(map(printable, textproto(envelope, style.secrets).rstrip("\n").split("\n")))


FORMATS: dict[str, Callable[[Envelope, Style], str]] = {
    "yaml": yaml,
    "json": json_text,
    "textproto": text_format,
    "line": line,
    "wire": wire,
}
"""By the name that the user gives; each takes any envelope."""
