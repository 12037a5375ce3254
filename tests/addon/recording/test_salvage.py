"""All records that are whole in a damaged file."""

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.opcode import Opcode as Op
from tests.addon.recording.sessions import SERVER, Line, plain, trading_day, write

from paperknife.recording.records import RecordingError
from paperknife.recording.salvage import Salvage
from paperknife.recording.shapes import MAGIC


def salvaged(data):
    """All records, and the salvage that found them."""
    salvage = Salvage(io.BytesIO(data), len(data))
    return list(salvage), salvage


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A plain file, a packed one and one of several chunks, as bytes."""
    folder = tmp_path_factory.mktemp("files")
    noise = random.Random(5)
    large = [Line().raw(400 + number, SERVER, noise.randbytes(400_000)) for number in range(9)]
    return {
        "plain": plain(folder / "a.mcap", trading_day()).read_bytes(),
        "packed": write(folder / "b.mcap", trading_day()).read_bytes(),
        "chunks": write(folder / "c.mcap", [*trading_day(), *large]).read_bytes(),
    }


def messages(records):
    return [body for opcode, body in records if opcode == Op.MESSAGE]


@pytest.mark.parametrize("name", ["plain", "packed", "chunks"])
def test_a_file_without_damage(files, name):
    """Everything is found and nothing is lost; only a plain file has no end."""
    records, salvage = salvaged(files[name])
    assert len(messages(records)) >= len(trading_day())
    assert (salvage.losses, salvage.cut, salvage.is_whole) == ([], 0, name != "plain")


def test_a_plain_file_that_was_cut_anywhere(files):
    """What is before the cut is found, the rest of a record is no loss."""
    data = files["plain"]
    all_records, _ = salvaged(data)
    for cut in [*range(len(MAGIC), 300), *range(len(data) - 300, len(data))]:
        records, salvage = salvaged(data[:cut])
        assert records == all_records[: len(records)]
        assert salvage.losses == []
        assert sum(9 + len(body) for _, body in records) + salvage.cut == cut - len(MAGIC)


def test_a_wrong_byte_in_the_head_of_a_record(files):
    """That record is lost, or the one whose length was wrong, and all others are found."""
    data = files["plain"]
    all_records, _ = salvaged(data)
    starts = [len(MAGIC)]
    for _, body in all_records:
        starts.append(starts[-1] + 9 + len(body))
    for at in starts[6:30]:
        for place in (0, 1, 3, 7):
            damaged = bytearray(data)
            damaged[at + place] ^= 0x80
            records, salvage = salvaged(bytes(damaged))
            missing = [each for each in all_records if each not in records]
            assert len(missing) <= 2, (at, place)
            assert all(each in all_records for each in records), (at, place)
            assert salvage.losses


def test_zeros_in_the_middle(files):
    """As a disk leaves them after a power failure: what is before and behind them is found, and the place is told."""
    data = bytearray(files["plain"])
    middle = len(data) - 1000
    data[middle : middle + 300] = bytes(300)
    records, salvage = salvaged(bytes(data))
    (loss,) = salvage.losses
    assert loss.offset - 100 < middle < middle + 300 <= loss.offset + loss.size  # the first may be within a message
    assert len(messages(records)) > len(trading_day()) - 10
    assert str(loss).startswith(f"At byte {loss.offset:,}: {loss.size:,} B are lost")


def chunk_starts(data):
    """Offsets of the chunks of a file."""
    at, found = len(MAGIC), []
    while data[at] != Op.DATA_END:
        if data[at] == Op.CHUNK:
            found.append(at)
        at += 9 + int.from_bytes(data[at + 1 : at + 9], "little")
    return found


def test_a_wrong_byte_in_a_chunk(files):
    """Its checksum tells: the chunk is lost as a whole, its index tells how many messages, all others are found."""
    all_messages = messages(salvaged(files["chunks"])[0])
    starts = chunk_starts(files["chunks"])
    assert len(starts) > 1
    for start in starts:
        data = bytearray(files["chunks"])
        data[start + 200] ^= 1
        records, salvage = salvaged(bytes(data))
        (loss,) = salvage.losses
        assert (loss.offset, salvage.is_whole) == (start, True)
        assert len(messages(records)) + loss.messages == len(all_messages)
        assert "with" in str(loss)


def test_bytes_that_are_missing_in_a_chunk(files):
    """The next chunk is found although no length leads to it."""
    data = files["chunks"]
    start = chunk_starts(data)[0]
    records, salvage = salvaged(data[: start + 500] + data[start + 550 :])
    (loss,) = salvage.losses
    assert loss.offset == start
    assert messages(records)
    assert salvage.is_whole


def test_a_damaged_summary_is_no_loss(files):
    """It is made anew."""
    data = bytearray(files["packed"])
    data[-300:-250] = bytes(50)
    assert salvaged(bytes(data))[1].losses == []


def test_a_damaged_beginning(files):
    """The first records that are whole are found."""
    records, salvage = salvaged(b"\0" * 20 + files["plain"][20:])
    assert len(messages(records)) >= len(trading_day())
    assert salvage.losses[0].offset == 0


@pytest.mark.parametrize("data", [b"x", b"hello, world" * 1000, bytes(100_000), b"\x05" + bytes(8)])
def test_what_is_no_recording(data):
    """A sentence."""
    with pytest.raises(RecordingError, match="No record of a recording was found"):
        salvaged(data)


@settings(max_examples=150)
@given(st.data())
def test_any_damage(files, data):
    """No exception but the one, and never more than there was."""
    content = bytearray(files[data.draw(st.sampled_from(["plain", "packed"]))])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 60))] = data.draw(st.binary(max_size=60))
    try:
        records, salvage = salvaged(bytes(content))
    except RecordingError:
        return
    assert len(records) < 500
    assert all(loss.offset + loss.size <= len(content) for loss in salvage.losses)
