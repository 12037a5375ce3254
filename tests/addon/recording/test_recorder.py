"""The recorder, and what becomes of it when the disk does not want any more."""

from __future__ import annotations

import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from paperknife.recording.items import Closed, Opened
from paperknife.recording.reading import Recording
from paperknife.recording.recorder import LOOK_NS, Recorder
from paperknife.recording.records import RecordingError
from paperknife.recording.segments import RecordPlan, Split
from paperknife.traffic import Batch, Close, Piece
from paperknife_decoders.message import Direction, Message, Opcode

SERVER = Direction.SERVER
NOW = time.time_ns()
NOBODY = 65534


def batch(tape, *contents: bytes, at: int = NOW, opcode: Opcode = Opcode.BINARY) -> Batch:
    """Messages of the server."""
    return Batch(1, SERVER, at, [opcode] * len(contents), contents, tape.loaded.protocol.reader())


def contents(*paths) -> list[bytes]:
    """Those of all messages."""
    return [item.content for path in paths for item in Recording(path) if isinstance(item, Message)]


@pytest.fixture
def recorder(tmp_path) -> Callable[..., tuple[Recorder, list[str]]]:
    """`recorder(split)` records into ``x.mcap``; what it says is kept."""

    def make(split: Split = Split(), keep: int = 0, **more) -> tuple[Recorder, list[str]]:  # noqa: B008
        said: list[str] = []
        plan = RecordPlan(str(tmp_path / "folder" / "x.mcap"), split, keep)
        (tmp_path / "folder").mkdir(exist_ok=True)
        return Recorder(plan, {"program": "test"}, said.append, **more), said

    return make


def test_what_it_was_told_is_in_the_file_at_once(recorder, tape, tmp_path) -> None:
    """After each call; control frames are no messages in its count."""
    made, said = recorder()
    path = tmp_path / "folder" / "x.mcap"
    connection = tape.connection()
    made.opened(connection)
    made.messages(batch(tape, b"\n\x00", b"\xff"))
    assert contents(path) == [b"\n\x00", b"\xff"]
    made.messages(batch(tape, b"p", opcode=Opcode.PING))
    made.piece(Piece(1, SERVER, NOW, Opcode.BINARY, b"x", 0, False))
    made.piece(Piece(1, SERVER, NOW, Opcode.BINARY, b"", 1, True))
    made.notice("Hear, hear.", warning=True)
    made.closed(connection, Close(1000, "", SERVER, NOW))
    kinds = [type(item).__name__ for item in Recording(path)]
    assert kinds == ["Opened", "Message", "Message", "Message", "Piece", "Piece", "Noticed", "Closed"]
    assert made.messages_written == 3
    assert (said, made.missing) == ([], None)


def test_a_size_begins_the_next_file(recorder, tape, tmp_path) -> None:
    """Which tells of the connections that are open; together the files hold everything, in order."""
    made, _ = recorder(Split(size=40_000))
    made.opened(tape.connection(1))
    made.opened(tape.connection(2))
    made.closed(tape.connection(2), Close(1000, "", SERVER, NOW))
    sent = [b"\n\x02\x10%c" % (number % 128) for number in range(3000)]
    for content in sent:
        made.messages(batch(tape, content))
    made.stop()
    made.shelf.finish(lambda path, done, of: None)
    paths = sorted((tmp_path / "folder").iterdir())
    assert len(paths) > 2
    assert contents(*paths) == sent
    for path in paths[1:]:
        opened = [item for item in Recording(path) if isinstance(item, Opened)]
        assert [(item.connection.number, item.resumed) for item in opened] == [(1, True)]
        assert not any(isinstance(item, Closed) for item in Recording(path))


def test_a_time_begins_the_next_file(recorder, tape, tmp_path) -> None:
    """Counted from when the file began, by the time of what comes."""
    made, _ = recorder(Split(time_ns=10**9))
    now = made.began_ns
    for second in (0.0, 0.5, 1.2, 1.9, 2.1, 2.3):
        made.messages(batch(tape, b"%.1f" % second, at=now + int(second * 1e9)))
    paths = sorted((tmp_path / "folder").iterdir())
    assert [contents(path) for path in paths] == [[b"0.0", b"0.5"], [b"1.2", b"1.9", b"2.1"], [b"2.3"]]


def test_a_time_begins_the_next_file_though_nothing_comes(recorder, tape, tmp_path) -> None:
    """So that the one before is packed; the next one waits for what comes, however long that takes."""
    made, _ = recorder(Split(time_ns=10**9))
    folder, now = tmp_path / "folder", made.began_ns
    made.opened(replace(tape.connection(), time_ns=now))
    made.messages(batch(tape, b"1", at=now))
    made.tidy(now + 10**9 - 1)
    assert len(list(folder.iterdir())) == 1
    for second in range(1, 60):
        made.tidy(now + second * 10**9)
        made.shelf.look(wait=True)
    first, second_file = sorted(folder.iterdir())
    recording = Recording(first)
    assert (len(list(recording)), recording.cut) == (2, None)
    assert [type(item).__name__ for item in Recording(second_file)] == ["Opened"]
    made.messages(batch(tape, b"2", at=now + 59 * 10**9 + 1))
    made.tidy(now + 60 * 10**9 - 1)
    assert [contents(path) for path in sorted(folder.iterdir())] == [[b"1"], [b"2"]]
    made.tidy(now + 60 * 10**9)
    assert len(list(folder.glob("*.mcap"))) == 3


def test_silence_makes_no_files(recorder, tape, tmp_path) -> None:
    """Not where what a file begins with is larger than it may grow, either."""
    made, _ = recorder(Split(size=1000), open_already=[tape.connection(number) for number in range(1, 50)])
    assert made.journal.size > 1000
    for second in range(60):
        made.tidy(made.began_ns + second * 10**9)
    assert len(list((tmp_path / "folder").iterdir())) == 1


def test_where_no_next_file_can_be_made_in_a_silence_it_is_told_at_once(recorder, tape, tmp_path) -> None:
    """As at any other time; and what comes later is counted as missing."""
    made, said = recorder(Split(time_ns=10**9))
    now = made.began_ns
    made.messages(batch(tape, b"1", at=now))
    shutil.rmtree(tmp_path / "folder")
    made.tidy(now + 10**9)
    assert len(said) == 1
    assert "A folder for the recording was expected" in said[0]
    made.messages(batch(tape, b"2", b"3", at=now + 2 * 10**9))
    assert (made.missing.since_ns, made.missing.messages) == (now + 10**9, 2)
    made.tidy(now + 3 * 10**9)
    assert len(said) == 1


def test_ids_that_run_out_begin_the_next_file(recorder, tape, tmp_path) -> None:
    """Also where nobody asked for a split."""
    made, _ = recorder()
    made.messages(batch(tape, b"1"))
    made.encoder.sequence = (1 << 32) - 5
    made.messages(batch(tape, b"2"))
    assert [contents(path) for path in sorted((tmp_path / "folder").iterdir())] == [[b"2"], [b"1"]]
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["x-0002.mcap", "x.mcap"]


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, not that of our own output either: it holds for a few lines only."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_ends_the_recording_and_nothing_else(recorder, tape, tmp_path) -> None:
    """It says so once, counts what is missing from when on, and what was written can be read and packed."""
    made, said = recorder()
    path = tmp_path / "folder" / "x.mcap"
    made.messages(batch(tape, b"1", b"2"))
    size = path.stat().st_size
    with at_most(size + 50):
        for number in range(5):
            made.messages(batch(tape, b"3", b"4", at=NOW + number))
        made.notice("Still here.")
    assert len(said) == 1
    assert said[0].startswith(f"Recording stopped: {path} could not be written: File too large.")
    assert (made.missing.since_ns, made.missing.messages, made.messages_written) == (NOW, 10, 2)
    assert path.stat().st_size == size
    assert contents(path) == [b"1", b"2"]
    made.stop()
    made.shelf.finish(lambda path, done, of: None)
    assert contents(path) == [b"1", b"2"]


def test_a_folder_that_is_removed_ends_it(recorder, tape, tmp_path) -> None:
    """It is looked at once a second, also where nothing comes: what was in the file counts as missing too."""
    made, said = recorder()
    made.messages(batch(tape, b"1"))
    shutil.rmtree(tmp_path / "folder")
    made.messages(batch(tape, b"2", at=made.look_ns - 1))
    assert said == []
    made.tidy(made.look_ns)
    assert len(said) == 1
    assert "was deleted while it was written" in said[0]
    made.messages(batch(tape, b"3", b"4", at=NOW + 3 * LOOK_NS))
    assert (made.missing.since_ns, made.missing.messages, made.messages_written) == (made.began_ns, 4, 0)
    made.shelf.finish(lambda path, done, of: None)
    assert made.shelf.segments[0].fault == "it was moved, deleted or replaced"


def test_no_next_file_ends_it(recorder, tape, tmp_path) -> None:
    """Where the folder has gone by the time that it is to begin."""
    made, said = recorder(Split(size=1000))
    made.messages(batch(tape, b"0" * 1000))
    shutil.rmtree(tmp_path / "folder")
    made.messages(batch(tape, b"1"))
    assert len(said) == 1
    assert "A folder for the recording was expected" in said[0]
    assert made.missing.messages == 1


@contextmanager
def denied(folder: Path) -> Iterator[None]:
    """Nobody may write into the folder; root, who always may, is somebody else for that time."""
    folder.chmod(0o555)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_permission_that_is_taken_away_ends_it(recorder, tape, tmp_path) -> None:
    """What was recorded before stays readable, the rest is counted as missing, and a proxy does not start without."""
    made, said = recorder(Split(size=1000))
    made.messages(batch(tape, b"0" * 1000))
    with denied(tmp_path / "folder"):
        made.messages(batch(tape, b"1", b"2"))
        with pytest.raises(RecordingError, match="Permission denied"):
            Recorder(RecordPlan(str(tmp_path / "folder" / "y.mcap")), {}, print)
    assert len(said) == 1
    assert "Permission denied" in said[0]
    assert (made.missing.messages, made.messages_written) == (2, 1)
    assert contents(*(tmp_path / "folder").iterdir()) == [b"0" * 1000]


def test_a_fault_of_our_own_ends_it(recorder, tape) -> None:
    """The traffic does not pay for it."""
    made, said = recorder()
    made.messages(Batch(1, SERVER, NOW, [99], [b"x"], tape.loaded.protocol.reader()))  # type: ignore[list-item]
    assert len(said) == 1
    assert "please report it" in said[0]


def test_no_first_file_is_an_error(recorder, tmp_path) -> None:
    """So that the proxy does not start without."""
    recorder()
    (tmp_path / "folder").rename(tmp_path / "other")
    plan = RecordPlan(str(tmp_path / "folder" / "x.mcap"))
    with pytest.raises(RecordingError, match="A folder for the recording was expected"):
        Recorder(plan, {}, print)
