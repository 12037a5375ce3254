"""One connection and several, said again: when each message goes."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from tests.addon.recording.sessions import CLIENT, START_NS, Line, api, write
from tests.addon.replay.planted import Heard, replayed
from tests.addon.unhurried import Unhurried
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosedError

from paperknife.recording.items import Closed
from paperknife.replay.findings import Kind
from paperknife.replay.play_options import PlayOptions, PlayPace
from paperknife.traffic import ABNORMAL, Close
from paperknife_decoders.message import Direction


class Desk:
    """A server that answers orders, and keeps when they came, on which connection."""

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self.got: list[tuple[int, int, float]] = []
        self.codes: list[tuple[int, str]] = []
        self.opened = 0

    async def __call__(self, connection) -> None:
        self.opened += 1
        number = self.opened
        with contextlib.suppress(ConnectionClosedError):
            async for content in connection:
                payload, message = api().client.decode(content)
                if payload == "order":
                    self.got.append((number, message.request_id, asyncio.get_running_loop().time()))
                    await asyncio.sleep(self.pause)
                    fields = {"request_id": message.request_id, "status": 1}
                    await connection.send(api().server.encode("order_response", fields))
        self.codes.append((connection.close_code, connection.close_reason))


def play(path, desk, **options):
    heard = Heard()

    async def stage():
        async with asyncio.timeout(60), serve(desk, "127.0.0.1", 0, ping_interval=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await replayed(path, f"ws://127.0.0.1:{port}", heard, play=PlayOptions(**options))

    outcome = asyncio.run(stage(), loop_factory=Unhurried)
    return outcome, heard


def order(line, ms, number):
    return line.client(ms, "order", request_id=number, symbol="ESZ6")


def response(line, ms, number):
    return line.server(ms, "order_response", request_id=number, status=1)


def trade(line, *times):
    for number, ms in enumerate(times, 1):
        yield order(line, ms, number)
        yield response(line, ms + 1, number)


GAPS = [
    # pace, speed, milliseconds that the server takes, and those between two orders that were 300 ms apart
    (PlayPace.MATCHED, 1.0, 0, 299),  # that long after the answer
    (PlayPace.MATCHED, 3.0, 0, 100),
    (PlayPace.MATCHED, 1.0, 200, 499),
    (PlayPace.MATCHED, float("inf"), 200, 200),
    (PlayPace.TIMED, 1.0, 200, 300),
    (PlayPace.FAST, 1.0, 100, 100),
]


@pytest.mark.parametrize(("pace", "speed", "pause", "gap"), GAPS)
def test_when_a_message_goes(tmp_path, pace, speed, pause, gap) -> None:
    """After the answers that the recorded client had, and the time that it took; at its time; or at once."""
    path = tmp_path / "a.mcap"
    line = Line()
    write(path, [line.opened(), *trade(line, 0, 300), line.closed(310, "done")])
    desk = Desk(pause / 1000)
    outcome, _ = play(path, desk, pace=pace, speed=speed)
    assert outcome.findings.total == 0
    (_, _, first), (_, _, second) = desk.got
    assert round((second - first) * 1000) == pytest.approx(gap, abs=2)


def test_connections_are_to_each_other_as_they_were(tmp_path) -> None:
    """One that began when another had ended begins then, and those that were open at a time are so again."""
    first, second, third = Line(1), Line(2), Line(3)
    path = tmp_path / "a.mcap"
    write(
        path,
        [
            first.opened(),
            second.opened(),
            *trade(first, 0),
            *trade(second, 5),
            first.closed(50, "first"),
            *later(third, 60),
            second.closed(80, "second"),
        ],
    )
    desk = Desk()
    outcome, _ = play(path, desk, pace=PlayPace.FAST)
    assert outcome.findings.total == 0
    assert (outcome.connections, outcome.sent) == (3, 3)
    assert sorted(desk.codes) == [(1000, "first"), (1000, "second"), (1000, "third")]
    assert [number for number, *_ in desk.got][-1] == 3


def later(line, ms):
    """A connection that opens so late."""
    from dataclasses import replace

    opened = line.opened()
    yield replace(opened, connection=replace(opened.connection, time_ns=START_NS + ms * 10**6))
    yield from trade(line, ms + 1)
    yield line.closed(ms + 10, "third")


ENDS = [
    (Close(4001, "enough", CLIENT, START_NS + 10**8), (4001, "enough")),
    (Close(1005, "", CLIENT, START_NS + 10**8), (1005, "")),
    (Close(ABNORMAL, "the peer has gone", CLIENT, START_NS + 10**8), (1000, "")),
    (None, (1000, "")),
]


@pytest.mark.parametrize(("close", "code"), ENDS)
def test_a_connection_is_closed_as_it_was(tmp_path, close, code) -> None:
    """With the code and the reason of the recorded client; in order where it had vanished, or the file is cut."""
    line = Line()
    path = tmp_path / "a.mcap"
    end = [] if close is None else [Closed(line.connection, close)]
    write(path, [line.opened(), *trade(line, 0), *end])
    desk = Desk()
    outcome, _ = play(path, desk)
    assert outcome.findings.total == 0
    assert desk.codes == [code]


def test_a_server_that_does_not_close_as_it_did_is_told(tmp_path) -> None:
    """After patience has run out."""
    line = Line()
    path = tmp_path / "a.mcap"
    close = Close(4000, "bye", Direction.SERVER, START_NS + 10**8)
    write(path, [line.opened(), *trade(line, 0), Closed(line.connection, close)])
    outcome, _ = play(path, Desk(), patience=0.3)
    (only,) = outcome.findings.kept
    assert only.kind is Kind.CLOSED
    assert [each.path for each in only.differences] == ["by", "code", "reason"]


def test_what_does_not_come_is_waited_for_once(tmp_path) -> None:
    """And told with the request."""
    line = Line()
    path = tmp_path / "a.mcap"
    extra = line.server(2, "account_update", account="A")
    write(path, [line.opened(), *trade(line, 0), extra, *trade(line, 10), line.closed(20, "done")])
    outcome, heard = play(path, Desk(), patience=0.2)
    assert heard.stalls == ["account_update"]
    assert [(each.kind, each.label) for each in outcome.findings.kept] == [(Kind.MISSING, "account_update")]
