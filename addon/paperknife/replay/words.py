"""How a recording is to be replayed as the server, as it is typed: options of commands, of mitmproxy and of tests."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife.recording.reading import Recording
from paperknife.replay.moves import Mode
from paperknife.replay.pace import FASTEST
from paperknife.replay.venue import ON_MISS, VenueOptions
from paperknife.settings.reading import Loaded, Reading, load

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
        """What is to be read by while this is replayed: the recording's own protocol, after those of the configuration.

        None where a schema or a protocol is named, or nothing is replayed. Raises `RecordingError` or `SchemaError`.
        """
        if not self.path or reading.schema or reading.protocol:
            return None
        own = Recording(Path(self.path).expanduser()).loaded
        if not reading.config:
            return own
        return replace(load(reading, embedded_schemas), protocol=own.protocol, schema=own.schema)


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
