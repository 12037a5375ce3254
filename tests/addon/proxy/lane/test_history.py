"""What mitmproxy's own interfaces and its files hold of a connection."""

import asyncio
import json

import pytest
from mitmproxy.io import FlowReader
from mitmproxy.test import tflow
from tests.addon.proxy.lane.by_hand import BINARY, CLOSE, TEXT, frame
from websockets.asyncio.client import connect

from paperknife.proxy.lane import history
from paperknife.proxy.lane.history import History
from paperknife.traffic import Batch
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Protocol

FIN = 0x80
READER = Protocol().reader()


def empty(keep: int) -> History:
    """The history of a flow with no messages yet."""
    flow = tflow.twebsocketflow()
    flow.websocket.messages.clear()
    return History(flow, keep)


def batch(*contents: bytes) -> Batch:
    return Batch(1, Direction.SERVER, 0, [BINARY] * len(contents), list(contents), READER)


@pytest.mark.parametrize(("keep", "sent", "kept"), [(0, 250, 250), (10, 20, 20), (10, 21, 10), (1, 3, 1)])
@pytest.mark.parametrize("step", [1, 7])
def test_only_the_last_messages_stay(keep, sent, kept, step) -> None:
    """At least `keep` messages and at most twice as many, trimmed in large steps; 0 keeps all."""
    one = empty(keep)
    contents = [str(number).encode() for number in range(sent)]
    for at in range(0, sent, step):
        one.add(batch(*contents[at : at + step]))
        one.flush()
    messages = [message.content for message in one.flow.websocket.messages]
    assert messages == contents[-len(messages) :]
    assert min(keep, sent) <= len(messages) <= (2 * keep or sent)
    assert step > 1 or len(messages) >= kept


def test_large_messages_are_trimmed_by_their_bytes(monkeypatch) -> None:
    """Whatever their number, they never hold more than about twice the bound, flushed or not; the last one stays."""
    monkeypatch.setattr(history, "MOST_BYTES", 1000)
    one = empty(1000)
    for number in range(50):
        one.add(batch(bytes(300)))
        held = one.flow.websocket.messages
        waiting = sum(len(content) for *_, content in one.pending)
        assert sum(len(message.content) for message in held) + waiting <= 2300, number
    one.add(batch(bytes(5000)))
    one.flush()
    assert [len(message.content) for message in one.flow.websocket.messages] == [5000]


@pytest.mark.parametrize("option", ["save_stream_file", "hardump"])
def test_files_of_mitmproxy_are_complete(wire, option, tmp_path) -> None:
    """While a flow file or a HAR is written, all messages stay, those beyond the limit too, and are in it."""
    path = tmp_path / ("flows.har" if option == "hardump" else "flows")
    settings = ("--set", f"{option}={path}", "--set", "paperknife_messages=5", "--set", "paperknife_limit=1k")
    contents = [b"%d" % number for number in range(40)] + [b"x" * 5000, b"last"]

    async def run() -> None:
        async with wire(arguments=settings) as at:
            for content in contents:
                data = await at.server.send(FIN | TEXT, content)
                assert await at.client.hear(len(data)) == data
            at.server.reset()
            await at.closed()

    asyncio.run(run())
    if option == "hardump":
        (entry,) = json.loads(path.read_bytes())["log"]["entries"]
        assert [message["data"].encode() for message in entry["_webSocketMessages"]] == contents
    else:
        with path.open("rb") as file:
            (flow,) = FlowReader(file).stream()
        assert [message.content for message in flow.websocket.messages] == contents
        assert flow.websocket.close_code == 1006


def test_a_file_that_is_asked_for_later_keeps_what_comes_from_then_on(wire, tmp_path) -> None:
    """Open connections are no longer trimmed once save_stream_file is set."""

    async def run() -> None:
        async with wire(arguments=("--set", "paperknife_messages=5")) as at:
            at.proxy.master.options.update(save_stream_file=str(tmp_path / "flows"))
            for number in range(40):
                data = await at.server.send(FIN | BINARY, b"%d" % number)
                assert await at.client.hear(len(data)) == data
            at.track.history.flush()
            assert len(at.flow.websocket.messages) == 40

    asyncio.run(run())


def test_the_end_hook_sees_the_last_messages(wire) -> None:
    """What came with the close frame is in the flow when mitmproxy's hook for the end runs."""

    class Ending:
        def websocket_end(self, flow) -> None:
            self.last = flow.websocket.messages[-1].content
            self.code = flow.websocket.close_code

    async def run() -> None:
        ending = Ending()
        async with wire(addons=[ending]) as at:
            await at.server.say(frame(FIN | BINARY, b"last") + frame(FIN | CLOSE, b"\x03\xe9"))
            at.server.close()
            await at.client.rest()
            at.client.close()
            await at.closed()
            assert (ending.last, ending.code) == (b"last", 1001)

    asyncio.run(run())


def test_interfaces_are_refreshed_at_most_ten_times_a_second(wire) -> None:
    """However many messages a burst has; and after it they have seen the last one."""

    class Interface:
        def __init__(self) -> None:
            self.updates = 0
            self.last = b""

        def update(self, flows) -> None:
            if flows[0].websocket and flows[0].websocket.messages:  # not by the handshake's hooks
                self.updates += 1
                self.last = flows[0].websocket.messages[-1].content

    async def run() -> None:
        interface, clock = Interface(), asyncio.get_running_loop().time
        async with wire(addons=[interface]) as at:
            begun, number = clock(), 0
            while clock() - begun < 1.5:
                burst = b"".join(frame(FIN | BINARY, b"%d" % one) for one in range(number, number + 100))
                await at.server.say(burst)
                assert await at.client.hear(len(burst)) == burst
                number += 100
            await at.witness.until(lambda: interface.last == b"%d" % (number - 1), "the last refresh")
            assert 1 <= interface.updates <= (clock() - begun) * 10 + 1

    asyncio.run(run())


def test_nothing_is_kept_where_nobody_looks(stage) -> None:
    """With no interface and no addon of the user's, mitmproxy's list of messages stays empty, and costs nothing."""

    async def run() -> None:
        async with stage() as at, connect(at.url) as client:
            await client.send(b"1")
            assert await client.recv() == b"1"
            (track,) = at.proxy.addon.tap.live.values()
            assert not track.history.pending
            assert track.history.flow.websocket.messages == []

    asyncio.run(run())
