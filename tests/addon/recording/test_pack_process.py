"""A process that packs one file."""

from __future__ import annotations

import subprocess
import sys

from paperknife.recording.reading import Recording


def test_it_packs_a_file_in_its_place(record, tmp_path) -> None:
    """And says by its status whether it could."""
    path = record(packed=False)
    command = [sys.executable, "-m", "paperknife.recording.pack_process"]
    assert subprocess.run([*command, path], check=False).returncode == 0
    recording = Recording(path)
    assert list(recording)
    assert recording.cut is None
    assert subprocess.run([*command, tmp_path / "none"], check=False).returncode == 1
    assert subprocess.run([*command, path], check=False).returncode == 1  # it is packed already
