"""What still holds at some point of a recording, so that an excerpt from there on makes sense.

Of each connection that is open there, in both directions, the newest message of every payload and subject (`subjects`:
symbol, account, room ...) holds: the login and its answer, each subscription, the last snapshot and the last update of
each symbol. This does not hold any more:

* a request that was taken back (`undoing`: subscribe and unsubscribe) for all subjects that it had, or by its id;
* an answer to a request that does not hold;
* heartbeats, control frames, and what was dropped.

Of messages that no schema reads, the first ones of each direction hold, since a login is among them.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from itertools import chain

from paperknife.recording.subjects import Subject, subject_of
from paperknife.recording.undoing import undone_by
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.pairing import roles_of

__all__ = ["State"]

MOST_KEPT = 20_000
"""Messages over all connections; beyond it the oldest are forgotten, first of those that a server sent on a subject."""
MOST_BYTES = 32 << 20
"""Bytes of all of them together."""
FIRST_UNREAD = 16
"""Messages of each direction that hold although nothing reads them."""
MOST_IDS = 40_000
"""Ids of requests that are remembered for their answers."""
LONGEST_ID = 128
"""Characters or bytes of an id; a longer one is none."""

type Id = tuple[int, Direction, str, str | bytes | int]
"""A connection, who chose the id, its name and value."""


@dataclass(frozen=True, slots=True)
class Key:
    """What one message at a time holds for. `request` is the key of the request that it answers, as far as known."""

    connection: int
    direction: Direction
    payload: str
    subject: Subject | int
    request: Key | None = None


@dataclass(slots=True)
class Entry:
    """A message that holds, and its `place` among all. `left` is what it is still about; its `answers` fall with it."""

    place: int
    message: Message
    left: Subject = frozenset()
    answers: dict[Key, None] = field(default_factory=dict)
    size: int = 0

    def __post_init__(self) -> None:
        self.size = len(self.message.content) + len(self.message.original or b"") + 64 * len(self.left)


class State:
    """Collects what holds, message by message. What it remembers is bounded; `forgotten` counts what it let go."""

    def __init__(self, most: int = MOST_KEPT, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._lasting: OrderedDict[Key, Entry] = OrderedDict()
        self._passing: OrderedDict[Key, Entry] = OrderedDict()  # what a server says on a subject: there is most of it
        self._requests: dict[tuple[int, str], dict[Key, None]] = defaultdict(dict)
        self._ids: OrderedDict[Id, Key] = OrderedDict()
        self._unread: dict[tuple[int, Direction], int] = defaultdict(int)
        self._place = 0
        self._bytes = 0
        self.forgotten = 0

    def observe(self, message: Message) -> None:
        """The next message of the recording."""
        if message.opcode >= Opcode.CLOSE or message.fate is Fate.DROPPED:
            return
        self._place += 1
        protocol = message.reader.protocol
        # Read without being kept in the message, which may stay for long.
        envelopes = message.reader.read(message.direction, message.opcode, message.content, message.before)
        if not envelopes or not all(envelope.payload for envelope in envelopes):
            self._keep_unread(message)
        for envelope in envelopes:
            if envelope.payload and not protocol.is_heartbeat(envelope):
                self._keep(message, envelope)

    def closed(self, connection: int) -> None:
        """A connection ended; nothing of it holds any more."""
        for key in [key for key in chain(self._lasting, self._passing) if key.connection == connection]:
            self._drop(key)
        for each in [each for each in self._ids if each[0] == connection]:
            del self._ids[each]
        for direction in Direction:
            self._unread.pop((connection, direction), None)

    def messages(self) -> list[Message]:
        """What holds now, in the order in which it passed."""
        found = {entry.place: entry.message for entry in chain(self._lasting.values(), self._passing.values())}
        return [found[place] for place in sorted(found)]

    def _keep_unread(self, message: Message) -> None:
        """A message that may be a login."""
        side = (message.connection, message.direction)
        if self._unread[side] < FIRST_UNREAD:
            self._unread[side] += 1
            self._add(Key(*side, "", self._unread[side]), Entry(self._place, message))

    def _keep(self, message: Message, envelope: Envelope) -> None:
        """A message that says something new, takes something back, or answers something."""
        subject, ids = subject_of(envelope), ids_of(message, envelope)
        if message.direction is Direction.CLIENT and self._takes_back(message, envelope, subject, ids):
            return
        request = next((self._ids[other] for each in ids if (other := opposite(each)) in self._ids), None)
        key = Key(message.connection, message.direction, envelope.payload, subject, request)
        asked = self._lasting.get(request) if request is not None else None
        if request is not None and asked is None:
            return  # the answer to something that does not hold
        self._add(key, Entry(self._place, message, subject))
        if asked is not None:
            asked.answers[key] = None
            return
        for each in ids:
            self._ids.pop(each, None)
            self._ids[each] = key
            if len(self._ids) > MOST_IDS:
                self._ids.popitem(last=False)

    def _takes_back(self, message: Message, envelope: Envelope, subject: Subject, ids: list[Id]) -> bool:
        """True if a message takes back requests, wholly, so that neither they nor itself hold any more."""
        kind = message.reader.protocol.client
        payload = undone_by(envelope.payload, kind) if kind is not None else None
        if payload is None:
            return False
        requests = list(self._requests[message.connection, payload])
        named = {self._ids[each] for each in ids if each in self._ids}
        wholly = partly = False
        for key in requests:
            entry = self._lasting[key]
            if key in named or (entry.left <= subject and bool(entry.left) == bool(subject)):
                self._drop(key)
                wholly = True
            elif entry.left & subject:
                entry.left -= subject
                partly = True
        return not requests or (wholly and not partly)

    def _add(self, key: Key, entry: Entry) -> None:
        self._drop(key)
        self._side(key)[key] = entry
        self._bytes += entry.size
        if key.direction is Direction.CLIENT:
            self._requests[key.connection, key.payload][key] = None
        while self._is_over():
            side = self._passing or self._lasting
            self._drop(next(iter(side)))
            self.forgotten += 1

    def _is_over(self) -> bool:
        count = len(self._lasting) + len(self._passing)
        return count > self._most or (self._bytes > self._most_bytes and count > 1)

    def _side(self, key: Key) -> OrderedDict[Key, Entry]:
        return (
            self._passing
            if key.direction is Direction.SERVER and isinstance(key.subject, frozenset) and key.subject
            else self._lasting
        )

    def _drop(self, key: Key) -> None:
        """Forget a message, and answers to it."""
        entry = self._side(key).pop(key, None)
        if entry is None:
            return
        self._bytes -= entry.size
        self._requests[key.connection, key.payload].pop(key, None)
        for answer in entry.answers:
            self._drop(answer)


def ids_of(message: Message, envelope: Envelope) -> list[Id]:
    """The ids of a request, or of the request that a message answers."""
    protocol = message.reader.protocol
    role = roles_of(protocol.client, protocol.server, protocol.pairs)[message.direction].get(envelope.payload)
    if role is None or envelope.message is None:
        return []
    found = ((each, each.get(envelope.message)) for each in role.ids)
    return [
        (message.connection, message.direction, each.name, value)
        for each, value in found
        if value and value != each.default and (isinstance(value, int) or len(value) <= LONGEST_ID)
    ]


def opposite(each: Id) -> Id:
    """The same id as the other side would have chosen it."""
    connection, direction, name, value = each
    return connection, direction.other, name, value
