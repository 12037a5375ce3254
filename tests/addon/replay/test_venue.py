"""A client cannot tell the replay from the venue."""

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.addon.recording.sessions import Line, api, write
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from paperknife.demo.client import ClientOptions, Outcome, trade
from paperknife.replay.moves import Mode
from paperknife.replay.pace import FASTEST
from paperknife.traffic import Close
from paperknife_decoders.message import Direction, Fate, Opcode

line = Line()
CLIENTS = Path(__file__).with_name("clients")


def traded(url: str) -> Outcome:
    """A session of the demo's client."""
    return asyncio.run(trade(url, seconds=30, seed=4, options=ClientOptions(updates=40)))


def told(outcome: Outcome) -> tuple:
    """All that the client decided, and where that has left it. The token that it sends back is masked as recorded."""
    decisions = [(payload, {**fields, "token": ""}) for payload, fields in outcome.decisions]
    return decisions, outcome.orders, outcome.positions, outcome.balance, outcome.close_code


def test_the_demo_s_client_decides_the_same(recorded, replayed) -> None:
    """Same decisions and same final state, at the recorded speed, ten times as fast, and as fast as can be."""
    path, venue = recorded(traded)
    assert len(venue.decisions) > 8
    for speed in (1.0, 10.0, FASTEST):
        url, heard = replayed(path, speed=speed)
        assert told(traded(f"{url}/v1")) == told(venue)
        assert not heard.missed_ones
        assert not heard.stalls


LOGIN = {"user": "alice", "password": "wonderland", "api_key": "demo-key-alice-7f3a"}
ORDERS = [
    {"symbol": "ESZ6", "side": side, "quantity": quantity, "type": 2, "account": "DEMO-1"}
    for side, quantity in ((1, 1), (2, 2), (1, 500), (1, 3))
]


def ordering(*command: str):
    """Runs a client that orders; `first` is its first request id."""

    def run(url: str, first: int) -> dict:
        told = {
            "url": url,
            "login": api().client.encode("login", LOGIN).hex(),
            "subscribe": api().client.encode("subscribe", {"request_id": 1, "symbols": ["ESZ6"]}).hex(),
            "orders": [api().client.encode("order", order)[2:].hex() for order in ORDERS],
            "first": first,
        }
        done = subprocess.run([*command, json.dumps(told)], capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    return run


OTHERS = [(sys.executable, str(CLIENTS / "ordering.py"))]
if node := shutil.which("node"):
    OTHERS.append((node, "--experimental-websocket", "--no-warnings", str(CLIENTS / "ordering.mjs")))


@pytest.mark.parametrize("command", OTHERS, ids=["picows", "node"][: len(OTHERS)])
def test_clients_of_other_libraries_decide_the_same(command, recorded, replayed) -> None:
    """With request ids of their own in each run: they see the same market, and the answers to their own requests."""
    run = ordering(*command)
    path, venue = recorded(lambda url: run(url, 100))
    assert [each for each in venue["seen"] if each.startswith("answer")]
    for speed, first in ((1.0, 5000), (FASTEST, 70_000)):
        url, heard = replayed(path, speed=speed)
        assert run(f"{url}/v1", first) == venue
        assert not heard.missed_ones


def wait_until(happens, seconds: float = 60.0) -> None:
    """Wait for what the other thread does."""
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.02)


def session(path: Path, *items) -> Path:
    """A recording of these on the connection of `line`."""
    return write(path, [line.opened(), *items])


LOGGED_IN = (
    line.client(10, "login", user="alice", password="secret-one"),
    line.server(12, "login_response", result=1, token="t-abcdef-123456"),
)
LOGS_IN = api().client.encode("login", {"user": "alice", "password": "another"})


def test_it_closes_as_recorded(replayed, tmp_path) -> None:
    """With the server's code and reason, once all was sent."""
    close = line.closed(30)
    close = type(close)(close.connection, Close(4000, "logged out", Direction.SERVER, close.close.time_ns))
    url, heard = replayed(session(tmp_path / "s.mcap", *LOGGED_IN, close), speed=FASTEST)
    with connect(f"{url}/v1") as client:
        client.send(LOGS_IN)
        client.recv(60)
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(60)
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "logged out")
    assert heard.over_count == 1


def test_a_path_that_was_not_recorded_is_not_found(replayed, tmp_path) -> None:
    """The answer names those that were. A recording of one connection is there for every path."""
    one = session(tmp_path / "one.mcap", *LOGGED_IN)
    url, _ = replayed(one, speed=FASTEST)
    with connect(f"{url}/elsewhere") as client:
        client.send(LOGS_IN)
        assert client.recv(60)
    other = Line(2)
    two = write(tmp_path / "two.mcap", [line.opened(), other.opened(), *LOGGED_IN])
    url, _ = replayed(two, speed=FASTEST)
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{url}/elsewhere")
    assert refused.value.response.status_code == 404
    assert b"/v1" in refused.value.response.body


def test_each_connection_has_its_own_cursor(replayed, tmp_path) -> None:
    """In the order of the recording, and from the first again after the last; none disturbs another."""
    other = Line(2)
    path = write(
        tmp_path / "two.mcap",
        [
            line.opened(),
            *LOGGED_IN,
            other.opened(),
            other.client(40, "login", user="bob", password="x"),
            other.server(41, "login_response", result=1, token="second"),
        ],
    )
    url, _ = replayed(path, speed=FASTEST)
    bob = api().client.encode("login", {"user": "bob", "password": "his own"})
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(f"{url}/v1")) for _ in range(3)]
        for client, login in reversed(list(zip(clients, (LOGS_IN, bob, LOGS_IN), strict=True))):
            client.send(login)
        tokens = [len(api().server.decode(client.recv(60))[1].token) for client in clients]
    assert tokens == [len("t-abcdef-123456"), len("second"), len("t-abcdef-123456")]


@pytest.mark.parametrize("compressed", [False, True])
def test_compression_and_subprotocol_are_as_recorded(replayed, tmp_path, compressed) -> None:
    """Only what both sides had agreed on."""
    opened = line.opened()
    shake = opened.connection.handshake
    agreed = (("Sec-WebSocket-Extensions", "permessage-deflate"),) if compressed else ()
    shake = type(shake)(shake.request, (*shake.response, *agreed))
    fields = {name: getattr(opened.connection, name) for name in type(opened.connection).__slots__}
    connection = type(opened.connection)(**{**fields, "handshake": shake, "subprotocol": "v2"})
    path = write(tmp_path / "s.mcap", [type(opened)(connection), *LOGGED_IN])
    url, _ = replayed(path, speed=FASTEST)
    with connect(f"{url}/v1", subprotocols=["v1", "v2"]) as client:
        assert client.subprotocol == "v2"
        assert bool(client.protocol.extensions) is compressed
        client.send(LOGS_IN)
        assert client.recv(60)
    with connect(f"{url}/v1", subprotocols=["v1"]) as client:
        assert client.subprotocol is None


ON_MISS = ["wait", "skip", "close"]
BAD_ORDER = api().client.encode("order", {"request_id": 9, "symbol": "ESZ6", "quantity": 3})


@pytest.mark.parametrize("on_miss", ON_MISS)
def test_what_is_done_about_a_miss(replayed, tmp_path, on_miss) -> None:
    """Nothing, so that the right request still goes; or it is taken for the nearest; or the connection ends."""
    order = line.client(20, "order", request_id=7, symbol="ESZ6", quantity=2)
    answer = line.server(21, "order_response", request_id=7, symbol="ESZ6", order_id="A-1")
    path = session(tmp_path / "s.mcap", *LOGGED_IN, order, answer)
    url, heard = replayed(path, speed=FASTEST, on_miss=on_miss)
    with connect(f"{url}/v1") as client:
        client.send(LOGS_IN)
        client.recv(60)
        client.send(BAD_ORDER)
        if on_miss == "close":
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(60)
            assert closed.value.rcvd.code == 1008
            return
        if on_miss == "wait":
            with pytest.raises(TimeoutError):
                client.recv(0.2)
            client.send(order.content)
        response = api().server.decode(client.recv(60))[1]
        assert response.request_id == (9 if on_miss == "skip" else 7)
    assert [each.path for each in heard.missed_ones[0].differences] == ["order.quantity"]


def test_what_is_not_recorded_goes_to_the_real_server(replayed, served, tmp_path) -> None:
    """With `pass`, and its answers come back; all else is answered from the recording."""
    heard_up: list[bytes] = []

    def real(connection) -> None:
        for content in connection:
            heard_up.append(content)
            connection.send(api().server.encode("order_response", {"request_id": 9, "text": "from the real one"}))

    path = session(tmp_path / "s.mcap", *LOGGED_IN)
    url, _ = replayed(path, speed=FASTEST, on_miss="pass", upstream=served(real))
    with connect(f"{url}/v1") as client:
        client.send(LOGS_IN)
        assert api().server.decode(client.recv(60))[0] == "login_response"
        client.send(BAD_ORDER)
        assert api().server.decode(client.recv(60))[1].text == "from the real one"
    assert heard_up == [BAD_ORDER]


def test_a_message_goes_to_the_real_server_once(replayed, served, centrifugo, tmp_path) -> None:
    """However many of its envelopes are not recorded."""
    heard_up: list[bytes] = []

    def real(connection) -> None:
        for content in connection:
            heard_up.append(content)
            connection.send(b"done")

    path = session(tmp_path / "s.mcap", centrifugo(0, Direction.CLIENT, {"id": 1, "subscribe": {"channel": "a"}}))
    url, heard = replayed(path, speed=FASTEST, on_miss="pass", upstream=served(real))
    unknown = [centrifugo(0, Direction.CLIENT, *({"id": at, "connect": {}} for at in ids)) for ids in ((5, 6, 7), (8,))]
    with connect(f"{url}/v1") as client:
        for each in unknown:
            client.send(each.content)
            assert client.recv(60)
    assert heard_up == [each.content for each in unknown]
    assert len(heard.missed_ones) == 4


def test_a_real_server_that_is_not_there_is_told_of(replayed, tmp_path) -> None:
    """In one sentence, without the query, which may hold a token; the recorded answers still come."""
    path = session(tmp_path / "s.mcap", *LOGGED_IN)
    url, heard = replayed(path, speed=FASTEST, on_miss="pass", upstream="ws://127.0.0.1:1/v1?token=secret-one")
    with connect(f"{url}/v1") as client:
        client.send(BAD_ORDER)
        client.send(LOGS_IN)
        assert api().server.decode(client.recv(60))[0] == "login_response"
        wait_until(lambda: heard.faults)
    (fault,) = heard.faults
    assert fault.startswith("The server at ws://127.0.0.1:1/v1 could not be asked: ")


def test_it_begins_later_with_what_holds_by_then(replayed, tmp_path) -> None:
    """With `start_s`, login and subscription come before, at once."""
    ticks = [line.server(1000 * at, "market_data", symbol="ESZ6", sequence=at) for at in range(1, 9)]
    subscribed = (
        line.client(20, "subscribe", request_id=1, symbols=["ESZ6"]),
        line.server(21, "subscribe_response", request_id=1, symbols=["ESZ6"]),
    )
    path = session(tmp_path / "s.mcap", *LOGGED_IN, *subscribed, *ticks)
    url, _ = replayed(path, speed=FASTEST, start_s=6.5)
    with connect(f"{url}/v1") as client:
        client.send(LOGS_IN)
        client.send(subscribed[0].content)
        found = [api().server.decode(client.recv(60)) for _ in range(5)]
    assert [getattr(message, "sequence", payload) for payload, message in found] == [
        "login_response",
        "subscribe_response",
        6,
        7,
        8,
    ]


def test_a_stalled_client_is_told_of(replayed, tmp_path) -> None:
    """Once, with what the recording waits for."""
    url, heard = replayed(session(tmp_path / "s.mcap", *LOGGED_IN), speed=FASTEST, patience=0.1)
    with connect(f"{url}/v1") as client:
        wait_until(lambda: heard.stalls)
        client.send(LOGS_IN)
        assert client.recv(60)
    assert [[each.envelope.payload for each in needs] for needs in heard.stalls] == [["login"]]


def test_another_round_waits_for_the_client_where_there_is_nothing_to_send(replayed, tmp_path) -> None:
    """A loop over answers alone is no endless loop: each request is answered again, and the server can be ended."""
    url, heard = replayed(session(tmp_path / "s.mcap", *LOGGED_IN, line.closed(30)), speed=FASTEST, loop=True)
    with connect(f"{url}/v1") as client:
        for _ in range(5):
            client.send(LOGS_IN)
            assert api().server.decode(client.recv(60))[0] == "login_response"
        rounds = []
        again = heard.visits[0]._again
        heard.visits[0]._again = lambda: (rounds.append(1), again())
        time.sleep(0.2)
    assert len(rounds) < 5  # it is on its way to rest, or there
    assert not heard.missed_ones


def test_requests_and_pongs_in_one_message_are_what_they_are(replayed, centrifugo, tmp_path) -> None:
    """As of Centrifugo; each request is met, in whatever message it comes, and both answers carry the live ids."""
    commands = [{"id": at, "subscribe": {"channel": name}} for at, name in ((1, "a"), (2, "b"))]
    answers = [{"id": at, "connect": {"client": "c-1"}} for at in (1, 2)]
    path = session(
        tmp_path / "s.mcap",
        centrifugo(0, Direction.SERVER, {}),
        centrifugo(10, Direction.CLIENT, {}, *commands),
        centrifugo(20, Direction.SERVER, *answers, {}),
    )
    live = [{**each, "id": each["id"] + 40} for each in commands]
    for said in ([[{}, *live]], [[live[0]], [{}], [live[1], {}]]):
        url, heard = replayed(path, speed=FASTEST)
        with connect(f"{url}/v1") as client:
            assert client.recv(60) == b"\0"
            for each in said:
                client.send(centrifugo(0, Direction.CLIENT, *each).content)
            expected = [{**each, "id": each["id"] + 40} for each in answers]
            assert client.recv(60) == centrifugo(0, Direction.SERVER, *expected, {}).content
        assert not heard.missed_ones


NONSENSE = [b"", b"\xff" * 100, b"\x00" * 50, "text", '{"a": 1}', b"\x0a\x05ab"]


@pytest.mark.parametrize("mode", list(Mode))
def test_nonsense_ends_nothing(replayed, tmp_path, mode) -> None:
    """A client that says what nobody understands is still answered."""
    url, heard = replayed(session(tmp_path / "s.mcap", *LOGGED_IN), speed=FASTEST, mode=mode)
    with connect(f"{url}/v1") as client:
        for content in NONSENSE * 20:
            client.send(content)
        client.send(LOGS_IN)
        if mode is Mode.STEP:
            with pytest.raises(TimeoutError):
                client.recv(0.2)
        else:
            assert client.recv(60)
        wait_until(lambda: heard.missed_ones)


def test_a_flood_of_nonsense_is_counted(replayed, tmp_path) -> None:
    """The first hundred are told of; and who floods is still answered, once he says what is expected."""
    asks = [line.client(20 + at, "account", request_id=at, account=f"A{at}") for at in range(200)]
    url, heard = replayed(session(tmp_path / "s.mcap", *LOGGED_IN, *asks), speed=FASTEST)
    with connect(f"{url}/v1") as client:
        for _ in range(2000):
            client.send(BAD_ORDER)
        client.send(LOGS_IN)
        assert api().server.decode(client.recv(60))[0] == "login_response"
    assert len(heard.missed_ones) == 100
    assert heard.visits[0].result.miss_count == 2000


KINDS = [(Opcode.TEXT, b'{"hello": "world"}'), (Opcode.TEXT, "ünïcode".encode()), (Opcode.BINARY, b"\xff\x00\x01")]


@pytest.mark.parametrize("compressed", [False, True])
def test_what_no_schema_reads_comes_with_its_opcode(replayed, tmp_path, compressed) -> None:
    """Byte for byte."""
    sent = [line.raw(20, Direction.SERVER, content, opcode) for opcode, content in KINDS]
    url, _ = replayed(session(tmp_path / "s.mcap", *sent), speed=FASTEST)
    with connect(f"{url}/v1", compression="deflate" if compressed else None) as client:
        found = [client.recv(60) for _ in KINDS]
    assert found == [content.decode() if opcode is Opcode.TEXT else content for opcode, content in KINDS]


def test_a_recording_that_is_gone_is_told_of(replayed, tmp_path) -> None:
    """To the client in its handshake, or as it closes; without a traceback."""
    path = session(tmp_path / "s.mcap", *LOGGED_IN)
    url, _ = replayed(path, speed=FASTEST)
    with connect(f"{url}/v1") as client:
        client.send(LOGS_IN)
        assert client.recv(60)
    path.unlink()
    with connect(f"{url}/v1") as client, pytest.raises(ConnectionClosed) as closed:
        client.recv(60)
    assert closed.value.rcvd.reason == "The recording cannot be read any more"
    url, _ = replayed(path)
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{url}/v1")
    assert refused.value.response.status_code == 500
    assert b"cannot be read" in refused.value.response.body


def test_what_rules_did_is_played_as_the_client_saw_it(replayed, tmp_path) -> None:
    """Its requests as it had sent them, dropped and changed ones too; answers as they arrived, those of rules too."""
    order = [api().client.encode("order", {"request_id": number, "quantity": number}) for number in (1, 2)]
    cut = api().client.encode("order", {"request_id": 2, "quantity": 99})
    beat = [api().server.encode("heartbeat", {"sequence": number}) for number in (3, 4, 5)]
    acts = [
        line.raw(10, Direction.CLIENT, order[0], fate=Fate.DROPPED),
        line.raw(20, Direction.CLIENT, cut, fate=Fate.CHANGED, original=order[1]),
        line.raw(25, Direction.CLIENT, cut, fate=Fate.INJECTED),
        line.raw(30, Direction.SERVER, beat[0], fate=Fate.DROPPED),
        line.raw(40, Direction.SERVER, beat[1], fate=Fate.CHANGED, original=beat[0]),
        line.raw(50, Direction.SERVER, beat[2], fate=Fate.INJECTED),
    ]
    url, heard = replayed(write(tmp_path / "s.mcap", [line.opened(), *acts, line.closed(60)]), speed=FASTEST)
    with connect(f"{url}/v1") as client:
        for each in order:
            client.send(each)
        assert [client.recv(timeout=60) for _ in range(2)] == beat[1:]
    assert not heard.missed_ones
