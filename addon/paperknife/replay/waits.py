"""What the recorded client had heard before it spoke, and has not come yet: it is waited for before a message is sent.

Of answers the number is counted for each request, of all else for each payload: what is in them does not matter here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from paperknife.replay.comparison import Heard

__all__ = ["Waits"]

MOST = 16_384
"""Counters that are kept; the oldest go first."""


class Waits:
    """Messages that were recorded by now, less those that came. Streams are counted by themselves."""

    def __init__(self) -> None:
        self.open = 0
        self.open_in_streams = 0
        self._behind: OrderedDict[Hashable, int] = OrderedDict()

    def recorded(self, heard: Heard) -> None:
        """One more is expected."""
        if self._count(heard, 1) > 0:
            self._add(heard, 1)

    def came(self, heard: Heard) -> bool:
        """One has come; True if it was waited for."""
        is_awaited = self._count(heard, -1) >= 0
        if is_awaited:
            self._add(heard, -1)
        return is_awaited

    def write_off(self, *, streams_only: bool = False) -> None:
        """Wait no longer for any of it."""
        for key in [key for key, count in self._behind.items() if count > 0 and (is_stream(key) or not streams_only)]:
            del self._behind[key]
        self.open_in_streams = 0
        if not streams_only:
            self.open = 0

    def first(self) -> Hashable:
        """What is waited for longest, streams aside; None for nothing."""
        return next((key for key, count in self._behind.items() if count > 0 and not is_stream(key)), None)

    def _count(self, heard: Heard, by: int) -> int:
        """How many are open now of a kind; below zero if more came than are expected by now."""
        key = key_of(heard)
        count = self._behind.pop(key, 0) + by
        if count:
            self._behind[key] = count
            while len(self._behind) > MOST:
                gone, open = self._behind.popitem(last=False)
                if open > 0:
                    self.open_in_streams -= open * is_stream(gone)
                    self.open -= open * (not is_stream(gone))
        return count

    def _add(self, heard: Heard, by: int) -> None:
        if is_stream(heard.group):
            self.open_in_streams += by
        else:
            self.open += by


def key_of(heard: Heard) -> Hashable:
    """What counts together: subjects do not matter."""
    group = heard.group
    return group[:3] if isinstance(group, tuple) else group


def is_stream(key: Hashable) -> bool:
    """True for what is a stream."""
    return isinstance(key, tuple) and key[0] == "stream"
