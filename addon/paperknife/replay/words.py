"""How a recording is to be replayed as the server, as it is typed: options of commands, of mitmproxy and of tests."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from paperknife.recording.reading import Recording
from paperknife.replay.cursor import Mode
from paperknife.replay.pace import FASTEST
from paperknife.replay.venue import ON_MISS, VenueOptions
from paperknife.settings.reading import Loaded, Reading

__all__ = ["MODES", "NOTHING", "ReplayWords", "speed_from"]

AUTO = "auto"
"""Matched where answers have requests, else timed."""

MODES = (AUTO, Mode.MATCHED.value, Mode.TIMED.value)
"""What a message may wait for where nobody is there to press a key."""


@dataclass(frozen=True, slots=True)
class ReplayWords:
    """What was asked for: a recording, and how to answer from it. `speed` is a number or ``max``."""

    path: str = ""
    mode: str = AUTO
    speed: str = "1"
    on_miss: str = "wait"
    ignore: tuple[str, ...] = ()

    def options(self) -> VenueOptions:
        """What it means. Raises `ValueError` with what was expected, but for the full stop."""
        return VenueOptions(
            mode=None if one_of(self.mode, MODES, "mode") == AUTO else Mode(self.mode),
            speed=speed_from(self.speed),
            ignore=self.ignore,
            on_miss=one_of(self.on_miss, ON_MISS, "way to take what was not recorded"),
        )

    def loaded(self, reading: Reading) -> Loaded | None:
        """What is to be read by while this is replayed: the recording's own protocol where nothing else is named.

        None where something is, or nothing is replayed. Raises `RecordingError`.
        """
        if not self.path or reading.schema or reading.protocol or reading.config:
            return None
        return Recording(Path(self.path).expanduser()).loaded


NOTHING = ReplayWords()
"""Replay nothing."""


def one_of(word: str, known: Iterable[str], what: str) -> str:
    """A word that is known. Raises `ValueError`."""
    if word not in known:
        raise ValueError(f"a {what} was expected, one of {', '.join(known)}, not {word!r}")
    return word


def speed_from(text: str) -> float:
    """A speed such as ``2``, ``0.5`` or ``max``. Raises `ValueError` with what was expected, but for the full stop."""
    if text == "max":
        return FASTEST
    with contextlib.suppress(ValueError):
        if 0 < (speed := float(text)) < math.inf:
            return speed
    raise ValueError(f"a number above 0 or max was expected, not {text!r}; 2 is twice as fast")
