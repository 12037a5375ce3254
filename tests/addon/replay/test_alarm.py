"""Waiting for a time, or for something to happen before it."""

import asyncio
import os

import pytest

from paperknife.replay.alarm import Alarm


@pytest.fixture(params=["kernel", "loop"], autouse=True)
def timer(request, monkeypatch) -> None:
    """With the kernel's timer, and without."""
    if request.param == "loop":
        monkeypatch.delattr(os, "timerfd_create", raising=False)


def test_it_wakes_by_what_comes_first() -> None:
    """A time, or a ring; one that came before is not lost, unless it was cleared."""

    async def walk() -> list[bool]:
        loop = asyncio.get_running_loop()
        with Alarm() as alarm:
            return await rings(alarm, loop)

    async def rings(alarm: Alarm, loop: asyncio.AbstractEventLoop) -> list[bool]:
        found = [await alarm.wait(loop.time() + 0.01)]
        loop.call_later(0.01, alarm.ring)
        found.append(await alarm.wait(loop.time() + 30))
        found.append(await alarm.wait())
        alarm.clear()
        found.append(await alarm.wait(loop.time() - 1))
        loop.call_later(0.01, alarm.ring)
        loop.call_later(0.01, alarm.ring)
        found.append(await alarm.wait())
        return found

    assert asyncio.run(walk()) == [False, True, True, False, True]


def test_one_who_is_cancelled_leaves_nothing() -> None:
    """And the next one waits as if it had never been."""

    async def walk() -> bool:
        with Alarm() as alarm:
            waiting = asyncio.create_task(alarm.wait())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            return await alarm.wait(asyncio.get_running_loop().time() + 0.01)

    assert asyncio.run(walk()) is False


def test_a_long_way_off_is_no_fault() -> None:
    """Years from now, and a ring before that."""

    async def walk() -> bool:
        with Alarm() as alarm:
            loop = asyncio.get_running_loop()
            loop.call_later(0.01, alarm.ring)
            return await alarm.wait(loop.time() + 1e9)

    assert asyncio.run(walk())
