"""The commands in README, in docs and in every --help are run as they stand there, against a server of our own."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import click
import pexpect
import pytest
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection

from paperknife.cli import main
from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.proxy.options import OPTIONS
from paperknife.recording.items import Closed, Opened
from paperknife.recording.writer import RecordingWriter
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Close, Connection
from paperknife_decoders.message import Direction, Message, Opcode

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = [README, *PAGES]
API = Api(given_schema())
START_NS = 1_900_000_000_000_000_000
ORDER = API.client.encode("order", {"client_tag": "tag-1", "quantity": 200, "side": "BUY"})
HEARTBEAT = API.client.encode("heartbeat", {"sequence": 7})  # the same in both directions
QUOTE = API.server.encode("market_data", {"symbol": "ESZ6", "sequence": 41})
RESPONSE = API.server.encode("order_response", {"client_tag": "tag-1"})

VENUES = re.compile(r"wss?://(venue\.example/v1|staging\.example(/v1)?|127\.0\.0\.1:9001)")
"""Servers in examples."""

CLIENT = """
import os, sys
from websockets.sync.client import connect
with connect(sys.argv[-1] if "://" in sys.argv[-1] else os.environ["VENUE"]) as client:
    client.send(bytes.fromhex(os.environ["ORDER"]))
    client.recv()
"""

ENDING = re.compile(r"--seconds|--print-schema")
"""What makes the demo end soon by itself."""

STAND_INS = {
    "jq": """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
raw, (path,) = "-r" in sys.argv, [word for word in sys.argv[1:] if word != "-r"]
for line in sys.stdin:
    value = json.loads(line).get(path.removeprefix("."))
    print(value if raw and isinstance(value, str) else json.dumps(value), flush=True)
""",
    "xxd": """
import sys
data = open(sys.argv[1], "rb").read()
for at in range(0, len(data), 16):
    part = data[at:at + 16]
    words = " ".join(part[i:i + 2].hex() for i in range(0, len(part), 2))
    print(f"{at:08x}: {words:<39}  {''.join(chr(c) if 32 <= c < 127 else '.' for c in part)}")
""",
    "node": CLIENT,
    "less": """
import shutil, sys
shutil.copyfileobj(sys.stdin, sys.stdout)
""",
}
"""Programs that examples call and a machine may lack, as far as the examples need them."""


def blocks(language: str) -> Iterator[str]:
    """What is fenced as one of this language, in README first."""
    for document in DOCUMENTS:
        yield from re.findall(rf"^```{language}\n(.*?)^```", document, re.MULTILINE | re.DOTALL)


def written_commands() -> Iterator[str]:
    """Each line of the ```sh blocks of README and the pages in docs."""
    for block in blocks("sh"):
        yield from filter(None, block.splitlines())


def written_file(language: str, beginning: str) -> str:
    """The first file of a language that begins so, in README or in docs; it is there while their commands are run."""
    return next(block for block in blocks(language) if block.startswith(beginning))


def help_commands(group: click.Group = main) -> Iterator[str]:
    """Each line below Example or Examples in the help of a command."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from help_commands(command)
        else:
            _, _, examples = (command.help or "").partition("\b\nExample")
            yield from (line.strip() for line in examples.split("\n\n")[0].splitlines()[1:])


COMMANDS = list(dict.fromkeys([*written_commands(), *help_commands()]))
MAKE = "make demo"
LISTENING = [command for command in COMMANDS if "paperknife proxy" in command]
MITMPROXY = [command for command in COMMANDS if command.startswith("mitmproxy ")]
ENDLESS = [command for command in COMMANDS if command.startswith("paperknife demo") and not ENDING.search(command)]
REPLAYING = [command for command in COMMANDS if command.startswith("paperknife replay server")]
SAYING = [command for command in COMMANDS if "paperknife replay client" in command]
OTHERS = [
    command for command in COMMANDS if command not in {MAKE, *LISTENING, *MITMPROXY, *ENDLESS, *REPLAYING, *SAYING}
]


@pytest.fixture
def type_in(launch, served, environment: dict[str, str], tmp_path: Path, home: Path) -> Callable[[str], tuple]:
    """`type_in(command)` runs one line in a folder with all that the examples name; with it comes the server's URL."""

    def answer(connection: ServerConnection) -> None:
        for _ in connection:
            connection.send(RESPONSE)

    url = served(answer)
    furnish(tmp_path, environment["PATH"])
    # A port that is free, and no browser: said in the file in which a user of mitmproxy says so.
    shutil.copytree(home, tmp_path / "home")
    configuration = tmp_path / "home" / ".mitmproxy"
    configuration.mkdir(exist_ok=True)
    (configuration / "config.yaml").write_text("listen_port: 0\nweb_port: 0\nweb_open_browser: false\n")
    more = {
        "HOME": str(tmp_path / "home"),
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{environment['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "VENUE": url,
        "ORDER": ORDER.hex(),
    }

    def run(command: str) -> tuple:
        for made in re.findall(r" -o (\S+)", command):  # no command writes over what is there
            (tmp_path / made).unlink(missing_ok=True)
        return launch("bash", "-c", VENUES.sub(url, command), **more), url, environment | more

    return run


def furnish(folder: Path, path: str) -> None:
    """Put what the examples name into a folder."""
    for name in ("proto", "protos"):
        shutil.copytree(given_schema(), folder / name)
    (folder / "paperknife.yaml").write_text(written_file("yaml", "protocols:"))
    (folder / "rules.yaml").write_text(written_file("yaml", "rules:"))
    (folder / "mine.py").write_text(written_file("python", "def client_order"))
    shutil.copytree(ROOT / "recordings", folder / "recordings")
    (folder / "message.bin").write_bytes(HEARTBEAT)
    (folder / "client.py").write_text(CLIENT)
    for name, content in recorded().items():
        (folder / name).write_bytes(content)
    shutil.copy(folder / "session.mcap", folder / "again.mcap")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_something.py").write_text("def test_something(): pass")
    (folder / "bin").mkdir()
    for name, source in STAND_INS.items():
        (folder / "bin" / name).write_text(f"#!{shutil.which('python', path=path)}\n{source}")
        (folder / "bin" / name).chmod(0o755)


@cache
def recorded() -> dict[str, bytes]:
    """A session of more than a minute, with the same every second, in all forms that can be imported."""
    reader = load(Reading(schema=(str(given_schema()),))).protocol.reader()
    connection = Connection(1, "wss://venue.example/v1", "127.0.0.1:51234", START_NS)
    said = ((Direction.CLIENT, ORDER), (Direction.SERVER, RESPONSE), (Direction.SERVER, QUOTE))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with RecordingWriter(folder / "session.mcap") as writer:
            writer.write(Opened(connection))
            for at in range(START_NS, START_NS + 90 * 10**9, 10**9):
                for direction, content in said:
                    writer.write(Message(1, direction, at, Opcode.BINARY, content, reader))
            writer.write(Closed(connection, Close(1000, "", Direction.CLIENT, at)))
        for form in ("har", "flow"):
            main(
                ["export", f"{folder}/session.mcap", "--to", form, "-o", f"{folder}/session.{form}"],
                standalone_mode=False,
            )
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def talk(url: str, **options: str) -> None:
    """One order and its answer."""
    with connect(url, **options) as client:
        client.send(ORDER)
        client.recv()


@pytest.mark.parametrize("command", REPLAYING)
def test_a_recorded_server_runs(type_in, command: str) -> None:
    """It tells where to connect, and a client is answered; Ctrl-C ends it. Only the port is a free one."""
    running, *_ = type_in(f"{command} --listen 127.0.0.1:0")
    url = running.until("Replaying at ", stream="err").partition("Replaying at ")[2].split()[0]
    with connect(f"{url}/v1") as client:
        client.send(ORDER)
        running.until("is answered", stream="err")
    running.until("closed", stream="err")
    running.interrupt()
    status, _, err = running.end()
    assert status in {0, 1}
    assert "Traceback" not in err


@pytest.mark.parametrize("command", SAYING)
def test_a_recorded_client_runs(type_in, command: str) -> None:
    """To the recorded server, it finds nothing that is not as it was. Only nobody waits."""
    server, *_ = type_in("paperknife replay server session.mcap --speed max --listen 127.0.0.1:0")
    url = server.until("Replaying at ", stream="err").partition("Replaying at ")[2].split()[0]
    running, *_ = type_in(f"{VENUES.sub(url, command)} --speed max")
    status, _, err = running.end()
    server.interrupt()
    assert status == 0, err
    assert "The same. 90 messages sent, 180 expected, 180 came, on 1 connection." in err


@pytest.mark.parametrize("command", LISTENING)
def test_a_proxy_runs(type_in, command: str) -> None:
    """It tells where to connect; what a client says there is shown; Ctrl-C ends it."""
    running, venue, *_ = type_in(command)
    first = running.until("\n", stream="err").splitlines()[0]
    if "reverse:" in command:
        talk(first.removeprefix("Put this URL into the client: ").partition(" ")[0])
    else:
        talk(venue, proxy=first.rpartition(" ")[2])
    running.until("Web server listening" if "--ui web" in command else "order")
    running.interrupt()
    status, _, err = running.end()
    assert status == 0 or "|" in command
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ENDLESS)
def test_the_demo_runs(type_in, command: str) -> None:
    """It shows messages; Ctrl-C ends it before its time."""
    running, *_ = type_in(command)
    running.until("#1 -> ")
    running.interrupt()
    assert running.end()[0] == 0


@pytest.mark.parametrize("command", OTHERS)
def test_a_command_runs_to_its_end(type_in, command: str) -> None:
    """It does what it says, with something on stdout or stderr, and no complaint: exit status 0."""
    running, *_ = type_in(command)
    status, out, err = running.end()
    assert status == 0, (out, err)
    assert out + err
    assert "Traceback" not in err
    assert "Error" not in err


@pytest.mark.parametrize("command", MITMPROXY)
def test_mitmproxy_runs_with_the_script(type_in, command: str, tmp_path: Path) -> None:
    """In a terminal: the console comes up with the script and its schema loaded."""
    running, _, environment = type_in("true")
    assert running.end()[0] == 0
    console = pexpect.spawn("bash", ["-c", command], env=environment, cwd=str(tmp_path), dimensions=(30, 100))
    console.expect("Flows", timeout=60)
    console.send("E")
    console.expect("client sends trading.v1.ClientMessage", timeout=60)
    console.close(force=True)


def test_the_makefile_has_what_the_documentation_names() -> None:
    """Each `make TARGET` in README, docs and CONTRIBUTING is there, with a word for `make help`."""
    makefile = (ROOT / "Makefile").read_text()
    documents = "\n".join([*DOCUMENTS, (ROOT / "CONTRIBUTING.md").read_text()])
    for target in {found[0] or found[1] for found in re.findall(r"`make ([a-z]+)`|^make ([a-z]+)$", documents, re.M)}:
        assert re.search(rf"^{target}:.*  ## ", makefile, re.MULTILINE), target
    assert re.search(r"^demo: .*\n\t@\$\(BIN\)/paperknife demo$", makefile, re.MULTILINE)


def test_every_option_of_the_script_is_named() -> None:
    """Who reads on about mitmproxy knows what --set takes."""
    page = (ROOT / "docs" / "watching.md").read_text()
    assert [option.name for option in OPTIONS if f"`{option.name}`" not in page] == []


def test_every_page_is_named() -> None:
    """README leads to each page of docs."""
    assert [path.name for path in (ROOT / "docs").iterdir() if f"](docs/{path.name})" not in README] == []


def test_every_folder_is_in_the_table() -> None:
    """And every folder of the table is there."""
    table = set(re.findall(r"^\| `([^`]+)/` \|", README, re.MULTILINE))
    assert all((ROOT / folder).is_dir() for folder in table)
    assert {"proto", "recordings", "tests", "bench"} <= table
