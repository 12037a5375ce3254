"""`paperknife run`: a real command, a real proxy, a real server, and what each of them sees."""

import contextlib
import ipaddress
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from paperknife.cli import main

CLIENT = """
import asyncio, os, sys, websockets
async def talk(url):
    async with websockets.connect(url) as connection:
        await connection.send("hello")
        print("GOT", await connection.recv())
asyncio.run(talk(sys.argv[1] if sys.argv[1:] else os.environ["PAPERKNIFE_URL"]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """mitmproxy's configuration folder, and a server's certificate that nobody trusts."""
    folder = tmp_path_factory.mktemp("run")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test lab")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signed = builder.add_extension(x509.SubjectAlternativeName(addresses), False).sign(key, SHA256())
    (folder / "server.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder


SERVERS = """
import asyncio, ssl, sys
from websockets.asyncio.server import serve
async def echo(connection):
    async for content in connection:
        await connection.send(content)
async def run(folder):
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    async with serve(echo, "127.0.0.1", 0, ssl=secure) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.Future()
asyncio.run(run(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """The port of a wss:// server that sends back what comes."""
    with subprocess.Popen([sys.executable, "-c", SERVERS, str(folder)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


def words(folder: Path, *rest: str) -> list[str]:
    """The whole command line of `paperknife run`."""
    return [sys.executable, "-c", "from paperknife.cli import main; main()", "run", "--set", f"confdir={folder}", *rest]


def run(folder: Path, *rest: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    names = ("proxy", "cert", "ca_bundle", "ssl_")
    clean = {name: value for name, value in os.environ.items() if not any(part in name.lower() for part in names)}
    return subprocess.run(
        words(folder, *rest), env={**clean, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_wss_client_is_watched_with_nothing_set_by_hand(folder: Path, port: int) -> None:
    """The client finds the proxy and trusts it, the proxy trusts the server too; stdout is the client's."""
    url = f"wss://localhost:{port}/feed"
    done = run(folder, "--", sys.executable, "-c", CLIENT, url, SSL_CERT_FILE=str(folder / "server.pem"), NO_PROXY="*")
    assert (done.returncode, done.stdout) == (0, "GOT hello\n"), done.stderr
    assert url in done.stderr
    assert done.stderr.count("hello") >= 2
    assert "1 connection" in done.stderr


@pytest.mark.parametrize("given", [["{url}"], []], ids=["in its arguments", "in its environment"])
def test_in_reverse_mode_the_command_is_given_a_url(folder: Path, port: int, tmp_path: Path, given: list[str]) -> None:
    """A client that knows of no proxy is watched; the lines go where they were asked to."""
    output = tmp_path / "lines.json"
    mode = f"reverse:wss://localhost:{port}/feed"
    rest = ["-k", "--mode", mode, "-o", str(output), "--format", "json", "--", sys.executable, "-c", CLIENT, *given]
    done = run(folder, *rest, HTTPS_PROXY="http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (0, "GOT hello\n"), done.stderr
    assert all(json.loads(line) for line in output.read_text().splitlines())
    assert f"wss://localhost:{port}/feed" in output.read_text()
    assert "hello" not in done.stderr
    assert output.stat().st_mode & 0o077 == 0


ENDINGS = [
    (["sh", "-c", "exit 7"], 7, "nothing of it came through"),
    (["sh", "-c", "kill -TERM $$"], 143, "reverse:wss://"),
    (["/nowhere/at/all"], 127, "no such file"),
]


@pytest.mark.parametrize(("command", "status", "said"), ENDINGS)
def test_it_ends_as_the_command_does(folder: Path, command: list[str], status: int, said: str) -> None:
    """The status is the command's, stdout is untouched, and where nothing was seen the reason is told."""
    done = run(folder, "--", *command)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_that_is_not_there_is_all_that_is_said(folder: Path, tmp_path: Path) -> None:
    """Nothing is begun for it: no proxy, no notices, and what an earlier run has written stays."""
    output = tmp_path / "lines.txt"
    output.write_text("of before\n")
    done = run(folder, "-o", str(output), "--", "nonesuch-command")
    assert (done.returncode, done.stdout) == (127, "")
    assert done.stderr == (
        "Error: The command 'nonesuch-command' was not found: it is in none of the folders of PATH.\n"
    )
    assert output.read_text() == "of before\n"


def test_what_does_not_trust_the_proxy_is_told_so(folder: Path, port: int) -> None:
    """A client that insists on its own authorities gets advice that knows what was set for it."""
    own = "import ssl\nssl.create_default_context = lambda *a, **k: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
    url = f"wss://localhost:{port}/feed"
    done = run(folder, "-k", "--", sys.executable, "-c", own + CLIENT, url)
    assert done.returncode == 1
    said = " ".join(done.stderr.split())  # however the lines were broken
    assert "paperknife has set SSL_CERT_FILE" in said
    assert str(folder / "mitmproxy-ca-cert.pem") in said


WAITS = """
import signal, sys
wanted = {signal.SIGINT, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
print("ready", flush=True)
print("leaving for", signal.sigwait(wanted).name, flush=True)
sys.exit(3)
"""


IN_TERMINAL = [
    sys.executable,
    "-c",
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
]
"""Runs what follows on a terminal of its own, of which our pipes are the keyboard and the screen."""

CONTROL_C = "\x03"


def test_control_c_is_the_commands_to_handle(folder: Path) -> None:
    """On a terminal the command ends in its own way, then the summary is printed, and the status is the command's."""
    line = [*IN_TERMINAL, *words(folder, "--", sys.executable, "-c", WAITS)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        screen = iter(terminal.stdout.readline, "")
        assert any(line.strip() == "ready" for line in screen)
        terminal.stdin.write(CONTROL_C)
        terminal.stdin.flush()
        assert any("leaving for SIGINT" in line for line in screen)
        assert any("0 connections" in line for line in screen)
        assert terminal.wait() == 3


def test_a_termination_is_passed_on(folder: Path) -> None:
    """What a supervisor sends to us ends the command in its own way."""
    with subprocess.Popen(
        words(folder, "--", sys.executable, "-c", WAITS), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    assert out == "leaving for SIGTERM\n"
    assert process.returncode == 3


MISUSE = [
    ([], "A command was expected after --"),
    (["--"], "A command was expected after --"),
    (["python", "client.py"], "A command was expected after --"),
    (["--mode", "wss://venue.example", "--", "true"], "Write --mode reverse:wss://venue.example"),
    (["--schema", "nowhere.proto", "--", "true"], "nowhere.proto"),
    (["--lisen-port", "1", "--", "true"], "Did you mean --listen-port?"),
    (["-o", "/nowhere/at/all", "--", "true"], "/nowhere/at/all"),
    (["--hold", "order.quantity > 100", "--", "true"], "--hold is not for paperknife run"),
    (["--hold-in-order", "--", "true"], "Start paperknife proxy with it instead"),
    (["--hold-seconds=5", "--", "true"], "--hold-seconds is not for paperknife run"),
]


@pytest.mark.parametrize(("arguments", "sentence"), MISUSE)
def test_misuse_is_a_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    """Nothing is run, and what was expected is said."""
    result = CliRunner().invoke(main, ["run", *arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_help_needs_no_command() -> None:
    """--help works as everywhere, and what follows -- is not read as an option of ours."""
    with contextlib.suppress(SystemExit):
        result = CliRunner().invoke(main, ["run", "--help"])
    assert result.exit_code == 0
    assert "-- COMMAND [ARGS]..." in result.output
    assert "node client.js {url}" in result.output
