"""What many connections have to say, read together as far as there is room."""

from __future__ import annotations

import asyncio

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, Line, write
from tests.addon.replay.test_bundles import mixed

from paperknife.recording.items import Closed
from paperknife.replay import supply
from paperknife.replay.supply import Supply
from paperknife.replay.survey import surveyed
from paperknife.replay.timeline import Session, as_server_saw


class Counting(Session):
    """Counts how often the recording is read."""

    readings = 0

    def items(self):
        Counting.readings += 1
        return super().items()


def told(acts):
    return [act.close if isinstance(act, Closed) else (act.direction, act.content, act.original) for act in acts]


def supplied(path, order, *, at_once=False):
    """What each connection is given, and how often the recording was read for that; with `at_once` all are held."""
    session = Counting([path])
    survey = surveyed(session.items(), as_server_saw)
    found = Supply(session, survey.connections, as_server_saw)
    given = {}

    async def one(number, meeting):
        await found.read(number)
        with found.acts(number) as acts:
            if at_once:
                await meeting.wait()
            given[number] = told(acts)

    async def run():
        meeting = asyncio.Barrier(len(order))
        if at_once:
            await asyncio.gather(*(one(number, meeting) for number in order))
            return
        for number in order:
            await one(number, meeting)

    Counting.readings = 0
    asyncio.run(run())
    if sorted(order) == sorted(survey.connections):
        assert (found.messages, found.size) == (0, 0)
    return given, Counting.readings


def alike(tmp_path, connections=6, messages=10):
    """Connections that say the same at the same time."""
    lines = [Line(number) for number in range(1, connections + 1)]
    said = [line.raw(at, (CLIENT, SERVER)[at % 2], b"%d" % at) for at in range(messages) for line in lines]
    return write(
        tmp_path / "alike.mcap",
        [*(line.opened() for line in lines), *said, *(line.closed(99) for line in lines)],
    )


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("order", [[1, 2, 3], [3, 1, 2], [2]])
def test_each_gets_its_own_acts(tmp_path, order, at_once) -> None:
    """The same as one by one, from a single reading where there is room for all."""
    path = write(tmp_path / "s.mcap", mixed())
    given, readings = supplied(path, order, at_once=at_once)
    assert given == {number: told(Session([path]).acts(number, as_server_saw)) for number in order}
    assert readings == 1


ROOM = [
    # messages, bytes, all at once, and how often six connections of ten messages and ten bytes are read then
    (60, 1000, True, 1),
    (30, 1000, False, 2),
    (1000, 30, False, 2),
    (30, 1000, True, 4),
    (19, 1000, False, 6),
    (5, 1000, True, 6),
]


@pytest.mark.parametrize(("messages", "size", "at_once", "readings"), ROOM)
def test_no_more_is_held_than_there_is_room_for(tmp_path, monkeypatch, messages, size, at_once, readings) -> None:
    """Those that do not fit are read when others are over, or else by themselves; none is without its acts."""
    monkeypatch.setattr(supply, "MOST_MESSAGES", messages)
    monkeypatch.setattr(supply, "MOST_BYTES", size)
    given, count = supplied(alike(tmp_path), range(1, 7), at_once=at_once)
    assert len({tuple(each) for each in given.values()}) == 1
    assert len(given[1]) == 11
    assert len(given) == 6
    assert count == readings
