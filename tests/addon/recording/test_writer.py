"""Writing a whole recording at once."""

from __future__ import annotations

import stat

import pytest

from paperknife.recording.reading import Recording
from paperknife.recording.records import RecordingError
from paperknife.recording.writer import RecordingWriter
from paperknife_decoders.message import Message


def comparable(items):
    """Items that can be compared."""
    return [
        (item.time_ns, item.content, item.opcode, item.fate, item.original, tuple(item.masked))
        if isinstance(item, Message)
        else item
        for item in items
    ]


def test_what_is_written_can_be_read(tape, tmp_path) -> None:
    """One of everything; the file is whole, its owner's alone, and there when all is written."""
    path = tmp_path / "x.mcap"
    with RecordingWriter(path, {"program": "test"}) as writer:
        for item in tape.session():
            writer.write(item)
        assert not path.exists()
    recording = Recording(path)
    assert comparable(recording) == comparable(tape.session())
    assert recording.cut is None
    assert recording.session == {"version": "1", "program": "test"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_over_unless_it_is_asked_for(tape, tmp_path) -> None:
    """Neither a file nor a link; and not one that came while we wrote."""
    path = tmp_path / "x.mcap"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        RecordingWriter(path)
    with RecordingWriter(path, overwrite=True):
        pass
    assert list(Recording(path)) == []
    other = tmp_path / "y.mcap"
    writer = RecordingWriter(other)
    other.write_bytes(b"new")
    with pytest.raises(FileExistsError):
        writer.close()
    assert other.read_bytes() == b"new"
    assert sorted(tmp_path.iterdir()) == [path, other]


def test_what_fails_leaves_nothing_behind(tape, tmp_path) -> None:
    """The old file stays."""
    path = tmp_path / "x.mcap"
    path.write_bytes(b"old")

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), RecordingWriter(path, overwrite=True) as writer:
        writer.write(tape.session()[0])
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_error(tmp_path) -> None:
    """Of the operating system's, for the command to put in words."""
    with pytest.raises(FileNotFoundError):
        RecordingWriter(tmp_path / "none" / "x.mcap")


def test_more_than_a_file_can_hold_is_an_error(tape, tmp_path) -> None:
    """Channels have ids of 16 bits."""
    with pytest.raises(RecordingError, match="cannot hold so many"), RecordingWriter(tmp_path / "x.mcap") as writer:
        writer.encoder.used_channels = 1 << 16
        writer.write(tape.session()[0])
    assert list(tmp_path.iterdir()) == []
