"""`paperknife proxy`: the real command between a real client and a real server."""

import contextlib
import ipaddress
import json
import os
import re
import signal
import ssl
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.addon.saving import save
from websockets.exceptions import ConnectionClosedError, InvalidHandshake, WebSocketException
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection

from paperknife.cli import main
from paperknife.demo.api import Api
from paperknife.demo.files import given_schema, newer_schema

API = Api(given_schema())

ORDER = API.client.encode("order", {"client_tag": "tag-1", "quantity": 3, "side": "BUY"})
HEARTBEAT = API.client.encode("heartbeat", {"sequence": 7})


def nested(depth: int) -> bytes:
    """A message in a message in a message, all in field 2."""
    data = b""
    for _ in range(depth):
        size, rest = b"", len(data)
        while rest > 127:
            size, rest = size + bytes((rest & 127 | 128,)), rest >> 7
        data = b"\x12" + size + bytes((rest,)) + data
    return data


HOSTILE: dict[str, bytes | str] = {
    "empty": b"",
    "empty text": "",
    "text": "hello",
    "escape sequences in text": "\x1b]0;title\x07\x1b[2J\x9b31m\u202e\r\n\t\x00",
    "JSON in text": '{"a": ["\\u001b[31m", 1]}',
    "JSON in binary": b'{"payload": "order"}',
    "not Protobuf": bytes(range(256)),
    "field number 0": b"\x02\x05hello",
    "field number 0 in a message": b"\x12\x02\x00\x01",
    "cut": ORDER[:-2],
    "an endless varint": b"\x08" + b"\xff" * 12,
    "a length beyond the end": b"\x0a\xff\xff\xff\xff\x07",
    "nests 10,000 deep": nested(10_000),
    "10,000 groups": b"\x0b" * 10_000 + b"\x0c" * 10_000,
    "a string of 1 MB": API.client.encode("order", {"client_tag": "x" * 1_000_000}),
    "escape sequences in a string": API.client.encode("order", {"client_tag": "\x1b[31m\x07\n\r\x9b\u2028\u202e\x7f"}),
    "invalid UTF-8 in a string": ORDER.replace(b"tag-1", b"\xff\x1b[m\xc0"),
    "the other direction's type": Api(newer_schema()).server.encode("error", {"text": "no"}),
    "unknown fields only": b"\xf8\x07\x01\xfa\x07\x03\x1b[m",
    "good": ORDER,
}

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def watch(launch, served, trading: str):
    """`watch(*options)` runs `paperknife proxy` with the demo's schema in front of a server, an echo by default."""

    def start(*options: str, handler: Callable[[ServerConnection], None] | None = None, **how: bool):
        upstream = served() if handler is None else served(handler)
        mode = f"reverse:{upstream}"
        return launch("paperknife", "proxy", "--mode", mode, "--schema", trading, "-p", "0", *options, **how)

    return start


@pytest.mark.parametrize("options", [["--color"], ["-v"], ["--format", "yaml"], ["--format", "json", "-v"]])
def test_whatever_a_peer_sends_passes_and_is_shown_without_its_control_characters(watch, options: list[str]) -> None:
    """Each odd message arrives as it was sent, both ways, and our output holds no control character of it."""
    arrived: list[bytes | str] = []

    def note(connection: ServerConnection) -> None:
        for content in connection:
            arrived.append(content)
            connection.send(content)

    running = watch(*options, handler=note)
    with connect(running.url(), max_size=None) as client:
        for content in HOSTILE.values():
            client.send(content)
            assert client.recv() == content
    assert arrived == list(HOSTILE.values())
    running.until("closed")
    running.interrupt()
    status, out, err = running.end()
    assert status == 0
    plain = COLOUR.sub("", out) if "--color" in options else out
    assert CONTROL.findall(plain) == []
    assert "could not be shown" not in out
    assert f"-> {len(HOSTILE)} messages" in COLOUR.sub("", err)
    if "json" in options:
        shown = [json.loads(line) for line in out.splitlines()]
        assert sum(line.get("direction") == "client" and "event" not in line for line in shown) == len(HOSTILE)


def test_the_first_line_is_the_url_and_the_last_words_are_the_summary(launch, served, trading) -> None:
    """A client that uses the printed URL, or asks for /, is shown line by line; Ctrl-C ends it with counts."""
    upstream = served()
    running = launch("paperknife", "proxy", "--mode", f"reverse:{upstream}", "--schema", trading, "--listen-port", "0")
    url = running.url()
    assert f"(goes on to {upstream})" in running.err.decode()
    assert url.endswith("/v1")
    for address in (url, url.removesuffix("v1")):
        with connect(address) as client:
            client.send(ORDER)
            client.recv()
    out = running.until("closed", times=2)
    assert f"#1 -- opened          {upstream}" in out
    assert f"#2 -- opened          {upstream}" in out
    assert re.search(r"#1 -> order +.*BUY.*client_tag=tag-1", out)
    running.interrupt()
    status, _, err = running.end()
    assert status == 0
    assert "-> 2 messages" in err
    assert "on 2 connections" in err


FORMATS = [
    (["-v"], lambda out: re.search(r"-> order .*\n +order:\n(.*\n)*? +client_tag: tag-1\n", out)),
    (["--format", "yaml"], lambda out: "client_tag: tag-1" in out),
    (["--format", "json"], lambda out: [json.loads(line) for line in out.splitlines() if '"order"' in line]),
]


@pytest.mark.parametrize(("options", "holds"), FORMATS)
def test_filters_and_formats(watch, options: list[str], holds: Callable[[str], object]) -> None:
    """--where and --hide choose what is shown, in each format; all of it is counted."""
    running = watch(
        *options,
        *("--where", "direction == client", "--hide", "heartbeat", "--hide", "order.quantity > 100"),
    )
    large = API.client.encode("order", {"client_tag": "tag-2", "quantity": 101})
    with connect(running.url()) as client:
        for content in (ORDER, HEARTBEAT, large):
            client.send(content)
            client.recv()
    running.until("closed")
    running.interrupt()
    status, out, err = running.end()
    assert status == 0
    assert holds(out)
    assert "tag-2" not in out
    assert "heartbeat" not in out
    assert "-> 3 messages" in err


def test_a_file_for_the_lines_is_its_owners_alone(watch, tmp_path: Path) -> None:
    """-o writes the lines to a file with mode 0600 and leaves stdout empty."""
    running = watch("-o", "lines.txt")
    with connect(running.url()) as client:
        client.send(ORDER)
        client.recv()
    running.interrupt()
    status, out, _ = running.end()
    assert (status, out) == (0, "")
    assert "client_tag=tag-1" in (tmp_path / "lines.txt").read_text()
    assert stat.S_IMODE((tmp_path / "lines.txt").stat().st_mode) == 0o600


def test_without_an_interface_there_is_only_the_summary(watch) -> None:
    """--ui none shows no lines and counts all the same."""
    running = watch("--ui", "none")
    with connect(running.url()) as client:
        client.send(ORDER)
        client.recv()
    running.interrupt()
    status, out, err = running.end()
    assert (status, out) == (0, "")
    assert re.search(r"-> order +1 ", err)


@pytest.fixture
def secure(tmp_path: Path) -> ssl.SSLContext:
    """A server's certificate that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, SHA256())
    (tmp_path / "server.pem").write_bytes(
        certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    return context


def test_a_certificate_that_nobody_trusts_is_taken_with_k_only(launch, served, trading, secure) -> None:
    """wss upstream: -k passes through to mitmproxy; without it the handshake fails and the user is told."""
    mode = f"reverse:{served(ssl=secure)}"
    running = launch("paperknife", "proxy", "--mode", mode, "--schema", trading, "-p", "0", "-k")
    with connect(running.url()) as client:
        client.send(ORDER)
        assert client.recv() == ORDER
    running.until("client_tag=tag-1")

    strict = launch("paperknife", "proxy", "--mode", mode, "--schema", trading, "-p", "0")
    with pytest.raises(InvalidHandshake):
        connect(strict.url())
    assert "certificate" in strict.until(" ! ")


def test_modes_for_clients_that_take_a_proxy(launch, served, trading) -> None:
    """Several --mode options listen side by side; a client that goes through the regular proxy is read as well."""
    upstream = served()
    running = launch(
        *("paperknife", "proxy", "--schema", trading, "--mode", f"reverse:{upstream}@localhost:0"),
        *("--mode", "regular@127.0.0.1:0", "--listen-host", "127.0.0.1"),
    )
    running.until("regular proxy", stream="err")
    reverse, regular = running.err.decode().splitlines()[:2]
    assert re.match(r"Put this URL into the client: ws://(127\.0\.0\.1|\[::1\]):\d+/v1 ", reverse)
    proxy = re.fullmatch(r"Listening at 127\.0\.0\.1:\d+ \(regular proxy\): (http://127\.0\.0\.1:\d+)", regular)
    assert proxy
    with connect(upstream, proxy=proxy[1]) as client:
        client.send(ORDER)
        assert client.recv() == ORDER
    with connect(reverse.split()[6]) as client:
        client.send(ORDER)
        assert client.recv() == ORDER
    running.until("-> order", times=2)


SCRIPT = """
import logging
from mitmproxy import http

class Shout:
    def websocket_message(self, flow: http.HTTPFlow) -> None:
        message = flow.websocket.messages[-1]
        logging.warning("the script saw %d bytes", len(message.content))

addons = [Shout()]
"""


def test_a_script_of_the_users_runs_beside_ours(watch, tmp_path: Path) -> None:
    """-s and --set pass through to mitmproxy, and what the script warns of is shown."""
    (tmp_path / "shout.py").write_text(SCRIPT)
    running = watch("-s", "shout.py", "--set", "connection_strategy=lazy")
    with connect(running.url()) as client:
        client.send(ORDER)
        client.recv()
    running.until(f"! the script saw {len(ORDER)} bytes")
    running.until("-> order")


BAD: list[tuple[str, list[str], str]] = [
    ("no such schema", ["--schema", "SCHEMA/nothing"], "There is no schema at"),
    ("no such type", ["--client", "trading.v1.ClientMesage"], "did you mean trading.v1.ClientMessage"),
    ("an unknown field", ["--where", "order.quantiti > 1"], "did you mean quantity?"),
    ("an unknown payload", ["--hide", "ordr"], "did you mean order?"),
    ("a forbidden construct", ["--where", "__import__('os').system('true')"], "--where: "),
    ("a lambda", ["--where", "(lambda: True)()"], "--where: "),
    ("unlike types", ["--where", "order.quantity > 'a'"], "it compares with a number"),
    ("no expression", ["--where", "order."], "this is no expression"),
    ("an unknown option", ["--listen-prt", "0"], "There is no option --listen-prt. Did you mean --listen-port?"),
    ("an unknown option of ours", ["--hyde", "x"], "Did you mean --hide?"),
    ("a stray word", ["protos/"], "Schemas are given with --schema PATH."),
    ("no number", ["--listen-port", "many"], "invalid int value: 'many'"),
    ("no port", ["--listen-port", "99999"], "port must be 0-65535"),
    ("a misspelt option", ["--set", "paperknife_shema=x"], "Did you mean paperknife_schema?"),
    ("a misspelt option of mitmproxy", ["--set", "listen_prt=0"], "Did you mean listen_port?"),
    ("a schema by --set", ["--set", "paperknife_schema=SCHEMA/nothing"], "There is no schema at"),
    ("no such script", ["-s", "/nothing.py"], "No such script: /nothing.py"),
    ("an unknown mode", ["--mode", "revers:ws://h"], "unknown mode"),
    ("an unknown mode, with those that are known", ["--mode", "foo"], "Modes are reverse:wss://host/path, regular,"),
    ("a scheme that is none", ["--mode", "reverse:ftp://x"], "for example --mode reverse:wss://venue.example/v1"),
    (
        "no certificate file",
        ["--certs", "/nope"],
        "does not exist: /nope. A PEM file with a certificate and its key is",
    ),
    ("a URL as mode", ["--mode", "wss://h/v1"], "Write --mode reverse:wss://h/v1"),
    ("no host", ["--mode", "reverse:wss://"], "A host was expected"),
    ("no port in the mode", ["--mode", "reverse:ws://h:99999"], "Invalid port: 99999"),
    ("the same address twice", ["--mode", "regular@9", "--mode", "socks5@9"], "same address"),
    ("no address of this machine", ["--listen-host", "203.0.113.9"], "could not listen on 203.0.113.9:0"),
    ("no folder to write to", ["-o", "SCHEMA/nothing/lines"], "A file to write to was expected"),
    ("a folder as file", ["-o", "SCHEMA"], "Is a directory"),
    ("no certificate folder", ["--set", "confdir=/dev/null/x"], "--set confdir=FOLDER"),
    ("a question for mitmproxy", ["--options"], "mitmdump --options"),
    ("an unknown interface", ["--ui", "gui"], "'stream', 'console', 'web', 'none'"),
    ("the console without a terminal", ["--ui", "console"], "A terminal was expected for --ui console"),
]


@pytest.fixture
def refused(home: Path, trading: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`refused(arguments)` runs the command in this process, checks that it could not, and gives its sentence."""
    monkeypatch.setenv("HOME", str(home))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["proxy", *arguments])
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output
        assert result.stdout == ""
        return result.stderr

    return run


@pytest.mark.parametrize(("options", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_input_is_one_sentence(refused, trading: str, options: list[str], sentence: str) -> None:
    """What cannot be done is said on stderr, with what to do, and the exit status is 2."""
    said = refused("--schema", trading, "-p", "0", *(option.replace("SCHEMA", trading) for option in options))
    assert said.count("Error: ") == 1
    assert sentence in said


def test_an_unknown_option_of_the_web_interface_is_one_sentence(launch, trading: str) -> None:
    """The options of mitmweb count where it is the interface."""
    running = launch("paperknife", "proxy", "--ui", "web", "--schema", trading, "-p", "0", "--web-prt", "1")
    assert running.end() == (2, "", "Error: There is no option --web-prt. Did you mean --web-port?\n")


def test_a_port_in_use_is_said_so(refused, served, trading: str) -> None:
    """The address that is taken is named, and how to choose another."""
    port = served().rpartition(":")[2].removesuffix("/v1")
    assert refused("--schema", trading, "-p", port) == (
        f"Error: The proxy could not listen on 127.0.0.1:{port}: address already in use. "
        "Choose another port with --listen-port N (0 takes any free one).\n"
    )


def test_a_schema_that_does_not_compile_is_told_by_its_faults(refused, tmp_path: Path) -> None:
    """The place of the fault is said, also where other files still load, and not which types these have."""
    (tmp_path / "bad.proto").write_text('syntax = "proto3";\nmessage ClientMessage { Foo foo = 1; }\n')
    (tmp_path / "good.proto").write_text('syntax = "proto3"; message Other {}\n')
    said = refused("--schema", str(tmp_path), "-p", "0")
    assert 'bad.proto:2:25: "Foo" is not defined' in said
    assert "Other" not in said


def test_candidates_for_the_envelope_types_are_listed(refused, tmp_path: Path) -> None:
    """Two messages called ClientMessage, or none, are an error that names what there is."""
    for package in ("one", "two"):
        (tmp_path / f"{package}.proto").write_text(
            f'syntax = "proto3"; package {package}; message ClientMessage {{}} message ServerMessage {{}}'
        )
    said = refused("--schema", str(tmp_path), "-p", "0")
    assert "one.ClientMessage" in said
    assert "two.ClientMessage" in said
    (tmp_path / "two.proto").unlink()
    (tmp_path / "one.proto").write_text('syntax = "proto3"; package one; message Up {} message Down {}')
    said = refused("--schema", str(tmp_path), "-p", "0")
    assert "one.Up" in said
    assert "one.Down" in said


def test_a_mistake_leaves_an_old_file_alone(refused, trading: str, tmp_path: Path) -> None:
    """A command that cannot start does not empty the file that it was to write to."""
    (tmp_path / "lines").write_text("yesterday")
    refused("--schema", trading, "-p", "0", "-o", str(tmp_path / "lines"), "--where", "ordr")
    assert (tmp_path / "lines").read_text() == "yesterday"


def test_a_fault_in_the_schema_is_a_warning_and_the_rest_loads(launch, served, tmp_path: Path) -> None:
    """file:line:col of what does not compile is shown, and the traffic is decoded by the rest."""
    for source in given_schema().rglob("*.proto"):
        target = tmp_path / "protos" / source.relative_to(given_schema())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    (tmp_path / "protos" / "broken.proto").write_text('syntax = "proto3";\nmessage Broken { nothing at = all; }\n')
    running = launch("paperknife", "proxy", "--mode", f"reverse:{served()}", "--schema", "protos", "-p", "0")
    with connect(running.url()) as client:
        client.send(ORDER)
    out = running.until("-> order")
    assert re.search(r" ! (\S*/)?broken\.proto:2:\d+: ", out)


def test_without_a_schema_the_wire_is_shown(launch, served) -> None:
    """One line says that there is no schema, and messages are shown as wire fields."""
    running = launch("paperknife", "proxy", "--mode", f"reverse:{served()}", "-p", "0")
    with connect(running.url()) as client:
        client.send(ORDER)
    out = running.until("-> ")
    assert out.count("No schema was given") == 1
    assert "tag-1" in out


def test_a_server_that_closes_at_once_is_told_of(watch) -> None:
    """An end right after the handshake reaches the client, and is shown."""
    running = watch(handler=lambda connection: connection.close(1013, "later"))
    with connect(running.url()) as client:
        with pytest.raises(ConnectionClosedError):
            client.recv()
        assert client.close_code == 1013
    assert re.search(r'#1 -- closed +1013 .*"later" by the server', running.until("closed"))


TINY = """syntax = "proto3";
package tiny;
message Ask {{ int64 {id} = 1; string what = 2; {more} }}
message ClientMessage {{ oneof payload {{ Ask ask = 1; }} }}
message ServerMessage {{ oneof payload {{ Ask answer = 1; }} }}
"""


def test_a_saved_schema_takes_effect_on_the_next_message(launch, served, tmp_path: Path) -> None:
    """On an open connection new fields are known, a broken save keeps the old schema, filters are compiled anew."""
    file = tmp_path / "tiny.proto"
    file.write_text(TINY.format(id="id", more=""))
    running = launch(
        *("paperknife", "proxy", "--mode", f"reverse:{served()}", "--schema", "tiny.proto", "-p", "0"),
        *("--where", "ask.id < 10"),
    )

    def ask(number: int) -> bytes:
        return bytes((10, 4, 8, number, 24, 5))

    def asked(times: int) -> str:
        """The line of a message; sentences about it may have come behind it by then."""
        return [line for line in running.until("-> ask", times=times).splitlines() if "-> ask" in line][times - 1]

    with connect(running.url()) as client:
        client.send(ask(1))
        assert "unknown field 3" in asked(1)

        save(file, TINY.format(id="id", more="int64 extra = 3;"))
        running.until("* Schema:", times=2)
        client.send(ask(2))
        assert re.search(r"extra=5|\b5\b", asked(2))
        assert "unknown" not in asked(2)

        save(file, TINY.format(id="id", more="int64 extra = 3; Nothing of = 4;"))
        said = running.until("the old one stays")
        assert re.search(r"tiny\.proto:3:\d+: ", running.until("tiny.proto:3:")), said
        client.send(ask(3))
        running.until("-> ask", times=3)

        save(file, TINY.format(id="ident", more=""))
        running.until("An expression does not fit the new schema and goes on with the old one")
        client.send(ask(4))

        save(file, TINY.format(id="id", more="int64 other = 3;"))
        running.until("* Schema:", times=4)
        client.send(ask(99))
        client.send(ask(5))
        running.until("other=5")
        assert re.search(r"-> ask +5 ", asked(4)), "what is above 10 is not shown"


def test_control_c_while_it_starts_is_quiet(launch, trading) -> None:
    """Interrupted before it listens, it ends without a word of Python's."""
    running = launch("paperknife", "proxy", "--schema", trading, "-p", "0", PYTHONVERBOSE="1")
    running.until("import 'paperknife.cli.proxy'", stream="err")  # from here on it is our own code that is interrupted
    running.interrupt()
    status, out, err = running.end()
    assert (status, out) == (130, "") or (status == 0 and "Schema: " in out)  # it listened before we came to it
    assert "Traceback" not in err


@pytest.mark.parametrize(("number", "busy"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
def test_a_signal_ends_it_with_the_summary(watch, number: signal.Signals, busy: bool) -> None:
    """SIGTERM ends an idle proxy and Ctrl-C one in mid traffic, exit status 0."""
    running = watch()
    with connect(running.url(), max_queue=None) as client:
        if busy:
            for _ in range(500):
                client.send(ORDER)
            running.until("-> order")
        else:
            running.until("opened")
        running.interrupt(number)
        status, _, err = running.end()
    assert status == 0
    assert "messages" in err.splitlines()[-1] or "-> " in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("form", "expected"), [("line", 0), ("json", 1)])
def test_a_reader_that_stalls_stalls_nobody_else(watch, form: str, expected: int) -> None:
    """With a stdout that nobody reads the traffic flows on, and Ctrl-C still ends it; json tells by its exit status."""
    running = watch("--format", form, "-v", stalled=True)
    long = API.client.encode("order", {"client_tag": "x" * 2_000})
    with connect(running.url()) as client:
        for _ in range(200):
            client.send(long)
            assert client.recv() == long
        running.interrupt()
        status, _, err = running.end()
    assert status == expected
    assert "-> 200 messages" in err


def test_a_second_control_c_leaves_at_once(watch, eventually) -> None:
    """With stdout and stderr stalled together there is time until the summary is given up; Ctrl-C again ends that."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as lines, os.fdopen(writing, "wb", buffering=0) as pipe:
        running = watch(into=writing)
        assert lines.readline().startswith(b"Put this URL into the client: ")
        os.set_blocking(writing, False)
        while pipe.write(b"x"):
            pass
        os.set_blocking(writing, True)

        def interrupted_once_more() -> bool:
            running.interrupt()
            return running.process.poll() is not None

        eventually(interrupted_once_more, "the end")
    assert running.process.returncode == 130


def test_a_closed_pipe_ends_it(watch) -> None:
    """`| head -1`: with nobody left to read the lines the proxy ends by itself, with no complaint."""
    running = watch(stalled=True)
    url = running.url()
    running.process.stdout.readline()
    running.process.stdout.close()
    # Its first word on the connection is one too many already: it may be gone before we have said anything.
    with contextlib.suppress(OSError, WebSocketException), connect(url) as client:
        client.send(ORDER)
        running.end()
    status, _, err = running.end()
    assert status == 0
    assert "Traceback" not in err
    assert "rror" not in err


@pytest.mark.parametrize(("ui", "stream"), [("stream", "out"), ("none", "err")])
def test_stats_are_told_again_and_again_and_at_the_end(watch, ui: str, stream: str) -> None:
    """Among the lines, or on stderr where there are none; the summary has all of it."""

    def answer(connection: ServerConnection) -> None:
        for _ in connection:
            connection.send(API.server.encode("order_response", {"client_tag": "tag-1"}))

    running = watch("--stats", "100ms", "--ui", ui, handler=answer)
    with connect(running.url()) as client:
        client.send(ORDER)
        client.recv()
        running.until("order_response p50 ", stream=stream)
    running.interrupt()
    status, _, err = running.end()
    assert status == 0
    assert re.search(r"-> order, order_response +1 ", err)
    assert "Traceback" not in err


def test_without_it_nothing_is_measured(watch) -> None:
    """Nothing more is said."""
    running = watch()
    with connect(running.url()) as client:
        client.send(ORDER)
        client.recv()
    running.interrupt()
    status, out, err = running.end()
    assert (status, "In the last" in out, "request and answer" in err) == (0, False, False)


@pytest.mark.parametrize("command", ["proxy", "run"])
def test_a_time_that_is_none(command: str) -> None:
    """A sentence, exit status 2."""
    result = CliRunner().invoke(main, [command, "--stats", "soon", "--", "true"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--stats: a time such as 10s or 1min was expected, not 'soon'." in result.stderr


RULES = """
rules:
  - {name: hello, on: open, do: [{count: opened}, {inject: {heartbeat: {sequence: 1}}, to: client}]}
  - {name: smaller, on: client order, do: {set: {order.quantity: 2}}}
  - {name: refused, on: client order, every: 2, do: [drop, {reply: {error: {text: no}}}]}
  - {name: priced, on: client order, limit: 2, do: {corrupt: order.price}}
  - {name: bye, on: close, do: {log: "{counter.opened} opened"}}
"""


def test_what_rules_have_done_is_told(watch, tmp_path, launch) -> None:
    """In the live view, in the summary and in the recording, each message with the names of the rules it is due to."""
    rules, path = tmp_path / "rules.yaml", tmp_path / "session.mcap"
    rules.write_text(RULES)
    running = watch("--rules", str(rules), "--record", str(path))
    with connect(running.url()) as client:
        assert client.recv() == API.server.encode("heartbeat", {"sequence": 1})
        client.send(ORDER)
        client.recv()
        client.send(ORDER)
        assert client.recv() == API.server.encode("error", {"text": "no"})
    running.until("1 opened")
    running.interrupt()
    status, out, err = running.end()
    assert status == 0
    assert re.search(r"-> order .*quantity=2 .*! changed: smaller\b(?!,)", out)
    assert re.search(r"-> order .*quantity=3 .*! dropped: smaller, refused\b", out)
    assert re.search(r"<- error .*! injected: refused\b(?!,)", out)
    assert re.search(r"<- heartbeat .*! injected: hello\b", out)
    assert "rule priced: order.price is not in this message" in out
    for line in (
        "messages that did not simply pass: 1 changed, 1 dropped, 2 injected",
        "   smaller  2 messages\n   refused  1 message, 1 injected\n   hello  1 injected\n",
        "! counters\n   opened  1\n",
        "opened or closed\n   hello  1 time\n   bye  1 time\n",
        "could not be done\n   priced  1 time\n",
    ):
        assert line in err
    shown = launch("paperknife", "show", str(path), "--format", "json").end()[1]
    found = [json.loads(line) for line in shown.splitlines()]
    orders = [each for each in found if each.get("payload") == "order"]
    assert [(each["fate"], each["rules"]) for each in orders] == [
        ("changed", ["smaller"]),
        ("dropped", ["smaller", "refused"]),
    ]
    assert [each["original"]["order"]["quantity"] for each in orders[:1]] == [3]
    assert [each["rules"] for each in found if each.get("payload") == "error"] == [["refused"]]
