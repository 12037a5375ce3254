"""How many messages, how large, how fast."""

from __future__ import annotations

__all__ = ["Rate"]

SECOND = 10**9


class Rate:
    """Counts messages of one payload; sizes in bytes, times in nanoseconds since the epoch.

    `peak` is the most that came within one second of the clock.
    """

    __slots__ = ("first_ns", "in_second", "largest", "last_ns", "messages", "peak", "second", "size")

    def __init__(self) -> None:
        self.messages = self.size = self.largest = 0
        self.first_ns = self.last_ns = 0
        self.second = self.in_second = self.peak = 0

    def add(self, messages: int, size: int, largest: int, time_ns: int) -> None:
        """Count messages that came at the same time: their bytes, and the bytes of the largest of them."""
        if not self.messages:
            self.first_ns = self.last_ns = time_ns
        elif time_ns > self.last_ns:
            self.last_ns = time_ns
        elif time_ns < self.first_ns:
            self.first_ns = time_ns
        self.messages += messages
        self.size += size
        self.largest = max(self.largest, largest)
        second = time_ns // SECOND
        if second == self.second:
            self.in_second += messages
        else:
            self.second, self.in_second = second, messages
        self.peak = max(self.peak, self.in_second)
