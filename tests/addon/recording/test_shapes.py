"""What the records of a file look like."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcap.opcode import Opcode as Op
from mcap.records import Channel, Header, Metadata, Schema
from tests.addon.recording.sessions import plain, trading_day, write

from paperknife.recording.encoder import record
from paperknife.recording.records import Records
from paperknife.recording.shapes import HEAD, LARGEST, fits, indexed, inflated_partly

MESSAGE = struct.pack("<HIQQ", 1, 1, 5, 5)


def body(of):
    return record(of)[HEAD.size :]


FITTING = [
    (Op.MESSAGE, MESSAGE),
    (Op.MESSAGE, MESSAGE + b"content"),
    (Op.HEADER, body(Header("paperknife", "x"))),
    (Op.METADATA, body(Metadata("paperknife.session", {"a": "b"}))),
    (Op.SCHEMA, body(Schema(id=1, name="x", encoding="protobuf", data=b"x"))),
    (Op.CHANNEL, body(Channel(id=1, topic="x", message_encoding="json", metadata={}, schema_id=0))),
    (Op.DATA_END, bytes(4)),
    (Op.FOOTER, bytes(20)),
    (Op.MESSAGE_INDEX, struct.pack("<HI", 1, 32) + bytes(32)),
]


@pytest.mark.parametrize(("opcode", "content"), FITTING)
def test_records_fit(opcode, content):
    """Each as it is, and none with a byte less than it needs."""
    assert fits(opcode, len(content), content)
    shortest = {Op.MESSAGE: len(MESSAGE)}.get(opcode, len(content))
    assert not fits(opcode, shortest - 1, content[: shortest - 1])


NOT_FITTING = [
    (0, b""),
    (16, b"x"),
    (137, b"MCAP0\r\n"),
    (Op.HEADER, b"\xff\xff\xff\xff\xff"),
    (Op.MESSAGE_INDEX, struct.pack("<HI", 1, 31) + bytes(31)),
    (Op.MESSAGE_INDEX, struct.pack("<HI", 1, 16) + bytes(32)),
    (Op.CHUNK, bytes(10)),
    (Op.CHUNK, struct.pack("<QQQII", 5, 6, 10, 0, 4) + b"zstd" + struct.pack("<Q", 10) + bytes(9)),
    (Op.CHUNK, struct.pack("<QQQII", 5, 6, 10, 0, 1 << 31) + bytes(60)),
]


@pytest.mark.parametrize(("opcode", "content"), NOT_FITTING)
def test_other_bytes_do_not(opcode, content):
    """Opcodes that there are not, and sizes that do not add up."""
    assert not fits(opcode, len(content), content)


def test_a_length_beyond_all_reason():
    """No record is believed to be so large."""
    assert not fits(Op.MESSAGE, LARGEST + 1, MESSAGE)


@given(st.integers(0, 255), st.integers(0, 1 << 64), st.binary(max_size=100))
def test_it_never_raises(opcode, length, start):
    """Whatever stands there."""
    fits(opcode, length, start)
    inflated_partly(start, 1000)
    assert indexed(start) >= 0


def test_every_record_of_a_real_file_fits(tmp_path):
    """In both forms of a recording, those in chunks too."""
    for path in (write(tmp_path / "a.mcap", trading_day()), plain(tmp_path / "b.mcap", trading_day())):
        with path.open("rb") as file:
            records = Records(file.read, "x")
            for opcode, content in [*records.top_level()]:
                assert fits(opcode, len(content), content[:4096])


def test_a_chunk_whose_end_is_missing(tmp_path):
    """Its first records are there, as far as its bytes reach, and no more than the limit."""
    with write(tmp_path / "a.mcap", trading_day()).open("rb") as file:
        (chunk,) = [content for opcode, content in Records(file.read, "x").top_level() if opcode == Op.CHUNK]
    whole = inflated_partly(chunk, LARGEST)
    assert len(whole) == struct.unpack_from("<Q", chunk, 16)[0]
    for size in (0, 10, 40, 1000, len(chunk) - 1):
        assert whole.startswith(inflated_partly(chunk[:size], LARGEST))
    assert inflated_partly(chunk, 100) == whole[:100]
