"""Chunks, indexes, summary and checksums."""

from __future__ import annotations

from array import array

from mcap.reader import make_reader
from mcap.records import Channel, Header, Schema

from paperknife.recording.encoder import MESSAGE_HEAD, record
from paperknife.recording.journal import Journal
from paperknife.recording.packed_file import PackedFile, Sheaf


def message(channel: int, sequence: int, time_ns: int, content: bytes) -> bytes:
    """A record."""
    return MESSAGE_HEAD.pack(5, 22 + len(content), channel, sequence, time_ns, time_ns) + content


def test_a_reader_finds_messages_by_the_index(tmp_path) -> None:
    """In a file that was put together by hand, whose times are in no order."""
    schema = record(Schema(id=1, name="x", encoding="protobuf", data=b""))
    channel = record(Channel(id=7, topic="/x", message_encoding="protobuf", metadata={}, schema_id=1))
    file = PackedFile(Journal(tmp_path / "x"))
    file.write(record(Header("", "")))
    head = schema + channel
    one, two = message(7, 1, 500, b"one"), message(7, 2, 300, b"two")
    file.add_chunk(Sheaf(head + one + two, {7: array("Q", [500, len(head), 300, len(head + one)])}))
    file.add_chunk(Sheaf(message(7, 3, 900, b"three"), {7: array("Q", [900, 0])}))
    file.add_metadata("told", {"a": "b"})
    file.finish([schema], [channel])
    with (tmp_path / "x").open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        summary = reader.get_summary()
        assert [found.data for _, _, found in reader.iter_messages()] == [b"two", b"one", b"three"]
        assert [found.data for _, _, found in reader.iter_messages(topics=["/x"])][1:2] == [b"one"]
        assert [found.metadata for found in reader.iter_metadata()] == [{"a": "b"}]
    assert [(each.message_start_time, each.message_end_time) for each in summary.chunk_indexes] == [
        (300, 500),
        (900, 900),
    ]
    assert (summary.statistics.message_start_time, summary.statistics.message_end_time) == (300, 900)
    assert summary.statistics.channel_message_counts == {7: 3}


def test_a_file_with_nothing_in_it_is_whole(tmp_path) -> None:
    """Nothing passed, and that can be read too."""
    file = PackedFile(Journal(tmp_path / "x"))
    file.write(record(Header("", "")))
    file.finish([], [])
    with (tmp_path / "x").open("rb") as stream:
        assert list(make_reader(stream, validate_crcs=True).iter_messages()) == []
