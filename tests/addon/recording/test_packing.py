"""The final form of a recording."""

from __future__ import annotations

import stat

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st
from mcap.reader import make_reader
from mcap.records import Message
from mcap.stream_reader import StreamReader

from paperknife.recording import packing
from paperknife.recording.packing import pack
from paperknife.recording.reading import Recording
from paperknife.recording.records import RecordingError
from paperknife_decoders.message import Direction

SERVER = Direction.SERVER


def found(path) -> list:
    """All items, so that they can be compared."""
    return [
        (item.time_ns, item.content, item.opcode, item.fate, item.original, tuple(item.masked))
        if hasattr(item, "content")
        else item
        for item in Recording(path)
    ]


@pytest.mark.parametrize("chunk", [200, 5000, 1 << 20])
def test_packing_changes_nothing_of_what_is_read(chunk, record, monkeypatch) -> None:
    """One of everything, in chunks of any size; and the packed file is whole."""
    plain = record(packed=False, name="plain.mcap")
    before = found(plain)
    monkeypatch.setattr(packing, "CHUNK", chunk)
    packed = plain.with_name("packed.mcap")
    result = pack(plain, packed)
    assert found(packed) == before
    recording = Recording(packed)
    assert list(recording)
    assert recording.cut is None
    assert result.size == packed.stat().st_size
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    assert sorted(path.name for path in plain.parent.iterdir()) == ["packed.mcap", "plain.mcap"]


def test_other_readers_take_it(record, monkeypatch) -> None:
    """The mcap package's own, with all checksums, the index and the counts."""
    monkeypatch.setattr(packing, "CHUNK", 300)
    path = record()
    with path.open("rb") as file:
        streamed = [each for each in StreamReader(file, validate_crcs=True).records if isinstance(each, Message)]
        file.seek(0)
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        indexed = [message for _, _, message in reader.iter_messages(log_time_order=False)]
        one = [message for _, _, message in reader.iter_messages(topics=["/2/client"])]
    assert sorted(indexed, key=lambda each: each.sequence) == streamed
    assert summary.statistics.message_count == len(streamed)
    assert summary.statistics.chunk_count == len(summary.chunk_indexes) > 1
    assert sum(summary.statistics.channel_message_counts.values()) == len(streamed)
    assert len(one) == 1


@pytest.mark.parametrize("packed", [True, False])
def test_numeric_fields_can_be_drawn_with_no_help_from_us(packed, record) -> None:
    """A tool that knows MCAP and Protobuf finds the schema in the file, in its final form and while it is recorded."""
    path = record(packed=packed)
    sequences = []
    with path.open("rb") as file:
        records = StreamReader(file).records if packed else plain_records(file)
        schemas, channels, classes = {}, {}, {}
        for each in records:
            kind = type(each).__name__
            if kind == "Schema":
                schemas[each.id] = each
            elif kind == "Channel":
                channels[each.id] = each
            elif kind == "Message" and channels[each.channel_id].message_encoding == "protobuf":
                schema = schemas[channels[each.channel_id].schema_id]
                assert schema.encoding == "protobuf"
                message = classes.setdefault(schema.id, message_class(schema)).FromString(each.data)
                if schema.name == "trading.v1.ServerMessage" and message.HasField("market_data"):
                    sequences.append(message.market_data.sequence)
    assert sequences == [41, 42, 43]


def plain_records(file):
    """The records of a file that has no end."""
    try:
        yield from StreamReader(file).records
    except Exception as error:  # its own kind of end of file
        assert type(error).__name__ == "EndOfFile"


def message_class(schema):
    """As any reader of MCAP makes it."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(schema.data).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(schema.name))


@given(data=st.data())
def test_a_file_that_was_cut_is_packed_up_to_the_cut(data, tape, tmp_path_factory) -> None:
    """Wherever it was."""
    whole = tape.plain()
    at = data.draw(st.integers(min_value=600, max_value=len(whole)))
    path = tmp_path_factory.mktemp("cut") / "cut.mcap"
    path.write_bytes(whole[:at])
    before = found(path)
    pack(path, path)
    assert found(path) == before


NO_RECORDINGS = {
    "empty": b"",
    "text": b"What is this?" * 10,
    "packed": None,
    "huge": b"\x89MCAP0\r\n" + b"\x05" + (1 << 60).to_bytes(8, "little") + bytes(100),
}


@pytest.mark.parametrize("content", NO_RECORDINGS.values(), ids=NO_RECORDINGS)
def test_what_is_no_plain_recording_stays_as_it_is(content, record, tmp_path) -> None:
    """A sentence says so, and nothing is left behind."""
    path = record() if content is None else tmp_path / "x"
    if content is not None:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="A plain recording was expected"):
        pack(path, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_leaves_the_plain_file(record, tmp_path, monkeypatch) -> None:
    """And nothing else."""
    monkeypatch.setattr(packing, "CHUNK", 300)
    path = record(packed=False)
    before = path.read_bytes()

    def interrupt(done: int, of: int) -> None:
        assert 0 < done <= of == len(before)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(path, path, interrupt)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_kill_left_is_no_hindrance(record) -> None:
    """The hidden file of a packing that was killed is made anew."""
    path = record(packed=False)
    packing.part_of(path).write_bytes(b"half")
    pack(path, path)
    assert not packing.part_of(path).exists()
