"""Records of MCAP files: all of them, up to a cut, past what is damaged, and never more than the limits."""

import struct
from io import BytesIO

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from mcap.writer import CompressionType, Writer

from paperknife.recording.records import Limits, Op, RecordingError, Records, parsed
from paperknife.recording.shapes import MAGIC

HEADER = b"\x01" + (8).to_bytes(8, "little") + bytes(8)
FOOTER = b"\x02" + (20).to_bytes(8, "little") + bytes(20) + MAGIC
SMALL = Limits(record=1000, chunk=1000)


def record(opcode, body):
    """One record."""
    return struct.pack("<BQ", opcode, len(body)) + body


def chunk(records, *, compression=b"", size=None, data=None, crc=0):
    """A Chunk record."""
    stored = records if data is None else data
    head = struct.pack("<QQQII", 0, 0, len(records) if size is None else size, crc, len(compression))
    return record(Op.CHUNK, head + compression + struct.pack("<Q", len(stored)) + stored)


def read(data, *, block=1 << 20, limits=SMALL):
    """The records in `data` and the reader that read them, `block` bytes at a time."""
    stream = BytesIO(data)
    records = Records(lambda size: stream.read(min(size, block)), "a.mcap", limits)
    return list(records), records


MESSAGE = record(Op.MESSAGE, bytes(22) + b"hello")
WHOLE = MAGIC + HEADER + MESSAGE + chunk(MESSAGE * 2) + MESSAGE + record(Op.DATA_END, bytes(4)) + FOOTER
OPCODES = [Op.HEADER, Op.MESSAGE, Op.MESSAGE, Op.MESSAGE, Op.MESSAGE, Op.DATA_END, Op.FOOTER]


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_a_whole_file(block):
    """However few bytes come at once, every record is there, those of chunks in their place."""
    found, records = read(WHOLE, block=block)
    assert [opcode for opcode, _ in found] == OPCODES
    assert records.is_whole
    assert records.faults == []


@pytest.mark.parametrize("size", range(8, len(WHOLE)))
def test_a_cut_file(size):
    """A file that ends anywhere gives its whole records, and one sentence."""
    found, records = read(WHOLE[:size])
    assert [opcode for opcode, _ in found] == OPCODES[: len(found)]
    assert not records.is_whole
    assert len(records.faults) == 1
    assert records.faults[0].startswith("a.mcap ")
    assert records.faults[0].endswith(".")


@pytest.mark.parametrize("compression", [b"", b"zstd"])
def test_a_chunk_that_is_cut_gives_what_is_there_of_it(compression):
    """Each record that is whole in the part of a chunk that was written, and none that is not."""
    bodies = [bytes(22) + number.to_bytes(4) * 10_000 for number in range(20)]
    inside = b"".join(record(Op.MESSAGE, body) for body in bodies)
    data = MAGIC + HEADER + chunk(inside, compression=compression, data=squeezed(inside) if compression else None)
    kept = []
    for size in range(len(MAGIC + HEADER), len(data), len(data) // 50):
        found, records = read(data[:size], limits=Limits())
        assert [body for opcode, body in found if opcode == Op.MESSAGE] == bodies[: len(found) - 1]
        assert len(records.faults) == 1
        kept.append(len(found) - 1)
    assert kept == sorted(kept)
    assert len(set(kept)) > 3


NO_MCAP = [
    (b"", "a.mcap is empty"),
    (b"PNG", "begins with 50 4e 47"),
    (b"\x89MCAP1\r\n" + HEADER, "an MCAP file was expected"),
    (b"hello, this is a text", "68 65 6c 6c"),
]


@pytest.mark.parametrize(("data", "words"), NO_MCAP)
def test_what_is_no_mcap_file(data, words):
    """It is refused with a sentence."""
    with pytest.raises(RecordingError, match=words):
        read(data)


def squeezed(data):
    return zstandard.compress(data)


BIG = bytes(1001)
DAMAGED = [
    ("a chunk beyond the limit", chunk(MESSAGE, size=1001), 0, "holds 1,001 B"),
    ("a bomb", chunk(b"", compression=b"zstd", size=10, data=squeezed(bytes(10**6))), 0, "has another size"),
    ("a compression of somebody else", chunk(MESSAGE, compression=b"br\x1b"), 0, r"compressed with 'br\x1b'"),
    ("noise", chunk(MESSAGE, compression=b"zstd", data=b"noise"), 0, "is damaged"),
    ("noise as lz4", chunk(MESSAGE, compression=b"lz4", data=b"noise" * 9), 0, "is damaged"),
    ("a wrong checksum", chunk(MESSAGE, crc=1), 0, "does not match its checksum"),
    ("a chunk too short for its head", record(Op.CHUNK, bytes(20)), 0, "is damaged"),
    ("a chunk that is cut inside", chunk(MESSAGE + MESSAGE[:-1]), 1, "last records are damaged"),
    ("zeros in a chunk", chunk(MESSAGE + bytes(100)), 1, "last records are damaged"),
]


@pytest.mark.parametrize("block", [5, 1 << 20])
@pytest.mark.parametrize(("damage", "good", "words"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_damage_costs_itself(damage, good, words, block):
    """What is damaged or too large is passed over with a sentence; what comes behind it is read."""
    found, records = read(MAGIC + HEADER + damage + MESSAGE + FOOTER, block=block)
    assert [opcode for opcode, _ in found] == [Op.HEADER, *[Op.MESSAGE] * (good + 1), Op.FOOTER]
    (fault,) = records.faults
    assert words in fault
    assert records.is_whole


def test_a_record_beyond_the_limit():
    """It is passed over as it comes, without being kept."""
    found, records = read(MAGIC + HEADER + record(Op.MESSAGE, BIG) + MESSAGE + FOOTER, block=100)
    assert [opcode for opcode, _ in found] == [Op.HEADER, Op.MESSAGE, Op.FOOTER]
    assert "a record of 1,001 B at byte 25" in records.faults[0]


def test_a_length_that_is_a_lie():
    """A record that would be longer than the file is a cut, whatever it claims, and takes no memory."""
    lie = struct.pack("<BQ", Op.MESSAGE, (1 << 64) - 1)
    found, records = read(MAGIC + HEADER + lie + MESSAGE)
    assert len(found) == 1
    assert "a record of 18,446,744,073,709,551,615 B" in records.faults[0]
    assert "cut off" in records.faults[1]


@pytest.mark.parametrize("block", [5, 1 << 20])
def test_records_that_nobody_reads(block):
    """Attachments and indexes are passed over, however large they are."""
    found, records = read(MAGIC + HEADER + record(Op.ATTACHMENT, BIG) + MESSAGE + FOOTER, block=block)
    assert [opcode for opcode, _ in found] == [Op.HEADER, Op.MESSAGE, Op.FOOTER]
    assert records.faults == []


def test_faults_are_counted_up_to_a_limit():
    """A file with a fault in each of its records does not fill the memory with sentences."""
    _, records = read(MAGIC + chunk(MESSAGE, crc=1) * 1000 + FOOTER)
    assert len(records.faults) == 20


@pytest.mark.parametrize("compression", CompressionType)
def test_files_of_another_writer(compression):
    """What the `mcap` package writes is read, with each of its compressions."""
    out = BytesIO()
    writer = Writer(out, chunk_size=200, compression=compression)
    writer.start("other")
    channel = writer.register_channel("/a", "json", writer.register_schema("s", "jsonschema", b"{}"))
    for number in range(50):
        writer.add_message(channel, number, b'{"a":1}', number)
    writer.finish()
    found, records = read(out.getvalue())
    assert [opcode for opcode, _ in found].count(Op.MESSAGE) == 50
    assert records.is_whole
    assert not records.faults


@given(st.integers(0, 20), st.binary(max_size=80))
def test_parsing_never_raises(opcode, body):
    """Any bytes as the body of any record give a value or none."""
    parsed(opcode, body)


@given(st.binary(max_size=200), st.integers(1, 50))
def test_noise_never_raises(noise, block):
    """Behind the magic anything may come."""
    read(MAGIC + noise, block=block)
