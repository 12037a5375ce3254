"""A process that packs files."""

from __future__ import annotations

import os
import subprocess
import sys

from paperknife.recording.reading import Recording


def test_it_packs_files_in_their_place(record, tmp_path) -> None:
    """And says of each whether it could, whatever it is called."""
    path = record(packed=False)
    path = path.rename(path.with_name("new\nline \udce4.mcap"))
    files = (path, tmp_path / "none", path)
    lines = "".join(f"{os.fsencode(file).hex()}\n" for file in files)
    command = [sys.executable, "-m", "paperknife.recording.pack_process"]
    done = subprocess.run(command, check=False, input=lines, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "011", "")  # the last one is packed already
    recording = Recording(path)
    assert list(recording)
    assert recording.cut is None
