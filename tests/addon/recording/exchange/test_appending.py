"""Many files that are appended to in turn."""

from __future__ import annotations

import stat

from paperknife.recording.exchange.appending import Appending


def test_more_files_than_are_open_at_a_time(tmp_path):
    """Each file gets its own parts in their order, however often it was closed in between."""
    files = Appending(tmp_path, most_open=2)
    for part in range(3):
        for name in "abcde":
            files.append(name, f"{name}{part} ".encode())
    files.close()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        name: f"{name}0 {name}1 {name}2 " for name in "abcde"
    }


def test_nobody_else_reads_them(tmp_path):
    """Files are made for their owner alone."""
    files = Appending(tmp_path)
    files.append("a", b"x")
    assert stat.S_IMODE(files.finish("a").stat().st_mode) == 0o600


def test_a_file_is_complete_once_it_is_finished(tmp_path):
    """What was appended is in the file, and a name that was never used leads nowhere."""
    files = Appending(tmp_path)
    files.append("a", b"x" * 100)
    assert files.finish("a").read_bytes() == b"x" * 100
    assert not files.finish("b").exists()
    files.close()
