"""A recording proxy before the real venue, in a process of its own: what a test says through it can be kept."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paperknife.recording.reading import RecordingError
from paperknife.replay.timeline import Session

__all__ = ["RecordingProxy", "RecordingProxyError", "Subject"]

URL = re.compile(r"^Put this URL into the client: (\S+)", re.MULTILINE)
"""How the proxy says where it listens."""

START_SECONDS = 30.0
PACK_SECONDS = 60.0
"""So long it may take at most to begin, and to end."""


class RecordingProxyError(Exception):
    """Nothing was recorded, and why: a sentence."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is recorded: the URL of the venue, how it is read, and from which folder."""

    url: str
    schema: tuple[str, ...] = ()
    protocol: str = ""
    folder: Path = Path()

    def arguments(self) -> list[str]:
        """As the command takes it. Secrets are masked, as ever."""
        schema = [word for path in self.schema for word in ("--schema", path)]
        protocol = ["--protocol", self.protocol] if self.protocol else []
        return ["--mode", f"reverse:{self.url}", "--listen-port", "0", *schema, *protocol]


class RecordingProxy:
    """Runs from `start` to `stop`; then `keep` puts the recording at `path`, in the place of what is there.

    It records into a folder beside `path` meanwhile. Raises `RecordingProxyError`.
    """

    def __init__(self, path: Path, subject: Subject) -> None:
        self.path = path
        self.subject = subject
        self.url = ""
        self.said = ""
        """What the proxy has shown so far: each message, and what went wrong."""
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Listen at `url`, from when this returns."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=".paperknife-", dir=self.path.parent))
        except OSError as error:
            raise RecordingProxyError(f"Nothing can be recorded in {self.path.parent}: {error.strerror}.") from None
        command: Sequence[str] = (*self.subject.arguments(), "--record", str(self._recorded))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "paperknife", "proxy", *command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.subject.folder,
                start_new_session=True,  # Ctrl-C is for the test; this process is ended by us
            )
        deadline = time.monotonic() + START_SECONDS
        while (found := URL.search(self._read())) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                self.discard()
                raise RecordingProxyError(f"The recording proxy did not start. It said: {self.said.strip()}")
            time.sleep(0.02)
        self.url = found[1]

    def stop(self) -> None:
        """End the proxy and every connection, and have the recording packed."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PACK_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._read()

    def keep(self) -> None:
        """Put what was recorded in its place."""
        try:
            if not Session([self._recorded]).has_connections():
                raise RecordingProxyError(f"The client never opened a WebSocket to {self.url}: nothing is recorded.")
            self._recorded.replace(self.path)
        except OSError as error:
            raise RecordingProxyError(f"The recording could not be put at {self.path}: {error.strerror}.") from None
        except RecordingError as error:
            raise RecordingProxyError(f"Nothing was recorded: {error}") from None
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _recorded(self) -> Path:
        assert self._folder is not None
        return self._folder / "session.mcap"

    @property
    def _log(self) -> Path:
        assert self._folder is not None
        return self._folder / "said.txt"

    def _read(self) -> str:
        self.said = self._log.read_text(errors="replace")
        return self.said
