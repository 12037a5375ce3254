"""What rules would have done with the messages of a recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from paperknife.mutation.rules.changer import RuleChanger
from paperknife.mutation.rules.ruleset import RuleSet
from paperknife.mutation.verdict import Verdict
from paperknife.recording.items import Closed, Item, Opened
from paperknife_decoders.message import Fate, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader

__all__ = ["Trial", "Tried"]

NANOS = 10**9


@dataclass(frozen=True, slots=True)
class Tried:
    """A message, or None when a connection opened or closed, and what the rules made of it."""

    connection: int
    time_ns: int
    message: Message | None
    verdict: Verdict
    reader: Reader


class Trial:
    """Sends the items of a recording through rules. `messages` is how many there were, `touched` how many rules took.

    A message that was changed when it was recorded is taken as it was sent; one that came from neither peer is none.
    Once rules have ended a connection, nothing further comes of it: its messages are `unsent`.
    """

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.messages = self.touched = self.unsent = 0
        self.protocols: dict[int, Protocol] = {}
        self._opened: dict[int, int] = {}
        self._changers: dict[int, RuleChanger] = {}
        self._ended: set[int] = set()

    def tried(self, items: Iterable[Item]) -> Iterator[Tried]:
        """All that rules have something to say about."""
        for item in items:
            if isinstance(item, Opened):
                self._opened[item.connection.number] = item.time_ns
            elif isinstance(item, Closed):
                yield from self._closed(item.connection.number, item.time_ns)
            elif isinstance(item, Message) and item.opcode in (Opcode.TEXT, Opcode.BINARY):
                yield from self._message(item)

    def _message(self, item: Message) -> Iterator[Tried]:
        number = item.connection
        if item.fate is Fate.INJECTED:
            return
        self.messages += 1
        changer = self._changers.get(number)
        if changer is None:
            opened_ns = self._opened.pop(number, item.time_ns)
            changer = self._changers[number] = self.rules.for_connection(
                number, item.reader, opened_ns / NANOS, opened_ns
            )
            self.protocols.setdefault(id(item.reader.protocol), item.reader.protocol)
            yield from self._said(number, opened_ns, None, changer.opened(opened_ns / NANOS), item.reader)
        if number in self._ended:
            self.unsent += 1
            return
        message = item if item.original is None else as_sent(item, item.original)
        item.reader.moulds.note(message)
        verdict = changer.consider(message, item.time_ns / NANOS)
        self.touched += bool(verdict is not None and verdict.hits)
        yield from self._said(number, item.time_ns, message, verdict, item.reader)

    def _closed(self, number: int, time_ns: int) -> Iterator[Tried]:
        self._ended.discard(number)
        changer = self._changers.pop(number, None)
        if changer is not None:
            changer.standing.time_ns = time_ns
            yield from self._said(number, time_ns, None, changer.closed(time_ns / NANOS), changer.standing.reader)

    def _said(
        self, number: int, time_ns: int, message: Message | None, verdict: Verdict | None, reader: Reader
    ) -> Iterator[Tried]:
        if verdict is None:
            return
        if verdict.close is not None:
            self._ended.add(number)
        yield Tried(number, time_ns, message, verdict, reader)


def as_sent(message: Message, original: bytes) -> Message:
    """A message that was changed, as its sender sent it."""
    return Message(
        message.connection,
        message.direction,
        message.time_ns,
        message.opcode,
        original,
        message.reader,
        before=message.before,
    )
