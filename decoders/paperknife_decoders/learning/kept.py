"""What stood for what: pairs of a recorded and a live value, the oldest forgotten beyond a limit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

__all__ = ["MOST_BYTES", "MOST_PAIRS", "Kept", "Value"]

MOST_PAIRS = 65_536
MOST_BYTES = 16 << 20
"""Characters and bytes of texts, all in all."""

type Value = int | str | bytes


class Kept[K: Hashable]:
    """Live values by what they stand for."""

    def __init__(self, most: int = MOST_PAIRS, most_bytes: int = MOST_BYTES) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.size = 0
        self.values: OrderedDict[K, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self.values)

    def get(self, key: K) -> Value | None:
        """The live value; None where there is none."""
        found = self.values.get(key)
        return None if found is None else found[0]

    def put(self, key: K, value: Value, size: int) -> None:
        """Remember a live value; both together take so many bytes."""
        self.drop(key)
        self.values[key] = value, size
        self.size += size
        while len(self.values) > self.most or self.size > self.most_bytes:
            _, (_, gone) = self.values.popitem(last=False)
            self.size -= gone

    def drop(self, key: K) -> None:
        """Forget it."""
        found = self.values.pop(key, None)
        if found is not None:
            self.size -= found[1]
