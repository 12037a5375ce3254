"""What the user is told of recordings at their end, and what takes its time there."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from paperknife.proxy import finishing as module
from paperknife.proxy.finishing import finish_recordings, summary_lines
from paperknife.recording.recorder import Missing


def recorder(*paths: Path, missing: Missing | None = None, deleted: int = 0, fault: str = "") -> SimpleNamespace:
    """A recorder at its end."""
    segments = [SimpleNamespace(path=path, is_there=path.exists(), size=1000, fault=fault) for path in paths]
    shelf = SimpleNamespace(segments=segments, deleted=deleted, keep=len(paths), finish=lambda report: None)
    return SimpleNamespace(shelf=shelf, messages_written=1234, missing=missing)


NOON_NS = int(time.mktime((2026, 3, 4, 12, 30, 45, 0, 0, -1)) * 1e9)


def test_what_is_missing_is_told(tmp_path) -> None:
    """Since when, how much, and why; and the exit status says no."""
    found = recorder(tmp_path / "gone", missing=Missing(NOON_NS, "The disk is full.", 5))
    assert list(summary_lines(found)) == [
        f"  {tmp_path / 'gone'} is not there any more: it was moved, deleted or replaced.",
        "! 5 messages from 12:30:45.000 on are not recorded. The disk is full.",
    ]
    recordings = SimpleNamespace(recorders=[found], stop=lambda: None, finish=lambda report: None)
    assert finish_recordings(recordings) == 1
    found.missing.messages = 0
    assert finish_recordings(recordings) == 0


def test_what_stays_unpacked_is_told(tmp_path) -> None:
    """With the reason."""
    (tmp_path / "x").touch()
    lines = list(summary_lines(recorder(tmp_path / "x", fault="No space left on device")))
    assert lines[1] == f"  {tmp_path / 'x'} stays unpacked, and can be read as it is: No space left on device."


def test_ctrl_c_ends_the_packing_alone(tmp_path, capsys) -> None:
    """The summary comes all the same, and Ctrl-C then does what it did before."""
    (tmp_path / "x").touch()
    before = signal.getsignal(signal.SIGINT)

    def interrupt(report: object) -> None:
        signal.raise_signal(signal.SIGINT)

    found = recorder(tmp_path / "x")
    assert finish_recordings(SimpleNamespace(recorders=[found], stop=lambda: None, finish=interrupt)) == 0
    err = capsys.readouterr().err
    assert "Packing ended: what is not packed is larger than need be, and can be read as it is." in err
    assert f"Recorded 1,234 messages in {tmp_path / 'x'} (1.0 kB)." in err
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.parametrize("lively", [True, False])
def test_packing_that_takes_long_says_how_far_it_is(lively, capsys, monkeypatch) -> None:
    """On a terminal in one line that changes, else once a file."""
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    progress = module.Progress()
    progress.lively = lively
    for done in (10, 10, 50, 100):
        progress.report(Path("x.mcap"), done, 100)
    progress.end()
    err = capsys.readouterr().err
    line = "Packing x.mcap (100 B; Ctrl-C leaves it as it is)"
    assert err.count(line) == (3 if lively else 1)
    assert ("50 %" in err) == lively
