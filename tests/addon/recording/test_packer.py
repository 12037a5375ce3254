"""The process that packs, seen from outside."""

from __future__ import annotations

import sys
import time

import pytest

from paperknife.recording.packer import Packer
from paperknife.recording.reading import Recording

PATIENCE = 60


def test_one_process_packs_one_file_after_the_other(record, tmp_path) -> None:
    """It says of each how it went, and ends when it is closed."""
    packer, path = Packer(), record(packed=False)
    assert packer.outcome() is None
    packer.pack(path)
    assert packer.outcome(wait=True) == 0
    assert Recording(path).cut is None
    packer.pack(tmp_path / "none")
    deadline = time.monotonic() + PATIENCE
    while (status := packer.outcome()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert status == 1
    packer.close()
    assert (packer.ended, packer.process.returncode) == (True, 0)


def test_what_is_begun_is_finished_before_it_ends(record) -> None:
    """Where nobody waits for it any more, too."""
    packer, path = Packer(), record(packed=False)
    packer.pack(path)
    packer.close()
    recording = Recording(path)
    assert list(recording)
    assert recording.cut is None


@pytest.mark.parametrize("before", [True, False])
def test_one_that_is_killed_says_so(record, before: bool) -> None:
    """Whenever that was."""
    packer, path = Packer(), record(packed=False)
    if before:
        packer.kill()
        packer.process.wait()
    packer.pack(path)
    packer.kill()
    assert packer.outcome(wait=True) in ((-9,) if before else (-9, 0))
    assert packer.outcome(wait=True) == -9 if not packer.ended else packer.process.returncode == -9


def test_one_that_cannot_be_started(monkeypatch) -> None:
    """It is an `OSError` for who wants it."""
    monkeypatch.setattr(sys, "executable", "/bin/there-is-no-such-program")
    with pytest.raises(OSError, match="No such file"):
        Packer()
