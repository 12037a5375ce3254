"""Both ways of relaying: chunks at once, and messages one by one behind their hook; and from one to the other."""

import asyncio

import pytest
from mitmproxy.addons.intercept import Intercept
from mitmproxy.proxy import commands
from tests.addon.proxy.lane.by_hand import BINARY, CONTINUATION, PING, TEXT, frame
from tests.addon.proxy.lane.test_way import Editor, reading, receive

from paperknife_decoders.message import Direction

FIN = 0x80
BOTH = pytest.mark.parametrize("direction", ["client", "server"])


@BOTH
def test_an_addon_may_come_while_a_message_is_on_its_way(wire, direction) -> None:
    """From the next whole message on it has its hook; a message that has passed in part passes whole."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            data = frame(TEXT, b"be", sender.key) + frame(FIN | CONTINUATION, b"fore", sender.key)
            await sender.say(data[:-2])
            assert await receiver.hear(len(data) - 2) == data[:-2]
            editor = Editor(change={0})
            at.add(editor)
            await sender.say(data[-2:])
            assert await receiver.hear(2) == data[-2:]
            await sender.send(FIN | TEXT, b"after")
            assert await receive(reading(direction, ""), receiver, 1) == [(TEXT, b"changed: after")]
            assert editor.seen == [b"after"]

    asyncio.run(run())


@BOTH
@pytest.mark.parametrize("begun", ["a frame", "a fragment", "a header"])
def test_behind_the_end_of_a_message_that_has_passed_in_part_the_next_one_has_its_hook(wire, direction, begun) -> None:
    """Even in the same chunk: only what was on its way before the addon came passes without it."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            data = frame(BINARY, b"be", sender.key) + frame(FIN | PING, b"?", sender.key)
            data += frame(FIN | CONTINUATION, b"fore", sender.key)
            at_first = {"a frame": len(data) - 2, "a fragment": len(data) - len(sender.key) - 6, "a header": 1}[begun]
            await sender.say(data[:at_first])
            assert await receiver.hear(at_first) == data[:at_first]
            editor = Editor(change={0, 1})
            at.add(editor)
            await sender.say(data[at_first:] + frame(FIN | TEXT, b"one", sender.key) + frame(TEXT, b"t", sender.key))
            await sender.say(frame(FIN | CONTINUATION, b"wo", sender.key))
            assert await receiver.hear(len(data) - at_first) == data[at_first:]
            got = await receive(reading(direction, ""), receiver, 2)
            assert got == [(TEXT, b"changed: one"), (TEXT, b"changed: two")]
            assert editor.seen == [b"one", b"two"]
            assert [message.content for message in at.witness.seen] == [b"before", b"changed: one", b"changed: two"]

    asyncio.run(run())


@BOTH
def test_with_a_hook_a_message_beyond_the_limit_passes_chunk_by_chunk(wire, direction) -> None:
    """All that a chunk has of such a message is sent at once, however many fragments that is."""

    async def run() -> None:
        async with wire(arguments=("--set", "paperknife_limit=1k"), addons=[Editor()]) as at:
            sender, receiver = at.ends(direction)
            (handler,) = at.proxy.master.addons.get("proxyserver").connections.values()
            lane = handler.lane
            way = lane.up if direction == "client" else lane.down
            fragments = [frame(CONTINUATION, b"a" * 10, sender.key) for _ in range(300)]
            data = frame(BINARY, b"a" * 2000, sender.key) + b"".join(fragments)
            await sender.say(data)
            assert await receiver.hear(len(data)) == data
            sent = [one for one in lane.relay_data(way, b"".join(fragments)) if isinstance(one, commands.SendData)]
            assert [one.data for one in sent] == [b"".join(fragments)]

    asyncio.run(run())


def test_a_fragment_is_held_back_while_a_hook_may_change_it(wire) -> None:
    """With a hook, pings pass between fragments, and the message goes on when it is whole: as it came, if unchanged."""

    async def run() -> None:
        async with wire(addons=[Editor()]) as at:
            first = frame(TEXT, b"hel", at.client.key)
            await at.client.say(first + frame(FIN | PING, b"", at.client.key))
            assert await at.server.hear(6) == frame(FIN | PING, b"", at.client.key)
            last = frame(FIN | CONTINUATION, b"lo", at.client.key)
            await at.client.say(last)
            assert await at.server.hear(len(first + last)) == first + last

    asyncio.run(run())


@pytest.mark.parametrize("content", ["text", None, 7])
def test_an_addon_that_raises_or_writes_nonsense_costs_no_message(wire, content) -> None:
    """The message passes as it came."""

    class Wrong:
        def websocket_message(self, flow) -> None:
            if content == 7:
                raise RuntimeError("broken on purpose")
            flow.websocket.messages[-1].content = content

    async def run() -> None:
        async with wire(addons=[Wrong()]) as at:
            for payload in (b"one", b"two"):
                data = await at.client.send(FIN | BINARY, payload)
                assert await at.server.hear(len(data)) == data
            assert any("broken on purpose" in text or "a fault" in text for text in at.warnings())

    asyncio.run(run())


def test_interception_holds_and_resumes(wire) -> None:
    """An intercepted message waits for its user, who changes it; with interception off messages pass at once."""

    async def run() -> None:
        async with wire() as at:
            at.add(Intercept())
            options = at.proxy.master.options
            options.update(intercept="~b secret")
            await at.client.send(FIN | TEXT, b"secret")
            await at.witness.until(lambda: at.flow.intercepted, "the hold")
            at.flow.websocket.messages[-1].content = b"public"
            at.flow.resume()
            assert await receive(reading("client", ""), at.server, 1) == [(TEXT, b"public")]
            options.update(intercept=None)
            data = await at.client.send(FIN | TEXT, b"secret")
            assert await at.server.hear(len(data)) == data
            assert at.witness.seen[0].direction is Direction.CLIENT

    asyncio.run(run())


def test_a_script_may_change_messages(wire, tmp_path) -> None:
    """A script given with -s, loaded before we know of it, changes the first message already."""
    script = tmp_path / "louder.py"
    script.write_text(
        "def websocket_message(flow):\n"
        "    flow.websocket.messages[-1].content = flow.websocket.messages[-1].content.upper()\n"
    )

    async def run() -> None:
        async with wire(arguments=("--set", f"scripts={script}")) as at:
            await at.client.send(FIN | TEXT, b"quiet")
            assert await receive(reading("client", ""), at.server, 1) == [(TEXT, b"QUIET")]

    asyncio.run(run())
