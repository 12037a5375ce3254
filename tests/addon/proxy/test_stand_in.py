"""A recorded server in the place of the real one: in all modes, with no server to be reached."""

import asyncio
import contextlib
import dataclasses
import re
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

import paperknife
from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.proxy.arguments import ArgumentError
from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.recording.items import Closed, Item, Opened
from paperknife.recording.reading import Recording
from paperknife.recording.segments import RecordWords
from paperknife.replay.venue import VenueOptions
from paperknife.replay.words import ReplayWords
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.traffic import Close, Connection
from paperknife_decoders.message import Direction, Message, Opcode

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
API = Api(given_schema())
VENUE = "wss://venue.example/v1"
NS = 1_900_000_000_000_000_000


def order(request_id: int, quantity: int = 3) -> bytes:
    """A request."""
    return API.client.encode("order", {"request_id": request_id, "symbol": "ESZ6", "quantity": quantity})


def response(request_id: int) -> bytes:
    """What answers it."""
    return API.server.encode("order_response", {"request_id": request_id, "status": "ACCEPTED", "symbol": "ESZ6"})


@pytest.fixture
def tape_of(tape, record):
    """`tape_of(url, ...)`: a recording of one connection to each URL: an order, and its answer."""

    def make(*urls: str, name: str = "session.mcap") -> Path:
        items: list[Item] = []
        reader = tape.loaded.protocol.reader()
        for number, url in enumerate(urls, 1):
            connection = Connection(number, url, "127.0.0.1:5", NS)
            items += [
                Opened(connection),
                Message(number, CLIENT, NS + 1, Opcode.BINARY, order(7), reader),
                Message(number, SERVER, NS + 2, Opcode.BINARY, response(7), reader),
                Closed(connection, Close(1000, "bye", CLIENT, NS + 3)),
            ]
        return record(items, name=name)

    return make


@dataclass(frozen=True)
class Standing:
    """A proxy that replays; `at` is its address."""

    at: str
    proxy: EmbeddedProxy
    witness: object


@pytest.fixture
def standing(new_witness, tmp_path_factory):
    """`async with standing(mode, words)`: a proxy that answers from a recording."""
    home = tmp_path_factory.getbasetemp() / "authority"

    @contextlib.asynccontextmanager
    async def run(mode: str, words: ReplayWords, loaded: Loaded | None = None, **more) -> AsyncIterator[Standing]:
        modes = (parse_mode(mode),)
        given = ("--listen-port", "0", "--set", f"confdir={home}")
        reading = Reading()
        plan = ProxyPlan(reading, loaded or words.loaded(reading), modes, given, replay=words, **more)
        witness = new_witness()
        async with EmbeddedProxy(plan, [witness]) as proxy:
            listening = proxy.listening[0]
            yield Standing(f"{listening.host}:{listening.port}", proxy, witness)

    return run


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def ask(client: ClientConnection, request_id: int = 40) -> object:
    """An order with an id of its own; its answer, parsed."""
    await client.send(order(request_id))
    payload, fields = API.server.decode(await client.recv())
    assert payload == "order_response"
    return fields


def trusting(proxy: EmbeddedProxy) -> ssl.SSLContext:
    """What trusts the proxy's authority, and nothing else."""
    return ssl.create_default_context(cafile=Path(proxy.master.options.confdir) / "mitmproxy-ca-cert.pem")


DEAD = "127.0.0.1:{dead}"

MODES = [
    (f"reverse:ws://{DEAD}/v1", "ws://{at}/", f"ws://{DEAD}/v1"),
    (f"reverse:wss://{DEAD}/v1", "ws://{at}/", f"wss://{DEAD}/v1"),
    (f"reverse:ws://{DEAD}", "ws://{at}/v1?session=1", f"ws://{DEAD}/v1?session=1"),
    ("regular", f"ws://{DEAD}/v1", f"ws://{DEAD}/v1"),
    ("regular", "wss://nowhere.invalid:{dead}/v1", "wss://nowhere.invalid:{dead}/v1"),
    ("regular", "wss://nowhere.invalid/v1", "wss://nowhere.invalid/v1"),
    (f"upstream:http://{DEAD}", "wss://nowhere.invalid/v1", "wss://nowhere.invalid/v1"),
    ("socks5", f"ws://{DEAD}/v1", f"ws://{DEAD}/v1"),
    ("socks5", f"wss://{DEAD}/v1", f"wss://{DEAD}/v1"),
]


@pytest.mark.parametrize(("mode", "url", "shown"), MODES)
def test_a_client_is_answered_with_no_server(standing, tape_of, mode: str, url: str, shown: str) -> None:
    """In every mode, encrypted or not; what is shown is the URL that the client asked for."""
    words = ReplayWords(str(tape_of(VENUE)), speed="max")

    async def run() -> None:
        dead = closed_port()
        async with standing(mode.format(dead=dead), words) as at:
            more = await reach(at, mode, dead)
            if url.startswith("wss:"):
                more["ssl"] = trusting(at.proxy)
            async with connect(url.format(dead=dead, at=at.at), **more) as client:
                assert (await ask(client)).request_id == 40
            await at.witness.until(lambda: at.witness.closes, "the end")
            assert [each.url for each in at.witness.connections] == [shown.format(dead=dead)]
            assert [message.direction for message in at.witness.seen] == [CLIENT, SERVER]
            assert [message.envelopes[0].payload for message in at.witness.seen] == ["order", "order_response"]
            assert (f"Connection #1 is answered from {words.path}.", False) in at.witness.notices
            assert not any(warning for _, warning in at.witness.notices)

    asyncio.run(run())


async def reach(at: Standing, mode: str, port: int) -> dict:
    """How a client goes through a proxy of that mode, to a port of this machine."""
    if mode == "socks5":
        return {"proxy": None, "sock": await asyncio.to_thread(tunnel, at.at, port)}
    return {"proxy": None if mode.startswith("reverse:") else f"http://{at.at}"}


def tunnel(at: str, port: int) -> socket.socket:
    """A way through a SOCKS5 proxy (RFC 1928) to a port of this machine."""
    host, _, own = at.partition(":")
    made = socket.create_connection((host, int(own)), timeout=60)
    made.sendall(b"\5\1\0")
    assert made.recv(2, socket.MSG_WAITALL) == b"\5\0"
    made.sendall(b"\5\1\0\1\x7f\0\0\1" + port.to_bytes(2))
    assert made.recv(10, socket.MSG_WAITALL)[:2] == b"\5\0"
    return made


def mentions(at: Standing, *words: str) -> bool:
    """True if one notice has all of the words."""
    return any(all(word in text for word in words) for text, _ in at.witness.notices)


def test_what_is_not_recorded_is_told(standing, tape_of) -> None:
    """With the connection's number, the nearest request and what differs; at the end, how it went."""
    words = ReplayWords(str(tape_of("ws://h/a", "ws://h/b")), speed="max")

    async def run() -> None:
        async with standing("reverse:ws://h", words) as at:
            async with (
                connect(f"ws://{at.at}/a", proxy=None) as first,
                connect(f"ws://{at.at}/b", proxy=None) as second,
            ):
                await second.send(order(1, quantity=5))
                await at.witness.until(lambda: mentions(at, "#2 This was not recorded: order", "order.quantity"), "it")
                assert mentions(at, "The nearest that is expected: order", "recorded 3, came 5")
                await ask(first)
            await at.witness.until(lambda: mentions(at, "#2 closed: 0 messages sent", "1 not recorded"), "the end of 2")
            await at.witness.until(lambda: mentions(at, "#1 closed: 1 message sent"), "the end of 1")

    asyncio.run(run())


@dataclass(frozen=True, slots=True)
class Impatient(ReplayWords):
    """Tells soon that it waits."""

    def options(self) -> VenueOptions:
        return dataclasses.replace(ReplayWords.options(self), patience=0.05)


def test_what_it_waits_for_is_told(standing, tape_of, tape, new_witness) -> None:
    """Where a client does not send what the recording waits for."""
    path = str(tape_of(VENUE))

    async def run() -> None:
        async with standing("reverse:ws://h/v1", ReplayWords(path)) as at:
            at.proxy.addon.stand_in.use(Impatient(path))
            async with connect(f"ws://{at.at}/", proxy=None):
                await at.witness.until(lambda: mentions(at, "#1 Waiting for 0.05 s", "order 7 ESZ6"), "it")

    asyncio.run(run())


async def real(connection: ServerConnection) -> None:
    """A server that answers each message with what it was, and its own path."""
    async for content in connection:
        assert connection.request
        await connection.send(content if isinstance(content, str) else b"\x52\x01\x00")
        await connection.send(f"{connection.request.path} {connection.request.headers['Host']}")


def test_other_websockets_go_to_their_servers(standing, tape_of) -> None:
    """Of a recording of several servers, each is answered under its own host and path only."""

    async def run() -> None:
        async with serve(real, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            words = ReplayWords(str(tape_of("ws://h.example/v1", f"ws://127.0.0.1:{port}/v2")), speed="max")
            async with standing("regular", words) as at:
                for path, replayed in (("/v1", False), ("/v2", True), ("/v2/more", False)):
                    async with connect(f"ws://127.0.0.1:{port}{path}", proxy=f"http://{at.at}") as client:
                        if replayed:
                            await ask(client)
                        else:
                            await client.send("x")
                            assert [await client.recv(), await client.recv()] == ["x", f"{path} 127.0.0.1:{port}"]
                async with connect("ws://h.example/v1", proxy=f"http://{at.at}") as client:
                    await ask(client)

    asyncio.run(run())


def test_a_miss_is_passed_to_the_real_server(standing, tape_of) -> None:
    """To the one that the client has asked for, at its path and query; what is recorded never gets there."""

    async def run() -> None:
        async with serve(real, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            words = ReplayWords(str(tape_of(VENUE)), speed="max", on_miss="pass")
            async with (
                standing(f"reverse:ws://127.0.0.1:{port}", words) as at,
                connect(f"ws://{at.at}/v1?token=geheim", proxy=None) as client,
            ):
                await ask(client)
                await client.send(order(1, quantity=5))
                assert [await client.recv(), await client.recv()][1].startswith("/v1?token=geheim ")

    asyncio.run(run())


def test_what_is_answered_can_be_recorded(standing, tape_of, tmp_path) -> None:
    """As any traffic, and then replayed in its turn."""
    again = tmp_path / "again.mcap"
    words = ReplayWords(str(tape_of(VENUE)), speed="max")

    async def run() -> None:
        async with standing("reverse:wss://venue.example/v1", words, record=RecordWords(str(again))) as at:
            async with connect(f"ws://{at.at}/", proxy=None) as client:
                await ask(client)
            await at.witness.until(lambda: at.witness.closes, "the end")
        at.proxy.addon.recordings.finish()

    asyncio.run(run())
    assert [item.connection.url for item in Recording(again) if isinstance(item, Opened)] == [VENUE]
    said = [each for each in Recording(again) if isinstance(each, Message) and each.opcode < Opcode.CLOSE]
    assert [each.envelopes[0].payload for each in said] == ["order", "order_response"]


def test_it_goes_with_the_options(standing, tape_of) -> None:
    """Another recording holds for what is opened from then on; none gives the way to the servers free again."""
    first, second = tape_of(VENUE), tape_of("wss://venue.example/v2", name="second.mcap")

    async def run() -> None:
        async with serve(real, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            async with standing(f"reverse:ws://127.0.0.1:{port}", ReplayWords(str(first), speed="max")) as at:
                options = at.proxy.master.options
                assert options.connection_strategy == "lazy"
                async with connect(f"ws://{at.at}/v1", proxy=None) as client:
                    options.update(connection_strategy="eager", paperknife_replay=str(second))
                    assert options.connection_strategy == "lazy"
                    async with connect(f"ws://{at.at}/v2", proxy=None) as other:
                        await ask(other)
                    await ask(client)
                options.update(paperknife_replay="")
                async with connect(f"ws://{at.at}/v2", proxy=None) as client:
                    await client.send("x")
                    assert await client.recv() == "x"

    asyncio.run(run())


WRONG = [
    (ReplayWords("nowhere.mcap"), "A recording was expected at nowhere.mcap: No such file or directory."),
    (ReplayWords("{session}", speed="0"), "paperknife_replay: a number above 0 or max was expected, not '0'"),
    (ReplayWords("{empty}"), "A recording with a WebSocket was expected, and there is none in"),
]


@pytest.mark.parametrize(("words", "sentence"), WRONG)
def test_what_cannot_be_replayed_is_told_at_the_start(standing, tape_of, record, words: ReplayWords, sentence) -> None:
    """In a sentence, before anything listens."""
    paths = {"session": tape_of(VENUE), "empty": record([], name="empty.mcap")}
    words = dataclasses.replace(words, path=words.path.format(**paths))

    async def run() -> None:
        async with standing("regular", words, loaded=load(Reading())):
            pass

    with pytest.raises(ArgumentError, match=re.escape(sentence)):
        asyncio.run(run())


def test_it_runs_inside_mitmdump(launch, tape_of, home) -> None:
    """With the script and an option; nothing is connected to ahead of requests."""
    words = ("--set", f"paperknife_replay={tape_of(VENUE)}", "--set", "paperknife_replay_speed=max")
    script = str(Path(paperknife.__file__).with_name("script.py"))
    dead = closed_port()
    running = launch(
        "mitmdump", "-s", script, "-p", "0", "-m", f"reverse:http://127.0.0.1:{dead}", *words, PYTHONUNBUFFERED="1"
    )
    at = re.search(r"listening at \S*?(\d+)\.", running.until("listening at"))
    assert at

    async def run() -> None:
        async with connect(f"ws://127.0.0.1:{at[1]}/v1", proxy=None) as client:
            await ask(client)

    asyncio.run(run())
    running.until("Connection #1 is answered from")
    running.interrupt()
    status, out, err = running.end()
    assert status == 0, (out, err)
    assert "Answering from" in out
    assert "Traceback" not in out + err
