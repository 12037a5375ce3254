"""A mitmproxy in our own event loop: its start, its end, and what it says meanwhile."""

import asyncio
import logging
import threading
from pathlib import Path

import pytest
from mitmproxy.proxy.layers import websocket
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from paperknife.proxy.arguments import ArgumentError
from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.listening import StartError
from paperknife.settings.modes import Mode
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Close


def plan(*arguments: str, modes: tuple[Mode, ...] = ()) -> ProxyPlan:
    """A plan without a schema."""
    return ProxyPlan(Reading(), load(Reading()), modes, ("-p", "0", *arguments))


def test_it_listens_while_its_block_runs(stage) -> None:
    """Where it listens can be connected to inside the block, and not after it."""

    async def run() -> None:
        async with stage() as at, connect(at.url) as client:
            await client.send("x")
            assert await client.recv() == "x"
        with pytest.raises(ConnectionRefusedError):
            await connect(at.url)

    asyncio.run(run())


def test_shutdown_from_any_thread_and_at_any_time_ends_it() -> None:
    """`closed` returns for a shutdown asked by another thread, asked before the start, and asked twice."""

    async def run(early: bool) -> None:
        proxy = EmbeddedProxy(plan(), [])
        if early:
            proxy.shutdown()
        async with proxy:
            if not early:
                threading.Thread(target=proxy.shutdown).start()
            await asyncio.wait_for(proxy.closed(), 60)
            proxy.shutdown()
        proxy.shutdown()
        return proxy

    asyncio.run(run(early=True))
    proxy = asyncio.run(run(early=False))
    proxy.shutdown()  # its loop has ended


def test_connections_live_on_until_the_block_ends(stage) -> None:
    """A shutdown is a wish; whoever runs the proxy may still let peers say goodbye."""

    async def run() -> None:
        async with stage() as at, connect(at.url) as client:
            at.proxy.shutdown()
            await at.proxy.closed()
            await client.send("still here")
            assert await client.recv() == "still here"

    asyncio.run(run())


def test_an_interrupt_takes_no_more(stage) -> None:
    """What a peer sends after it is neither told nor forwarded; it may come before the start, and twice."""

    peers = []

    async def answer(connection: ServerConnection) -> None:
        peers.append(connection)
        async for content in connection:
            await connection.send(content)

    async def run() -> list[bytes]:
        EmbeddedProxy(plan(), []).interrupt()
        async with stage(answer) as at, connect(at.url, close_timeout=0.1) as client:
            await client.send("before")
            assert await client.recv() == "before"
            at.proxy.interrupt()
            at.proxy.interrupt()
            await at.proxy.closed()
            await client.send("after")
            for handler in at.proxy.master.addons.get("proxyserver").connections.values():
                for transport in handler.transports.values():
                    transport.reader.feed_data(b"\x81\x05later")  # what a full stream reads on by itself
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.recv(), 0.2)
            peers[0].transport.abort()  # nobody answers its close frame
            return [message.content for message in at.witness.seen]

    assert asyncio.run(run()) == [b"before", b"before"]


@pytest.mark.parametrize("lane", ["true", "false"])
def test_a_connection_that_we_end_is_not_blamed_on_a_peer(stage, served, lane: str) -> None:
    """What is open when the proxy and its loop end is told as ended by us."""

    async def run() -> list[Close]:
        async with stage(upstream=served(), arguments=("--set", f"paperknife_lane={lane}")) as at:
            client = await connect(at.url)
            await client.send("x")
            assert await client.recv() == "x"
        return at.witness.closes

    ((code, reason, by),) = [(close.code, close.reason, close.by) for close in asyncio.run(run())]
    assert (code, reason, by) == (1006, "paperknife ended", None)


FAILURES = [
    (("--nothing",), (), ArgumentError, "There is no option --nothing"),
    ((), (Mode("nothing"),), ArgumentError, "Invalid proxy mode specification: nothing"),
    ((), (Mode("reverse:http://h:99999"),), ArgumentError, "Invalid port"),
    (("--set", "confdir=/dev/null/x"), (), ArgumentError, "--set confdir=FOLDER"),
    (("--listen-host", "203.0.113.9"), (), StartError, "could not listen on 203.0.113.9:0"),
    (("-p", "99999"), (), StartError, "port must be 0-65535"),
]


@pytest.mark.parametrize(("arguments", "modes", "kind", "sentence"), FAILURES)
def test_a_start_that_fails_leaves_nothing_behind(
    arguments: tuple[str, ...], modes: tuple[Mode, ...], kind: type[Exception], sentence: str
) -> None:
    """One exception with a sentence, no notice besides, and mitmproxy's own layer and log as they were."""
    layer, handlers = websocket.WebsocketLayer, list(logging.getLogger().handlers)
    told: list[str] = []

    async def run() -> None:
        proxy = EmbeddedProxy(plan(*arguments, modes=modes), [])
        proxy.addon.audience.notice = lambda text, warning: told.append(text)
        async with proxy:
            raise AssertionError("it started")

    with pytest.raises(kind, match=sentence):
        asyncio.run(run())
    assert told == []
    assert websocket.WebsocketLayer is layer
    assert logging.getLogger().handlers == handlers


def test_a_mode_of_the_configuration_counts_where_none_is_given(tmp_path: Path) -> None:
    """config.yaml says how to listen; --mode wins over it."""
    (tmp_path / "config.yaml").write_text("mode: [socks5]\n")

    async def run(*modes: Mode) -> list[str]:
        async with EmbeddedProxy(plan("--set", f"confdir={tmp_path}", modes=modes), []) as proxy:
            return [listening.sentence() for listening in proxy.listening]

    (from_file,) = asyncio.run(run())
    (from_us,) = asyncio.run(run(Mode("regular")))
    assert "(socks5 proxy)" in from_file
    assert "(regular proxy)" in from_us


def test_a_schema_of_the_configuration_counts_where_none_is_given(
    tmp_path: Path, trading: str, schema_folder: Path
) -> None:
    """config.yaml may name the schema, for the script form; --schema wins over it."""
    (tmp_path / "config.yaml").write_text(f"paperknife_schema: ['{trading}']\n")

    async def run(reading: Reading) -> str:
        arguments = ("-p", "0", "--set", f"confdir={tmp_path}")
        async with EmbeddedProxy(ProxyPlan(reading, load(reading), (), arguments), []) as proxy:
            return proxy.addon.keeper.protocol.client.name

    assert asyncio.run(run(Reading())) == "trading.v1.ClientMessage"
    assert asyncio.run(run(Reading(schema=(str(schema_folder),)))) == "tiny.ClientMessage"


def test_without_a_server_it_runs_all_the_same() -> None:
    """--no-server listens nowhere."""

    async def run() -> None:
        async with EmbeddedProxy(plan("--no-server"), []) as proxy:
            assert proxy.listening == ()

    asyncio.run(run())


def test_warnings_of_mitmproxy_reach_the_user_and_chatter_does_not(stage) -> None:
    """What mitmproxy and the user's scripts warn of is told, on whatever level below is not."""

    async def run() -> None:
        async with stage() as at:
            logging.getLogger("some.script").info("chatter")
            logging.getLogger("some.script").warning("look at %s", "this")
            await at.witness.until(lambda: ("look at this", True) in at.witness.notices, "the warning")
            assert not [text for text, _ in at.witness.notices if "chatter" in text]

    asyncio.run(run())


def test_warnings_of_other_threads_are_told_in_that_of_the_loop(stage) -> None:
    """Consumers are told of one thing after the other, whoever warns."""
    threads = set()

    async def run() -> None:
        async with stage() as at:
            mask = at.proxy.addon.audience.mask
            at.proxy.addon.audience.mask = lambda text: threads.add(threading.get_ident()) or mask(text)
            await asyncio.to_thread(logging.getLogger("some.script").warning, "look at this")
            await at.witness.until(lambda: ("look at this", True) in at.witness.notices, "the warning")

    asyncio.run(run())
    assert threads == {threading.get_ident()}


def test_the_authority_folder_is_made(tmp_path: Path) -> None:
    """A folder that is not there yet is no fault."""

    async def run() -> None:
        async with EmbeddedProxy(plan("--set", f"confdir={tmp_path}/new/folder"), []):
            assert list((tmp_path / "new" / "folder").iterdir())

    asyncio.run(run())
