"""What the recorded client had heard before it spoke, and has not come yet: it is waited for before a message is sent.

Of answers the number is counted for each request, of all else for each payload: what is in them does not matter here.
Each has its place in the recording. An answer is *overtaken* when messages of a stream have come that were recorded
behind it: such an answer will hardly come any more, or is late, and the recorded client went by what it saw.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from paperknife.replay.comparison import Heard

__all__ = ["Waits", "is_stream", "key_of"]

MOST = 16_384
"""Kinds of messages that are counted; the oldest go first."""
OVERTAKING = 2
"""So many messages of streams overtake what was recorded before them."""


@dataclass(slots=True)
class Count:
    """One kind: the places of those that are waited for, or how many came that were not waited for yet."""

    places: deque[int] = field(default_factory=deque)
    surplus: int = 0


class Waits:
    """Messages that were recorded by now, less those that came. Streams are counted by themselves."""

    def __init__(self) -> None:
        self.open = 0
        self.open_in_streams = 0
        self._place = 0
        self._passed: deque[int] = deque([0] * OVERTAKING, OVERTAKING)
        """The places of the last messages of streams that came."""
        self._counts: OrderedDict[Hashable, Count] = OrderedDict()

    def recorded(self, heard: Heard) -> None:
        """One more is expected."""
        self._place += 1
        key = key_of(heard)
        count = self._count(key)
        if count.surplus:
            count.surplus -= 1
            self._drop_empty(key, count)
        else:
            count.places.append(self._place)
            self._add(key, 1)

    def came(self, heard: Heard) -> bool:
        """One has come; True if it was waited for."""
        key = key_of(heard)
        count = self._count(key)
        if not count.places:
            count.surplus += 1
            return False
        place = count.places.popleft()
        self._drop_empty(key, count)
        if is_stream(key):
            self._passed.append(max(place, self._passed[-1]))
        self._add(key, -1)
        return True

    def is_open(self, key: Hashable) -> bool:
        """True if one of this kind is waited for."""
        count = self._counts.get(key)
        return count is not None and bool(count.places)

    @property
    def are_overtaken(self) -> bool:
        """True if all that is waited for, streams aside, was recorded before what has come of them."""
        passed = self._passed[0]
        return all(
            count.places[-1] < passed for key, count in self._counts.items() if count.places and not is_stream(key)
        )

    def write_off(self, *, streams_only: bool = False) -> None:
        """Wait no longer for any of it."""
        if not self.open_in_streams + (0 if streams_only else self.open):
            return
        for key in [key for key, count in self._counts.items() if count.places]:
            if is_stream(key) or not streams_only:
                del self._counts[key]
        self.open_in_streams = 0
        if not streams_only:
            self.open = 0

    def first(self) -> Hashable:
        """What is waited for longest, streams aside; None for nothing."""
        waiting = [(count.places[0], key) for key, count in self._counts.items() if count.places and not is_stream(key)]
        return min(waiting, key=lambda each: each[0])[1] if waiting else None

    def _count(self, key: Hashable) -> Count:
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = Count()
            while len(self._counts) > MOST:
                gone, old = self._counts.popitem(last=False)
                self._add(gone, -len(old.places))
        else:
            self._counts.move_to_end(key)
        return count

    def _drop_empty(self, key: Hashable, count: Count) -> None:
        """Keep no count of nothing, so that there are few to go through."""
        if not (count.places or count.surplus):
            del self._counts[key]

    def _add(self, key: Hashable, by: int) -> None:
        if is_stream(key):
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
