"""What a message answers, and how long that took.

A response is paired with its request by an id that it repeats, else by their payloads' names; `pairing` has the rules.
A request that has an id is never paired by its name.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, NamedTuple

from paperknife_decoders.declared_pairs import DECLARED
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.pairing import COUNTERS, Id, Role, Roles, roles_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from google.protobuf.message import Message as ProtoMessage

    from paperknife_decoders.protocol import Protocol

__all__ = ["MAX_PENDING", "Answer", "Correlator"]

MAX_PENDING = 4096
"""Requests with an id that are remembered in each direction; beyond it the ones that were sent first are forgotten."""

MAX_QUEUED = 64
"""Requests of one name without an id that wait for an answer, on one connection."""

MAX_QUEUES = 256
"""Such names, over all connections."""

MAX_ID = 128
"""Characters or bytes of an id; a longer one is none."""

Key = tuple[int, str, str | bytes | int]
"""A connection, an id's name, an id."""


class Answer(NamedTuple):
    """What a message answers: the request's payload name, and nanoseconds from the request to this message.

    `first` is False for what follows the first answer to the same request, as the fills of an accepted order do.
    `mark` is what the request was observed with.
    """

    request_payload: str
    latency_ns: int
    first: bool = True
    mark: object = None


class Request:
    """A request that was seen."""

    __slots__ = ("answered", "mark", "payload", "time_ns")

    def __init__(self, payload: str, time_ns: int, mark: object = None) -> None:
        self.payload = payload
        self.time_ns = time_ns
        self.mark = mark
        self.answered = False

    def answer(self, time_ns: int) -> Answer:
        """The answer that came at `time_ns`."""
        first, self.answered = not self.answered, True
        return Answer(self.payload, max(0, time_ns - self.time_ns), first, self.mark)


class Correlator:
    """Pairs responses with requests of the same connection. What it remembers is bounded by `limit` per direction."""

    def __init__(self, limit: int = MAX_PENDING) -> None:
        self._limit = limit
        self._protocol: Protocol | None = None
        self._roles: Mapping[Direction, Roles] = roles_of(None, None)
        self._by_id: dict[Direction, OrderedDict[Key, Request]] = {each: OrderedDict() for each in Direction}
        self._by_name: OrderedDict[tuple[int, Direction, str], deque[Request]] = OrderedDict()

    def observe(self, message: Message, envelope: Envelope, mark: object = None) -> Answer | None:
        """What this envelope answers, None where it answers nothing. Call it for every envelope, in order.

        Where it asks something, its answers will have `mark`.
        """
        protocol = message.reader.protocol
        if protocol is not self._protocol:
            self._protocol = protocol
            self._roles = roles_of(protocol.client, protocol.server, protocol.pairs)
        role = self._roles[message.direction].get(envelope.payload)
        if role is None or envelope.message is None:
            return None
        ids = list(values(role.ids, envelope.message)) if role.ids else []
        request = (self._by_id_of(message, role, ids) if ids else None) or self._by_name_of(message, role)
        if request is not None:
            return request.answer(message.time_ns)
        if role.asks or (ids and message.direction is Direction.CLIENT):
            self._remember(message, Request(envelope.payload, message.time_ns, mark), ids)
        return None

    def _by_id_of(self, message: Message, role: Role, ids: list[tuple[str, str | bytes | int]]) -> Request | None:
        """The request of the other direction that has one of `ids`."""
        pending = self._by_id[message.direction.other]
        by_server = message.direction is Direction.SERVER
        for name, value in ids:
            request = pending.get((message.connection, name, value))
            if request is None:
                continue
            # A client's id that a server repeats is an answer; all else may be chance where the names do not fit.
            if name.startswith(DECLARED) or (by_server and name not in COUNTERS):
                return request
            if role.generic or request.payload in role.answers:
                return request
        return None

    def _by_name_of(self, message: Message, role: Role) -> Request | None:
        """The oldest request without an id that this payload answers by its name."""
        for payload in role.answers:
            queue = self._by_name.get((message.connection, message.direction.other, payload))
            if queue:
                return queue.popleft()
        return None

    def _remember(self, message: Message, request: Request, ids: list[tuple[str, str | bytes | int]]) -> None:
        """Keep a request until it is answered, or until too many came after it."""
        if ids:
            pending = self._by_id[message.direction]
            declared = [each for each in ids if each[0].startswith(DECLARED)]
            for name, value in ids[: len(declared) + 1]:  # the declared ones come first, then the surest of the others
                key = (message.connection, name, value)
                pending.pop(key, None)
                pending[key] = request
                if len(pending) > self._limit:
                    pending.popitem(last=False)
            return
        place = (message.connection, message.direction, request.payload)
        queue = self._by_name.pop(place, None) or deque(maxlen=MAX_QUEUED)
        queue.append(request)
        self._by_name[place] = queue
        if len(self._by_name) > MAX_QUEUES:
            self._by_name.popitem(last=False)


def values(ids: tuple[Id, ...], message: ProtoMessage) -> Iterator[tuple[str, str | bytes | int]]:
    """The names and values of those ids that are set, the surest first."""
    for each in ids:
        value = each.get(message)
        if value and value != each.default and (isinstance(value, int) or len(value) <= MAX_ID):
            yield each.name, value
