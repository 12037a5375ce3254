"""What comes before a time is passed over by the indexes: all that follows means the same, and little is read."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from tests.addon.recording.test_reading import rewritten

from paperknife.recording import packing, seeking
from paperknife.recording.items import Closed, Opened
from paperknife.recording.reading import Recording, RecordingError
from paperknife.recording.records import LIMITS
from paperknife.recording.seeking import read_index
from paperknife_decoders.message import Message

START_NS = 1_900_000_000_000_000_000
SECOND = 10**9
DAYS = 12
"""Sessions one after the other, each of three seconds and on connections of its own."""


@pytest.fixture
def small(monkeypatch):
    """Chunks of a few messages, and none read before the one that is always."""
    monkeypatch.setattr(packing, "CHUNK", 1000)
    monkeypatch.setattr(seeking, "RUN_IN_NS", 0)


def moved(item, day):
    """An item of the session, on another connection and later."""
    later = day * 3 * SECOND
    if isinstance(item, Opened | Closed):
        number, time_ns = item.connection.number + 2 * day, item.connection.time_ns + later
        item = replace(item, connection=replace(item.connection, number=number, time_ns=time_ns))
        if isinstance(item, Opened):
            return item
        return replace(item, close=replace(item.close, time_ns=item.close.time_ns + later))
    if hasattr(item, "connection"):
        return replaced(item, connection=item.connection + 2 * day, time_ns=item.time_ns + later)
    return replaced(item, time_ns=item.time_ns + later)


def replaced(item, **values):
    """A copy of an item; of a message with what is known of it."""
    if not isinstance(item, Message):
        return replace(item, **values)
    copy = Message(values["connection"], item.direction, values["time_ns"], item.opcode, item.content, item.reader)
    copy.fate, copy.original, copy.masked = item.fate, item.original, item.masked
    return copy


@pytest.fixture
def days(tape, record, small):
    """A recording in many chunks."""
    return record([moved(item, day) for day in range(DAYS) for item in tape.session()])


def told(item):
    """All that there is to an item."""
    if not isinstance(item, Message):
        return item
    payloads = [each.payload for each in item.envelopes]
    about = item.connection, item.direction, item.time_ns, item.opcode, item.content
    return *about, item.fate, item.original, tuple(item.masked), payloads


@pytest.mark.parametrize("after", [0, 1, 2.999, 8, 8.95, 20, 20.902, 35.95, 36, 10_000])
def test_everything_but_messages_well_before_the_time_comes(days, after):
    """In its order and as it is, and those that do not come are counted."""
    start_ns = START_NS + int(after * SECOND)
    everything = list(Recording(days))
    recording = Recording(days)
    assert recording.begin_ns
    assert recording.loaded.schema is not None
    passed = recording.since(start_ns)
    found = list(recording)
    gone = Counter(map(str, map(told, everything))) - Counter(map(str, map(told, found)))
    left_out = [item for item in everything if gone[str(told(item))] and isinstance(item, Message)]
    assert gone.total() == passed.total() == len(left_out)
    assert all(item.time_ns < start_ns for item in left_out)
    assert [told(item) for item in found] == [told(item) for item in everything if not gone[str(told(item))]]
    assert Counter((key.connection, key.direction) for key in passed.elements()) == Counter(
        (item.connection, item.direction) for item in left_out
    )
    assert (recording.cut, recording.faults) == (None, [])
    if after > 3:
        assert passed.total() > (min(after, 36) // 3 - 1) * 8


def test_chunks_that_tell_nothing_are_not_read(tape, record, small):
    """Whatever is in them."""
    ticks = [tape.message(tape_side(tape), "market_data", {"sequence": 100_000 + n}, n) for n in range(1000)]
    path = record([Opened(tape.connection()), *ticks])
    data = bytearray(path.read_bytes())
    chunks = read_index(path, LIMITS).chunks
    last_told = max(place for place, chunk in enumerate(chunks) if 0 in chunk.message_index_offsets)
    assert last_told < 5
    for chunk in chunks[last_told + 1 : -5]:
        end = chunk.chunk_start_offset + chunk.chunk_length + chunk.message_index_length
        data[chunk.chunk_start_offset : end] = bytes(end - chunk.chunk_start_offset)
    path.write_bytes(data)
    recording = Recording(path)
    read: list[int] = []
    passed = recording.since(START_NS + 999 * 10**6, read.append)
    items = list(recording)
    assert told(items[-1]) == told(ticks[-1])
    assert passed.total() + len(items) - 1 == 1000
    assert (recording.cut, recording.faults) == (None, [])
    assert 0 < sum(read) <= len(data)


def tape_side(tape):
    """The direction of market data."""
    return tape.session()[2].direction


def test_one_reads_a_little_before_the_time(days, monkeypatch):
    """So that a response tells how long ago its request was; by the clock, and not too much of it."""
    index = read_index(days, LIMITS)
    at = index.chunks[40].message_end_time
    assert index.first(at) in (38, 39)
    monkeypatch.setattr(seeking, "RUN_IN_NS", 8 * SECOND)
    assert index.first(at) < 38
    monkeypatch.setattr(seeking, "RUN_IN_NS", 10**6 * SECOND)
    assert 40 - index.first(at) in (seeking.MOST_RUN_IN, seeking.MOST_RUN_IN + 1)


@pytest.mark.parametrize("kind", ["plain", "cut", "another tool", "empty", "text", "missing", "folder"])
def test_files_without_an_index_of_ours_are_read_whole(days, tape, tmp_path, kind):
    """Nothing is passed over in them."""
    path, whole = tmp_path / "other.mcap", days.read_bytes()
    data = {"plain": tape.plain(), "cut": whole[:-1], "another tool": rewritten(whole), "empty": b"", "text": b"text"}
    if kind in data:
        path.write_bytes(data[kind])
    elif kind == "folder":
        path.mkdir()
    assert read_index(path, LIMITS) is None
    if kind in ("plain", "cut", "another tool"):
        recording = Recording(path)
        assert not recording.since(START_NS + 30 * SECOND)
        assert list(map(told, recording)) == list(map(told, Recording(path)))


def test_the_standard_input_has_no_index(days, tmp_path, monkeypatch):
    """Not even where a file is called as it is."""
    monkeypatch.chdir(tmp_path)
    days.rename("-")
    assert not Recording("-", read=lambda size: b"").since(START_NS + 30 * SECOND)


@pytest.mark.parametrize("seed", range(150))
def test_an_index_that_lies(days, seed):
    """A damaged file gives what can be read, or a sentence."""
    dice = random.Random(seed)
    data = bytearray(days.read_bytes())
    summary = data.index(b"paperknife.summary")
    for _ in range(dice.choice([1, 3, 20])):
        at = dice.randrange(summary if seed % 3 else 0, len(data))
        data[at] = dice.choice([0, 1, 255, dice.randrange(256)])
    days.write_bytes(data)
    try:
        recording = Recording(days)
        recording.since(START_NS + dice.randrange(40) * SECOND)
        assert len(list(recording)) < DAYS * 20
    except RecordingError as error:
        assert str(error)
