"""Looking for known secrets in a recording that should hold none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mcap.opcode import Opcode as Op
from mcap.records import Channel, Schema

from paperknife.recording.channels import HAPPENINGS
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.reading import Recording
from paperknife.recording.records import Records, parsed
from paperknife.recording.shapes import MESSAGE
from paperknife.traffic import Piece
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.redaction import KnownSecrets

__all__ = ["search"]

BLOCK = 4 << 20
"""Bytes that are searched at once."""
SURE = 6
"""Bytes of a needle that are not in compressed data by chance."""


def search(path: Path, known: KnownSecrets, messages: int) -> str:
    """Search a recording for all that is known, in what it holds and in its bytes as they lie on the disk.

    Returns a sentence on the first that was found, or on messages that are missing; the empty text where all is well.
    Words of the schema are no secrets, although somebody may have one of them for a password.
    """
    count = 0
    tails: dict[tuple[int, Direction], bytes] = {}
    recording = Recording(path)
    for item in recording:
        count += isinstance(item, Message)
        for text in contents(item, tails, known.longest):
            if known.spans(text):
                return f"A secret was found in {place(item)} after all."
    if recording.cut or recording.faults or count != messages:
        return f"{messages:,} messages were written and {count:,} read back. {recording.cut or ''}".rstrip()
    suspects = raw_needles(path, known)
    if suspects and (left := suspects.difference(innocent(path, suspects))):
        return f"{len(left):,} of the secrets were found in the bytes of the file after all."
    return ""


def contents(item: Item, tails: dict[tuple[int, Direction], bytes], reach: int) -> Iterator[bytes]:
    """All of an item that came from a peer."""
    match item:
        case Message():
            yield item.content
            if item.original is not None:
                yield item.original
        case Piece():
            side = item.connection, item.direction
            data = (tails.get(side, b"") if item.offset else b"") + item.data
            tails[side] = data[-max(reach, 1) :]
            yield data
        case Opened(connection=connection):
            words = [connection.url, connection.subprotocol]
            for name, value in (*connection.handshake.request, *connection.handshake.response):
                words += [name, value]
            yield from (word.encode(errors="surrogateescape") for word in words)
        case Closed(close=close):
            yield close.reason.encode(errors="surrogateescape")
        case Noticed(text=text):
            yield text.encode(errors="surrogateescape")


def place(item: Item) -> str:
    """What an item is called in a sentence."""
    match item:
        case Message() | Piece():
            return f"a message of connection {item.connection}"
        case Opened() | Closed():
            return f"the handshake or the end of connection {item.connection.number}"
    return "a notice"


def raw_needles(path: Path, known: KnownSecrets) -> set[bytes]:
    """What of the secrets, however written, stands in the bytes of a file."""
    found: set[bytes] = set()
    tail = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            data = tail + block
            found |= {needle.data for needle in known.found_in(data) if len(needle.data) >= SURE}
            tail = data[-max(known.longest, 1) :]
    return found


def innocent(path: Path, words: Iterable[bytes]) -> set[bytes]:
    """Those of `words` that are in schemas, names of channels, and what we ourselves tell of protocols."""
    left, found = set(words), set[bytes]()
    ours: set[int] = set()
    with path.open("rb", buffering=0) as file:
        for opcode, body in Records(file.read, path.name):
            match parsed(opcode, body):
                case Channel(topic=topic, id=number) if topic == HAPPENINGS:
                    ours.add(number)
                case Channel() | Schema():
                    pass
                case _ if opcode != Op.MESSAGE or MESSAGE.unpack_from(body)[0] not in ours:
                    continue
            here = {word for word in left if word in body}
            found |= here
            left -= here
            if not left:
                break
    return found
