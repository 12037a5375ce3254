"""Messages that wait, of which nobody is told yet."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.proxy.unlearned import LEAST, LEAST_BYTES, Unlearned
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

READER = Protocol().reader()


@dataclass
class Parcel:
    """What waits."""

    gone: bool = False


def message(number: int, size: int = 0) -> Message:
    """A message with a time of its own."""
    return Message(1, Direction.CLIENT, number, Opcode.BINARY, bytes(size), READER)


def test_what_is_gone_is_not_learned() -> None:
    """All else is, once; and what is kept is no more than twice of what waits."""
    learned: list[Message] = []
    unlearned = Unlearned(learned.append)
    for number in range(10 * LEAST):
        unlearned.add(message(number), Parcel(gone=number > 3))
    assert len(unlearned.found) <= LEAST
    for _ in range(2):
        unlearned.learn()
    assert [each.time_ns for each in learned] == [0, 1, 2, 3]
    for number in range(10 * LEAST):
        unlearned.add(message(number), Parcel())
    unlearned.learn()
    assert len(learned) == 10 * LEAST + 4


def test_what_is_at_hand() -> None:
    """It is learned once."""
    learned: list[Message] = []
    unlearned = Unlearned(learned.append)
    unlearned.at_hand = [message(1), message(2)]
    for _ in range(2):
        unlearned.learn()
    assert [each.time_ns for each in learned] == [1, 2]


def test_large_ones_that_are_gone_are_not_kept() -> None:
    """Few as they are; beside large ones that wait, no more bytes of them than of these."""
    unlearned = Unlearned(lambda _: None)
    for number in range(8):
        unlearned.add(message(number, LEAST_BYTES), Parcel(gone=True))
        assert len(unlearned.found) == 1
    for waiting in range(4):
        unlearned.add(message(waiting, LEAST_BYTES), Parcel())
    for number in range(LEAST // 2):
        unlearned.add(message(number, LEAST_BYTES), Parcel(gone=True))
        assert unlearned.size == sum(len(each.content) for each, _ in unlearned.found) <= 9 * LEAST_BYTES
    unlearned.learn()
    assert not unlearned.size
