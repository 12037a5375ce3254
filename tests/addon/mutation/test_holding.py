"""The messages that wait for the user's word."""

from __future__ import annotations

import pytest

from paperknife.mutation.held import ENDED, Held
from paperknife.mutation.holding import HeldError, Holding, Limits
from paperknife_decoders.message import Direction


class Desk:
    """A `Holding`, and what became of the messages."""

    def __init__(self, tape, limits: Limits | None = None) -> None:
        self.tape = tape
        self.said: list[str] = []
        self.settled: list[tuple[int, bytes | None]] = []
        self.stirred = 0
        self.holding = Holding(lambda text, warning: self.said.append(text), lambda message: "-> order", limits)
        self.holding.stirred.append(self.stir)

    def stir(self) -> None:
        self.stirred += 1

    def keep(self, quantity: int) -> Held:
        message = self.tape.message(Direction.CLIENT, "order", {"quantity": quantity})
        held = Held(
            message, "big orders", 100.0, False, lambda verdict: self.settled.append((quantity, verdict.content))
        )
        self.holding.held(held)
        return held


def test_what_may_be_said_of_them(tape) -> None:
    """By their numbers; without one it is the message that has waited longest."""
    desk = Desk(tape)
    holds = [desk.keep(quantity) for quantity in (1, 2, 3, 4, 5)]
    holding = desk.holding
    assert holding.one().sentence(40.0) == "1: #1 -> order, 4 B, by big orders, 60 s left"
    holding.release(holding.one())
    holding.drop(holding.one("3"))
    assert holding.replace(holding.one("#4"), b"other")
    assert holding.settle(holding.one("2"), b"x")
    assert [waiting.number for waiting in holding.some("all")] == [5]
    assert holding.release_all() == 1
    assert desk.settled == [(1, holds[0].message.content), (3, None), (4, b"other"), (2, b"x"),
                            (5, holds[4].message.content)]  # fmt: skip
    assert desk.stirred == 10
    assert holding.size == 0


def test_a_number_that_none_has(tape) -> None:
    """It is said which there are."""
    desk = Desk(tape)
    with pytest.raises(HeldError, match=r"No message is held\."):
        desk.holding.one()
    desk.keep(1)
    desk.keep(2)
    for number in ("7", "x\x1b", "9" * 50, "1 7"):
        with pytest.raises(HeldError, match=r"Held are: 1, 2\.") as caught:
            desk.holding.some(number)
        assert str(caught.value).isprintable()


def test_many_on_connections_that_end(tape) -> None:
    """A thousand of them are no thousand lines."""
    desk = Desk(tape)
    for held in [desk.keep(1) for _ in range(150)]:
        desk.holding.gone(held, ENDED)
    assert len(desk.said) == 3
    assert desk.said[-1].endswith("is dropped: the connection has ended (100 so far).")


@pytest.mark.parametrize(("why", "became"), [("its time was over", "has passed unchanged"), (ENDED, "is dropped")])
def test_one_that_waits_no_more(tape, why, became) -> None:
    """It is said what became of it; a word on it comes too late."""
    desk = Desk(tape)
    held = desk.keep(1)
    waiting = desk.holding.one()
    desk.holding.gone(held, why)
    assert desk.said == [f"Held message 1: #1 -> order, 4 B, by big orders {became}: {why}."]
    assert not desk.holding.replace(waiting, b"x")
    assert desk.settled == []


@pytest.mark.parametrize("limits", [Limits(messages=2), Limits(size=9)])
def test_no_more_than_there_is_room_for(tape, limits) -> None:
    """What comes then passes unchanged, and it is said, ever more rarely."""
    desk = Desk(tape, limits)
    for quantity in range(1, 25):
        desk.keep(quantity)
    assert len(desk.holding.waiting) == 2
    assert [quantity for quantity, content in desk.settled] == list(range(3, 25))
    assert all(content is not None for _, content in desk.settled)
    assert [line.rpartition(": ")[2] for line in desk.said] == [
        "1 that were to be held passed unchanged.",
        "10 that were to be held passed unchanged.",
    ]


def test_one_that_cannot_be_described(tape) -> None:
    """It is held and let go all the same, and that is said."""
    desk = Desk(tape)
    desk.holding.words = lambda message: 1 / 0
    held = desk.keep(1)
    assert "cannot be described: ZeroDivisionError" in desk.said[0]
    assert desk.holding.one().sentence() == "1: #1 -> what cannot be described, 4 B, by big orders"
    desk.holding.release(desk.holding.one())
    assert desk.settled == [(1, held.message.content)]
