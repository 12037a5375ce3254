"""Mutated recordings through the reader: a sentence or what can be read, and never a hang, a crash or much memory.

Usage: fuzz_recordings.py [COUNT] [SEED]
"""

from __future__ import annotations

import random
import resource
import signal
import struct
import tempfile
import time
from collections import Counter as Tally
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from types import FrameType

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet
from mcap.records import Channel, Schema
from mcap.writer import CompressionType, Writer

from bench.fuzzing import count_and_seed
from paperknife.live.renderer import Renderer, ViewOptions
from paperknife.recording.counter import Counter
from paperknife.recording.encoder import Encoder
from paperknife.recording.ending import ending_of
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.packing import pack
from paperknife.recording.reading import Recording, RecordingError
from paperknife.recording.records import Limits, Op, Records, parsed
from paperknife.traffic import Batch, Close, Connection, Handshake, Piece
from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema.embedded import schema_from_bytes

__all__ = ["Outcome", "fuzz", "one_recording", "seeds"]

START_NS = 1_900_000_000_000_000_000
PATIENCE_S = 20
"""No small file takes so long, on however busy a machine."""

LIMITS = Limits(record=1 << 20, chunk=1 << 20)
"""So that what goes beyond is met often."""

NUMBERS = (
    0,
    1,
    9,
    22,
    0x7F,
    0xFF,
    0xFFFF,
    1 << 20,
    (1 << 20) + 1,
    (1 << 31) - 1,
    (1 << 32) - 1,
    1 << 40,
    (1 << 64) - 1,
)
"""Lengths and offsets that somebody may believe."""


@dataclass
class Outcome:
    """How many files were read whole, in part, or not at all; the items in them; the largest memory, in KiB."""

    files: Tally[str] = field(default_factory=Tally)
    items: int = 0
    memory: int = 0


@cache
def protocol() -> Protocol:
    """A protocol with a schema of one small file."""
    file = FileDescriptorProto(name="a.proto", package="a", syntax="proto3")
    order = file.message_type.add(name="Order")
    order.field.add(name="symbol", number=1, type=FieldDescriptorProto.TYPE_STRING, label=1)
    order.field.add(name="password", number=2, type=FieldDescriptorProto.TYPE_STRING, label=1)
    for name in ("ClientMessage", "ServerMessage"):
        envelope = file.message_type.add(name=name)
        envelope.oneof_decl.add(name="payload")
        kind = {"type": FieldDescriptorProto.TYPE_MESSAGE, "type_name": ".a.Order", "label": 1, "oneof_index": 0}
        envelope.field.add(name="order", number=1, **kind)
    schema = schema_from_bytes(FileDescriptorSet(file=[file]).SerializeToString(), "the schema")
    client, server = direction_types(schema)
    return Protocol(client=client, server=server, files=tuple(each.descriptor for each in schema.files))


@cache
def plain() -> bytes:
    """A small recording with one of everything, as it is while it is recorded."""
    encoder, reader = Encoder(), protocol().reader()
    handshake = Handshake((("Host", "h"),), (("Upgrade", "websocket"),))
    first = Connection(1, "ws://h/", "c:1", START_NS, "sub", True, handshake)
    second = Connection(2, "ws://h/2", "c:2", START_NS)
    order, text = b"\x0a\x0a\x0a\x03ABC\x12\x03***", b'{"a":1}'
    made = [
        encoder.begin({"program": "fuzz"}),
        encoder.opened(Opened(first)),
        encoder.opened(Opened(second, resumed=True)),
        encoder.batch(Batch(1, Direction.CLIENT, START_NS, [Opcode.BINARY], [order], reader, masked={0: ((9, 12),)})),
        encoder.batch(Batch(1, Direction.SERVER, START_NS, [Opcode.BINARY] * 3, [order] * 3, reader)),
        encoder.batch(Batch(1, Direction.SERVER, START_NS, [Opcode.TEXT, Opcode.PING], [text, b"p"], reader)),
        encoder.batch(Batch(2, Direction.SERVER, START_NS, [Opcode.BINARY], [order], reader, Fate.DROPPED)),
        encoder.message(
            Message(2, Direction.CLIENT, START_NS, Opcode.BINARY, order, reader, Fate.CHANGED, original=order[:2])
        ),
        encoder.piece(Piece(2, Direction.CLIENT, START_NS, Opcode.BINARY, b"x" * 30, 0, False)),
        encoder.piece(Piece(2, Direction.CLIENT, START_NS, Opcode.BINARY, b"", 30, True)),
        encoder.notice(Noticed("Careful.", True, START_NS)),
        encoder.closed(Closed(first, Close(1000, "bye", Direction.CLIENT, START_NS + 10**9))),
    ]
    return b"".join(made)


def packed() -> bytes:
    """The same when the session has ended."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seed.mcap")
        path.write_bytes(plain())
        pack(path, path)
        return path.read_bytes()


def rewritten(compression: CompressionType) -> bytes:
    """The same by another writer."""
    out = BytesIO()
    writer = Writer(out, chunk_size=600, compression=compression)
    writer.start("paperknife")
    schemas: dict[int, int] = {0: 0}
    channels: dict[int, int] = {}
    for opcode, body in Records(BytesIO(plain()).read, "seed"):
        found = parsed(opcode, body)
        if opcode == Op.MESSAGE:
            number, sequence, time_ns = struct.unpack_from("<HIQ", body)
            writer.add_message(channels[number], time_ns, body[22:], time_ns, sequence)
        elif isinstance(found, Schema):
            schemas[found.id] = writer.register_schema(found.name, found.encoding, found.data)
        elif isinstance(found, Channel):
            schema = schemas[found.schema_id]
            channels[found.id] = writer.register_channel(found.topic, found.message_encoding, schema, found.metadata)
    writer.finish()  # type: ignore[no-untyped-call]
    return out.getvalue()


@cache
def seeds() -> tuple[bytes, ...]:
    """What is mutated."""
    return (plain(), packed(), *map(rewritten, CompressionType))


def places(data: bytearray) -> list[int]:
    """Where records begin, as far as their lengths tell."""
    found: list[int] = []
    at = 8
    while at + 9 <= len(data) and len(found) < 1000:
        found.append(at)
        at += 9 + int.from_bytes(data[at + 1 : at + 9], "little")
    return found


def mutated(chance: random.Random) -> bytes:
    """A seed with a few things wrong in it, or mere noise behind the magic."""
    data = bytearray(chance.choice(seeds()))
    if chance.random() < 0.01:
        return bytes(data[: chance.choice((0, 4, 8, 30))]) + chance.randbytes(chance.randrange(400))
    starts = places(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(data) + 1)
        record = chance.choice(starts)
        other = chance.choice(starts)
        match chance.randrange(10):
            case 0 | 1:
                data[at : at + 1] = chance.randbytes(1)
            case 2:
                data[at : at + chance.choice((1, 2, 4, 8, 60))] = b""
            case 3:
                data[at:at] = chance.randbytes(chance.choice((1, 2, 4, 8, 60)))
            case 4:
                del data[at:]
            case 5:
                data[record + 1 : record + 9] = chance.choice(NUMBERS).to_bytes(8, "little")
            case 6:
                width = chance.choice((1, 2, 4, 8))
                inside = record + chance.randrange(60)
                data[inside : inside + width] = (chance.choice(NUMBERS) % (1 << 8 * width)).to_bytes(width, "little")
            case 7:
                data[record : record + 1] = bytes([chance.randrange(18)])
            case 8:
                data[record:record] = data[other : other + chance.randrange(300)]
            case _:
                begin, end = sorted((record, other))
                data[at:at] = data[begin:end][:3000]
    return bytes(data)


def one_recording(seed: int, outcome: Outcome) -> None:
    """Read one mutated file in every way. Raises for what must not happen."""
    chance = random.Random(seed)
    data = mutated(chance)
    stream, block = BytesIO(data), chance.choice((1 << 20, 1 << 20, 97, 5))
    try:
        ending_of(BytesIO(data))
        recording = Recording("seed", read=lambda size: stream.read(min(size, block)), limits=LIMITS)
        counter = Counter()
        renderer = Renderer(ViewOptions(verbose=True), lambda: 100)
        recording.loaded  # noqa: B018 - reads ahead
        for item in recording:
            outcome.items += 1
            counter.add(item)
            if isinstance(item, Message) and not outcome.items % 8:
                list(renderer.message(item))
        counter.summary().to_metadata()
        outcome.files["in part" if recording.cut else "whole"] += 1
    except RecordingError as error:
        assert str(error).endswith((".", "'")), error
        outcome.files["refused"] += 1


def too_long(number: int, frame: FrameType | None) -> None:
    """End a file that takes too long."""
    raise TimeoutError(f"it takes longer than {PATIENCE_S} s")


def fuzz(count: int, seed: int = 0) -> Outcome:
    """`count` files. Raises with the seed of the file that went wrong."""
    outcome = Outcome()
    before = signal.signal(signal.SIGALRM, too_long)
    try:
        for number in range(seed, seed + count):
            signal.alarm(PATIENCE_S)
            try:
                one_recording(number, outcome)
            except Exception as error:
                raise AssertionError(f"file {number}: {error!r}") from error
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    outcome.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return outcome


def main() -> None:
    """Run, and say what came of it."""
    wanted = count_and_seed(__doc__, 100_000)
    began = time.perf_counter()
    outcome = fuzz(wanted.count, wanted.seed)
    seconds = time.perf_counter() - began
    files = ", ".join(f"{count:,} {what}" for what, count in sorted(outcome.files.items()))
    print(
        f"{wanted.count:,} files in {seconds:,.0f} s: {files}; {outcome.items:,} items, no exception, "
        f"{outcome.memory // 1024:,} MiB at most."
    )


if __name__ == "__main__":
    main()
