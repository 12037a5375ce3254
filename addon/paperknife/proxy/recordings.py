"""What is recorded: begins and ends with the options, at the start or at any time later."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from paperknife import __version__
from paperknife.proxy.audience import Audience
from paperknife.recording.recorder import Recorder
from paperknife.recording.segments import RecordPlan
from paperknife.traffic import Connection

__all__ = ["Recordings"]

logger = logging.getLogger(__name__)


class Recordings:
    """The recorders of one run, of which one at most records at a time; it is the first that is told of anything.

    `open_now` gives the connections that are open, `redact` how secrets are masked.
    """

    def __init__(
        self, audience: Audience, open_now: Callable[[], Iterable[Connection]], redact: Callable[[], str]
    ) -> None:
        self.audience = audience
        self.open_now = open_now
        self.redact = redact
        self.recorders: list[Recorder] = []
        self.plan: RecordPlan | None = None

    def use(self, plan: RecordPlan | None) -> None:
        """Record by this plan from now on; None for no more. Raises `RecordingError`, and all is as it was before."""
        if plan == self.plan:
            return
        current = self.audience.recorder
        if isinstance(current, Recorder) and plan and self.plan and plan.pattern == self.plan.pattern:
            current.use(plan)
        else:
            new = plan and Recorder(plan, self.session(), self.warn, self.open_now())
            self.stop()
            if new:
                self.recorders.append(new)
                self.audience.recorder = new
                self.audience.say(self.sentence())
        self.plan = plan

    def session(self) -> dict[str, str]:
        """What a file tells of its origin."""
        return {"program": f"paperknife {__version__}", "redact": self.redact()}

    def warn(self, text: str) -> None:
        """Say that the recorder had to stop."""
        self.audience.notice(text, warning=True)

    def sentence(self) -> str:
        """Where to is recorded, and if it is not where it was asked for; empty for nowhere."""
        recorder = self.audience.recorder
        if not isinstance(recorder, Recorder) or recorder.journal is None:
            return ""
        path, wanted = recorder.journal.path, recorder.wanted
        instead = "" if path == wanted else f" ({wanted.name} is there already)"
        return f"Recording to {path}{instead}."

    def stop(self) -> None:
        """Record no more; the files are packed later."""
        recorder, self.audience.recorder = self.audience.recorder, None
        self.plan = None
        if isinstance(recorder, Recorder):
            recorder.stop()

    def discard(self) -> None:
        """Leave no files behind: nothing has begun that could be recorded."""
        self.stop()
        for recorder in self.recorders:
            for segment in recorder.shelf.segments:
                recorder.shelf.delete(segment)
            recorder.shelf.dismiss()
        self.recorders.clear()

    def tidy(self) -> None:
        """End files whose time is over, and have those that are full packed, one at a time; a few times a second."""
        for recorder in self.recorders:
            recorder.tidy(time.time_ns())

    def finish(self, report: Callable[[Path, int, int], None] = lambda path, done, of: None) -> None:
        """Record no more, and pack what is not packed yet. A KeyboardInterrupt leaves it as it is."""
        self.stop()
        for recorder in self.recorders:
            recorder.shelf.finish(report)
