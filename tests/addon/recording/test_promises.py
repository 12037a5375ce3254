"""The promises that are made of recordings, each walked by the commands that a user types."""

from __future__ import annotations

import base64
import contextlib
import json
import random
import re
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.addon.recording.sessions import CLIENT, MS, SERVER, START_NS, Line, api, plain, read, trading_day, write
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from paperknife.cli import main
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.records import Records
from paperknife.traffic import Close, Handshake, Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.protocol import Protocol

TEXT = Opcode.TEXT

SECRETS = {
    "password": "hunter2-hunter2",
    "api_key": "k-1234567890",
    "token": "t-abcdef-123456",
    "query": "q-55555-query",
    "header": "h-66666-header",
}


@pytest.fixture
def recorded(launch, trading, tmp_path):
    """`recorded(url, options)` starts a proxy that records to s.mcap; it, and where to connect."""

    def start(url, *options, limit=""):
        mode = f"reverse:{url.replace('ws://', 'http://').partition('/v1')[0]}"
        words = ["paperknife", "proxy", "--mode", mode, "--schema", trading, "-p", "0", "--record", "s.mcap", *options]
        running = launch("bash", "-c", f'{limit} exec "$@"', "bash", *words)
        return running, running.url().rstrip("/") + "/v1"

    return start


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where all of it happens."""
    monkeypatch.chdir(tmp_path)


def verb(*arguments):
    """Run a command: its status, stdout and stderr."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def contents(path, direction=None):
    """What passed, in order."""
    return [
        item.content
        for item in read(path)
        if isinstance(item, Message) and item.opcode < Opcode.CLOSE and direction in (None, item.direction)
    ]


def test_a_kill_loses_no_message_that_a_peer_received(recorded, served, tmp_path):
    """`kill -9` in the middle of a burst: `show` reads up to the cut and says so, `recover` makes a whole file."""
    tick = [api().server.encode("market_data", {"symbol": "ESZ6", "sequence": number}) for number in range(200)]

    def burst(connection):
        while True:
            for content in tick:
                connection.send(content)

    running, url = recorded(served(burst), "--ui", "none")
    received: list[bytes] = []

    def receive() -> None:
        with contextlib.suppress(ConnectionClosed, OSError), connect(url, compression=None) as client:
            received.extend(client)

    client = threading.Thread(target=receive)
    client.start()
    while len(received) < 2000 and client.is_alive():
        time.sleep(0.01)
    running.interrupt(signal.SIGKILL)
    client.join(60)
    assert len(received) >= 2000

    status, out, err = verb("show", "s.mcap")
    assert status == 0
    assert "s.mcap has no end" in err or "s.mcap was cut off" in err
    status, _, err = verb("recover", "s.mcap", "-o", "whole.mcap")
    assert (status, "read back and the same" in err) == (0, True)
    kept = contents(tmp_path / "whole.mcap", Direction.SERVER)
    assert kept[: len(received)] == received
    assert out.count("market_data") == len(kept)
    assert verb("show", "whole.mcap")[1:] == (out, "")


def test_a_disk_that_is_full_stops_the_recording_alone(recorded, served, tmp_path):
    """The traffic goes on, the user is told once, what was written is readable, and the exit status tells."""
    running, url = recorded(served(), limit="ulimit -f 64;")
    sent = [api().client.encode("order", {"client_tag": f"{number:05}" * 200}) for number in range(150)]
    with connect(url) as client:
        for content in sent:
            client.send(content)
            assert client.recv() == content
    running.interrupt()
    status, _, err = running.end()
    assert status == 1
    assert "Traceback" not in err
    status, *_ = verb("show", "s.mcap")
    assert status == 0
    kept = contents(tmp_path / "s.mcap", Direction.CLIENT)
    assert 0 < len(kept) < len(sent)
    assert kept == sent[: len(kept)]


OUTPUTS = {
    "show": ("show", "s.mcap", "-v"),
    "json": ("show", "s.mcap", "--format", "json"),
    "info": ("info", "s.mcap"),
    "filter": ("filter", "s.mcap", "-o", "part.mcap"),
    "recover": ("recover", "s.mcap", "-o", "whole.mcap"),
    "jsonl": ("export", "s.mcap", "--to", "jsonl", "-o", "s.jsonl"),
    "csv": ("export", "s.mcap", "--to", "csv", "-o", "tables"),
    "har": ("export", "s.mcap", "--to", "har", "-o", "s.har"),
    "flow": ("export", "s.mcap", "--to", "flow", "-o", "s.flow"),
}


def test_no_secret_is_in_anything_that_was_written(recorded, served, tmp_path):
    """Fields, headers, the query and every later occurrence: raw, inflated, as hex and as base64."""

    def venue(connection):
        connection.recv()
        connection.send(api().server.encode("login_response", {"result": 1, "token": SECRETS["token"]}))
        for secret in SECRETS.values():
            connection.send(api().server.encode("error", {"text": f"{secret} was wrong, or {secret.encode().hex()}"}))
            connection.send(json.dumps({"echo": secret, "coded": base64.b64encode(secret.encode()).decode()}))
        connection.close(4000, f"goodbye {SECRETS['password']}")

    running, url = recorded(served(venue))
    headers = {"Authorization": f"Bearer {SECRETS['header']}"}
    with connect(f"{url}?api_key={SECRETS['query']}", additional_headers=headers) as client:
        client.send(api().client.encode("login", {key: SECRETS[key] for key in ("password", "api_key")}))
        with contextlib.suppress(ConnectionClosed):
            list(client)
    running.until("closed")
    running.interrupt()
    status, out, err = running.end()
    assert status == 0, err
    written = [out, err]
    for arguments in OUTPUTS.values():
        status, out, err = verb(*arguments)
        assert status in (0, 1), (arguments, err)
        written += [out, err]
    written_bytes = b"\n".join(text.encode() for text in written) + everything_in(tmp_path)
    assert found_in(written_bytes) == []
    assert b"login" in written_bytes


def everything_in(folder):
    """The bytes of all files below a folder, and of what is compressed in them."""
    parts = []
    for path in folder.rglob("*"):
        if path.is_file():
            parts.append(path.read_bytes())
        if path.suffix == ".mcap":
            with path.open("rb") as file:
                parts += [body for _, body in Records(file.read, path.name)]
    return b"\n".join(parts)


def found_in(data):
    """The names of the secrets that are in some bytes, and how they are written there."""
    spellings = {"raw": str.encode, "hex": lambda text: text.encode().hex().encode(),
                 "base64": lambda text: base64.b64encode(text.encode())[:-4]}  # fmt: skip
    return [
        (name, how) for name, secret in SECRETS.items() for how, spelled in spellings.items() if spelled(secret) in data
    ]


def test_the_search_for_secrets_finds_them():
    """The test above would fail."""
    for secret in SECRETS.values():
        data = secret.encode()
        assert len(found_in(b" ".join([data, data.hex().encode(), base64.b64encode(data)]))) == 3


def open_session():
    """A recording that was made with --redact off: secrets in every place that a message or a handshake has."""
    password, key, token, query, header = SECRETS.values()
    line = Line()
    headers = (("Authorization", f"Bearer {header}"), ("Cookie", f"sid={header}"), ("X-Api-Key", key))
    connection = replace(
        line.connection,
        url=f"wss://user:{password}@venue.example/v1?api_key={query}&a=1",
        subprotocol=f"bearer.{token}",
        handshake=Handshake(headers, (("Set-Cookie", f"sid={token}; Path=/"),)),
    )
    login = line.client(10, "login", user="alice", password=password, api_key=key)
    changed = line.client(50, "login", user="bob", password=key)
    changed.fate, changed.original = Fate.CHANGED, login.content
    inner = json.dumps({"log": f"a=1\npassword={password}", "inner": json.dumps({"apiKey": key})})
    base64.b64encode(key.encode()).decode()
    large = f"x{password} and {key}".encode()
    pieces = [
        Piece(1, CLIENT, START_NS + 60 * MS, Opcode.BINARY, large[start:end], start, False)
        for start, end in ((0, 9), (9, 24), (24, len(large)))
    ]
    return [
        Opened(connection),
        login,
        line.server(12, "login_response", result=1, token=token),
        line.server(13, "error", text=f"{query} and {header} and {password} were wrong"),
        line.raw(
            20, SERVER, json.dumps({"echo": password, "coded": base64.b64encode(key.encode()).decode()}).encode(), TEXT
        ),
        line.raw(21, CLIENT, inner.encode(), TEXT),
        line.raw(22, CLIENT, f"token={token} {key.encode().hex()}".encode(), TEXT),
        line.raw(23, CLIENT, b"\xff\xff" + password.encode()),
        line.raw(24, CLIENT, login.content[:-4]),
        line.raw(25, CLIENT, b"\x00\x00\x00" + bytes([len(login.content)]) + login.content),
        line.raw(26, CLIENT, token.encode(), Opcode.PING),
        changed,
        *pieces,
        replace(pieces[0], data=b"", offset=len(large), last=True),
        Noticed(f"It was {password}.", False, START_NS + 70 * MS),
        Closed(connection, Close(4000, f"no {token}", SERVER, START_NS + 80 * MS)),
    ]


SHOWN = {
    **{form: ("show", "o.mcap", "--format", form) for form in ("line", "yaml", "json", "textproto", "hex")},
    "verbose": ("show", "o.mcap", "-v"),
    "without a schema": ("show", "bare.mcap", "-v"),
    "strict": ("show", "o.mcap", "-v", "--redact", "strict"),
    "info": ("info", "o.mcap"),
    "info as json": ("info", "o.mcap", "--format", "json"),
    "jsonl": ("export", "o.mcap", "--to", "jsonl", "--raw", "-o", "s.jsonl"),
    "csv": ("export", "o.mcap", "--to", "csv", "-o", "tables"),
    "har": ("export", "o.mcap", "--to", "har", "-o", "s.har"),
    "flow": ("export", "o.mcap", "--to", "flow", "-o", "s.flow"),
    "redact": ("redact", "o.mcap", "-o", "shared.mcap"),
    "redact strictly": ("redact", "o.mcap", "-o", "shared.mcap", "--redact", "strict"),
}


@pytest.mark.parametrize("arguments", SHOWN.values(), ids=SHOWN)
def test_nothing_made_of_an_open_recording_has_a_secret(tmp_path, arguments):
    """Whatever a command shows or writes of it by default, in any format: raw, inflated, as hex and as base64."""
    made = open_session()
    write(tmp_path / "o.mcap", made, redact="off")
    bare = Protocol("bare").reader()
    write(tmp_path / "bare.mcap", [copy_for(item, bare) for item in made], redact="off")
    assert len({name for name, _ in found_in(everything_in(tmp_path))}) == len(SECRETS)
    status, out, err = verb(*arguments)
    assert status in (0, 1), err
    for path in ("o.mcap", "bare.mcap"):
        (tmp_path / path).unlink()
    written = everything_in(tmp_path) + b"".join(decoded_in(tmp_path)) + out.encode() + err.encode()
    assert found_in(written) == []
    assert len(written) > 100


def copy_for(item, reader):
    """A message as another protocol reads it."""
    return item if not isinstance(item, Message) else Message(
        item.connection, item.direction, item.time_ns, item.opcode, item.content, reader, item.fate, item.original
    )  # fmt: skip


def decoded_in(folder):
    """The bytes of messages that are in base64 in exports."""
    for path in [*folder.glob("*.har"), *folder.glob("*.jsonl")]:
        for coded in re.findall(
            r'"(?:data|original_data|_paperknifeOriginal)": ?"([A-Za-z0-9+/=]{8,})"', path.read_text()
        ):
            yield base64.b64decode(coded + "==")


HOSTILE = [
    ("show", "x.mcap"),
    ("info", "x.mcap"),
    ("filter", "x.mcap", "-o", "y.mcap", "--force", "--with-state", "--from", "+20ms"),
    ("recover", "x.mcap", "-o", "y.mcap", "--force"),
    ("redact", "x.mcap", "-o", "y.mcap", "--force"),
    ("export", "x.mcap", "--to", "jsonl", "-o", "y.jsonl", "--force"),
]


@pytest.mark.parametrize("arguments", HOSTILE, ids=lambda arguments: arguments[0])
def test_a_hostile_file_gets_a_sentence_or_its_readable_part(tmp_path, arguments):
    """No verb raises, whatever was done to the file, and what it makes is for its owner alone."""
    day = trading_day()
    originals = [write(tmp_path / "a.mcap", day).read_bytes(), plain(tmp_path / "b.mcap", day).read_bytes()]
    dice = random.Random(arguments[0])
    for _ in range(20):
        data = bytearray(dice.choice(originals))
        for _ in range(dice.choice([1, 2, 8])):
            at = dice.randrange(len(data))
            data[at : at + dice.choice([1, 1, 8, 100])] = dice.randbytes(dice.choice([0, 1, 8, 100]))
        Path("x.mcap").write_bytes(data)
        status, _, err = verb(*arguments)
        assert status in (0, 1) or (status == 2 and "Error: " in err)
    for path in map(Path, ("y.mcap", "y.jsonl")):
        assert not path.exists() or oct(path.stat().st_mode & 0o777) == "0o600"


def test_messages_come_back_byte_for_byte(recorded, served, tmp_path):
    """With opcode, direction and order, through recording, filter, recover and redact alike."""
    running, url = recorded(served())
    sent: list[bytes | str] = [
        api().client.encode("order", {"request_id": 1, "symbol": "ESZ6"}),
        b"\x80\x00over-long and nobody's",
        "text, ünïcode",
        b"",
        bytes(range(256)) * 300,
        api().client.encode("order", {"request_id": 2})[:-1],
    ]
    with connect(url) as client:
        for content in sent:
            client.send(content)
            assert client.recv() == content
        client.ping(b"are you there").wait(60)
    running.until("closed")
    running.interrupt()
    assert running.end()[0] == 0
    for number, name in enumerate(("filter", "recover", "redact")):
        assert verb(name, "s.mcap", "-o", f"{number}.mcap")[0] == 0
    raw = [content if isinstance(content, bytes) else content.encode() for content in sent]
    for name in ("s.mcap", "0.mcap", "1.mcap", "2.mcap"):
        items = [item for item in read(tmp_path / name) if isinstance(item, Message)]
        passed = [item for item in items if item.opcode < Opcode.CLOSE]
        assert [item.content for item in passed] == [each for content in raw for each in (content, content)]
        assert [item.direction for item in passed] == [Direction.CLIENT, Direction.SERVER] * len(raw)
        assert [item.opcode is Opcode.TEXT for item in passed[::2]] == [isinstance(content, str) for content in sent]
        assert [item.time_ns for item in items] == sorted(item.time_ns for item in items)
        assert b"are you there" in [item.content for item in items if item.opcode is Opcode.PING]
        assert oct((tmp_path / name).stat().st_mode & 0o777) == "0o600"
