"""Waiting for what the recorded client had heard."""

from __future__ import annotations

import asyncio

from tests.addon.unhurried import Unhurried

from paperknife.replay.comparison import Heard
from paperknife.replay.gate import Gate

TICK = Heard(("stream", "server", "tick"), "tick")


def answer(number: int) -> Heard:
    return Heard(("answer", number), "response")


def timed(scene, patience: float = 0.4) -> tuple[float, list[float]]:
    """The seconds that a scene takes, and those that were waited in vain."""
    stalls: list[float] = []

    async def stage() -> float:
        clock = asyncio.get_running_loop().time
        begin = clock()
        await scene(Gate(patience, stalls.append))
        return clock() - begin

    return asyncio.run(stage(), loop_factory=Unhurried), stalls


async def later(gate: Gate, *heard: Heard) -> None:
    for each in heard:
        await asyncio.sleep(0.02)
        gate.came(each)


def test_what_has_come_lets_go() -> None:
    """All of it, streams as well."""

    async def scene(gate: Gate) -> None:
        for each in (answer(1), TICK):
            gate.waits.recorded(each)
        coming = asyncio.create_task(later(gate, answer(1), TICK))
        await gate.heard((), 5.0)
        assert coming.done() or not gate.waits.open + gate.waits.open_in_streams
        await coming

    _, stalls = timed(scene)
    assert stalls == []


def test_patience_is_half_as_long_each_time_in_vain() -> None:
    """And whole again once something has come."""

    async def scene(gate: Gate) -> None:
        for number in (1, 2):
            gate.waits.recorded(answer(number))
            await gate.all()
        gate.waits.recorded(answer(3))
        gate.came(answer(3))
        gate.waits.recorded(answer(4))
        await gate.all()

    _, stalls = timed(scene)
    assert stalls == [0.4, 0.2, 0.4]


def test_a_stream_is_waited_for_as_long_as_is_said() -> None:
    """Nobody is told."""

    async def scene(gate: Gate) -> None:
        gate.waits.recorded(TICK)
        await gate.all(0, 0.05)

    seconds, stalls = timed(scene, 60.0)
    assert (stalls, seconds >= 0.05) == ([], True)


def test_some_may_be_waited_for_alone() -> None:
    """For what is overtaken and not needed nobody waits."""

    async def scene(gate: Gate) -> None:
        for each in (answer(1), answer(2), TICK, TICK):
            gate.waits.recorded(each)
        for each in (answer(2), TICK, TICK):
            gate.came(each)
        await gate.these([("answer", 2)])
        await gate.heard([("answer", 2)], 5.0)
        assert gate.waits.open == 0

    _, stalls = timed(scene, 60.0)
    assert stalls == []
