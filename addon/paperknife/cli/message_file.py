"""The bytes of one message, from a file or stdin: as they are, in hex or in base64."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from paperknife.cli.failure import Failure
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.transfer_encoding import Encoding, find_encoding, read_as
from paperknife_decoders.wire.walker import is_wire_format

__all__ = ["message_bytes"]


def message_bytes(file: str, encoding: str) -> bytes:
    """The bytes of the message in `file` (``-``: stdin), held in an `Encoding`, or by ``auto`` in the likeliest.

    Where they could be read in another way, that is said on stderr. Ends the command where there is no message.
    """
    content = read_input(file)
    name = "The standard input" if file == "-" else file
    if encoding != "auto":
        try:
            return read_as(content, Encoding(encoding))
        except DecodeError as error:
            raise Failure(f"{name} cannot be read as {encoding}: {error}.") from None
    if not content.strip(b" \t\r\n") and not is_wire_format(content):
        raise Failure(f"{name} is empty. An empty message is legal, though: --input raw takes it as one.")
    found = find_encoding(content)
    if found.others or (found.encoding is not Encoding.RAW and not is_wire_format(found.data)):
        others = found.others or (Encoding.RAW,)
        advice = " or ".join(OTHERWISE[other] for other in others)
        click.echo(f"Read as {found.encoding.value}, {len(found.data):,} B; {advice}", err=True)
    return found.data


OTHERWISE = {
    Encoding.HEX: "--input hex takes it as hex.",
    Encoding.BASE64: "--input base64 takes it as base64.",
    Encoding.RAW: "--input raw takes the bytes as they are.",
}


def read_input(file: str) -> bytes:
    """All of a file, or of stdin."""
    if file == "-" and sys.stdin is None:
        raise Failure("A message was expected on the standard input, and it is closed. Pipe one in, or name a file.")
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        place = "on the standard input" if file == "-" else f"in a file at {file}"
        raise Failure(f"A message was expected {place}: {error.strerror}.") from None
