"""Which message that came is which recorded one: two sequences side by side, as they grow.

Messages are in groups: the answers to one request, or what comes unasked of one payload about one subject. Within a
group the order counts, between groups it does not. Two that are the same at the head of their queues are done with at
once. What is not the same waits for what comes behind it, and is settled when the group is large, or old, or all is
over.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from paperknife.replay.findings import Kind
from paperknife_decoders.difference import Differences, differences, nearest_of
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction
from paperknife_decoders.volatile import Volatile

__all__ = ["Item", "Lineup", "Settled"]

WINDOW = 128
"""Messages on both sides of a group at which it is settled."""
MOST_GROUPS = 4096
MOST_WAITING = 20_000
MOST_BYTES_WAITING = 64 << 20
"""Beyond so much that waits for its like, the oldest groups are settled."""
REMEMBERED = 32
"""Fingerprints of the last messages of a group, to know one again that comes twice."""
ALIKE = 3
"""Differences up to which messages of two groups are taken for one that has changed."""
MOST_LEFT = 500
"""Messages without any counterpart that are kept to the end, in search of one in another group."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An envelope of one side. `pool` is None where it can be like nothing outside its group."""

    group: Hashable
    envelope: Envelope
    print: bytes
    payload: str
    time_ns: int
    direction: Direction = Direction.SERVER
    asked: Envelope | None = None
    latency_ns: int | None = None
    pool: Hashable = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What has become of an expected and a found item; `kind` is None where they are the same."""

    kind: Kind | None
    expected: Item | None
    found: Item | None
    differences: Differences = field(default_factory=Differences)

    @property
    def time_ns(self) -> int:
        """When the expected one was recorded; 0 where there is none."""
        return 0 if self.expected is None else self.expected.time_ns


@dataclass(slots=True, eq=False)
class Group:
    """What waits on both sides, and how many came before these."""

    expected: deque[Item] = field(default_factory=deque)
    found: deque[Item] = field(default_factory=deque)
    expected_before: int = 0
    found_before: int = 0
    last: deque[tuple[bytes, int]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """Of the last that were found the fingerprint, and a hash of all bytes."""

    @property
    def is_empty(self) -> bool:
        """True if nothing waits."""
        return not (self.expected or self.found)


class Lineup:
    """Both sequences. `settled` is told what became of the items, `paired` of those that stand at the same place."""

    def __init__(
        self, volatile: Volatile, settled: Callable[[Settled], None], paired: Callable[[Item, Item], None]
    ) -> None:
        self.volatile = volatile
        self.overflowed = 0
        """Groups that were settled as too much was waiting."""
        self._settled = settled
        self._paired = paired
        self._groups: OrderedDict[Hashable, Group] = OrderedDict()
        self._waiting = self._bytes = 0
        self._left: dict[Kind, list[Item]] = {Kind.MISSING: [], Kind.EXTRA: []}

    def expected(self, item: Item) -> None:
        """The next one that was recorded."""
        group = self._group(item)
        if group.found and not group.expected and group.found[0].print == item.print:
            self._match(group, item, self._take(group.found))
            group.expected_before += 1
            group.found_before += 1
            return
        self._pair(group.expected_before + len(group.expected) - group.found_before, group.found, item)
        self._put(group, group.expected, item)

    def found(self, item: Item) -> None:
        """The next one that came."""
        group = self._group(item)
        if group.expected and not group.found and group.expected[0].print == item.print:
            self._match(group, self._take(group.expected), item)
            group.expected_before += 1
            group.found_before += 1
            return
        at = group.found_before + len(group.found) - group.expected_before
        if 0 <= at < len(group.expected) and group.expected[at].payload == item.payload:
            self._paired(group.expected[at], item)
        self._put(group, group.found, item)

    def finish(self) -> None:
        """All is over: settle what waits."""
        while self._groups:
            self._settle(self._groups.popitem(last=False)[1], is_last=True)
        self._pair_left()

    def _group(self, item: Item) -> Group:
        group = self._groups.get(item.group)
        if group is None:
            group = self._groups[item.group] = Group()
            while len(self._groups) > MOST_GROUPS:
                self._settle(self._groups.popitem(last=False)[1], is_last=True)
        else:
            self._groups.move_to_end(item.group)
        return group

    def _pair(self, at: int, others: deque[Item], item: Item) -> None:
        if 0 <= at < len(others) and others[at].payload == item.payload:
            self._paired(item, others[at])

    def _put(self, group: Group, queue: deque[Item], item: Item) -> None:
        queue.append(item)
        self._waiting += 1
        self._bytes += len(item.envelope.data)
        if min(len(group.expected), len(group.found)) >= WINDOW:
            self._settle(group, is_last=False)
        while self._waiting > MOST_WAITING or self._bytes > MOST_BYTES_WAITING:
            oldest = next((key for key, each in self._groups.items() if not each.is_empty), None)
            if oldest is None:
                return
            self.overflowed += 1
            self._settle(self._groups.pop(oldest), is_last=True)

    def _take(self, queue: deque[Item]) -> Item:
        item = queue.popleft()
        self._waiting -= 1
        self._bytes -= len(item.envelope.data)
        return item

    def _match(self, group: Group, expected: Item, found: Item) -> None:
        group.last.append((found.print, hash(found.envelope.data)))
        self._paired(expected, found)
        self._settled(Settled(None, expected, found))

    def _settle(self, group: Group, *, is_last: bool) -> None:
        """Say of all that waits in a group what has become of it; with `is_last` of its end too."""
        ours = [each.print for each in group.expected]
        theirs = [each.print for each in group.found]
        blocks = [
            block for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks() if block.size
        ]
        upto = (len(ours), len(theirs))
        if blocks and not is_last:
            upto = blocks[-1].a + blocks[-1].size, blocks[-1].b + blocks[-1].size
        expected = [self._take(group.expected) for _ in range(upto[0])]
        found = [self._take(group.found) for _ in range(upto[1])]
        group.expected_before += upto[0]
        group.found_before += upto[1]
        for a, b, size in blocks:
            for at in range(size):
                self._match(group, expected[a + at], found[b + at])
        same_ours = {a + at for a, _, size in blocks for at in range(size)}
        same_theirs = {b + at for _, b, size in blocks for at in range(size)}
        self._judge(
            group,
            [each for at, each in enumerate(expected) if at not in same_ours],
            [each for at, each in enumerate(found) if at not in same_theirs],
        )

    def _judge(self, group: Group, expected: list[Item], found: list[Item]) -> None:
        """What has no like at its place: moved, doubled, changed, missing or extra."""
        rest: list[Item] = []
        for item in found:
            moved = next((each for each in expected if each.print == item.print), None)
            if moved is not None:
                expected.remove(moved)
                self._settled(Settled(Kind.ORDER, moved, item))
            elif is_among(item, group.last):
                self._settled(Settled(Kind.DOUBLED, None, item))
            else:
                rest.append(item)
        for item in rest:
            near = nearest_of(item.envelope, [each.envelope for each in expected], self.volatile)
            if near is None:
                self._leave(Kind.EXTRA, item)
                continue
            self._changed(expected.pop(near.number), item, near.differences)
        for item in expected:
            self._leave(Kind.MISSING, item)

    def _changed(self, expected: Item, found: Item, unlike: Differences) -> None:
        """They are the same after all where two schemas read the same thing."""
        self._settled(Settled(Kind.CHANGED if unlike.total else None, expected, found, unlike))

    def _leave(self, kind: Kind, item: Item) -> None:
        """No counterpart in its group; there may be one in another."""
        left = self._left[kind]
        if item.pool is None or len(left) >= MOST_LEFT:
            self._settled(Settled(kind, *((item, None) if kind is Kind.MISSING else (None, item))))
        else:
            left.append(item)

    def _pair_left(self) -> None:
        """What is missing in one group and extra in another is one that has changed, where it is like it."""
        missing, extra = self._left[Kind.MISSING], self._left[Kind.EXTRA]
        for item in extra:
            alike = [each for each in missing if each.pool == item.pool]
            near = nearest_of(item.envelope, [each.envelope for each in alike], self.volatile)
            if near is not None and near.differences.total <= ALIKE:
                missing.remove(alike[near.number])
                self._changed(alike[near.number], item, differences(near.candidate, item.envelope, self.volatile))
            else:
                self._settled(Settled(Kind.EXTRA, None, item))
        for item in missing:
            self._settled(Settled(Kind.MISSING, item, None))
        missing.clear()
        extra.clear()


def is_among(item: Item, last: deque[tuple[bytes, int]]) -> bool:
    """True for one that came before: an answer that says the same again, or else the very same bytes.

    Of what answers nothing, one that differs in its ids alone is about something else: a fill of another order.
    """
    if item.asked is not None:
        return any(print == item.print for print, _ in last)
    return (item.print, hash(item.envelope.data)) in last
