"""Messages that wait, of which nobody is told yet."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.proxy.unlearned import LEAST, Unlearned


@dataclass
class Parcel:
    """What waits."""

    gone: bool = False


def test_what_is_gone_is_not_learned(tape) -> None:
    """All else is, once; and what is kept is no more than twice of what waits."""
    learned = []
    unlearned = Unlearned(learned.append)
    for number in range(10 * LEAST):
        unlearned.add(number, Parcel(gone=number > 3))
    assert len(unlearned.found) <= LEAST
    for _ in range(2):
        unlearned.learn()
    assert learned == [0, 1, 2, 3]
    for number in range(10 * LEAST):
        unlearned.add(number, Parcel())
    unlearned.learn()
    assert len(learned) == 10 * LEAST + 4
