"""The script in a real mitmdump."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.addon.saving import save
from websockets.sync.client import connect

import paperknife.script
from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.recording.reading import Recording
from paperknife_decoders.message import Message, Opcode

SCRIPT = paperknife.script.__file__
API = Api(given_schema())
ORDER = API.client.encode("order", {"client_tag": "tag-1", "quantity": 3, "side": "BUY"})


@pytest.fixture
def dump(launch, served):
    """`dump(*options)` runs mitmdump with the script in front of an echo server; all its output is on stdout."""

    def start(*options: str, script: str = SCRIPT):
        address = served().removeprefix("ws://").removesuffix("/v1")
        return launch(
            *("mitmdump", "-s", script, "--set", "flow_detail=3", "--mode", f"reverse:http://{address}"),
            *("--listen-host", "127.0.0.1", "-p", "0", *options),
            PYTHONUNBUFFERED="1",
        )

    return start


def listening_at(running) -> str:
    """The URL of the proxy."""
    out = running.until(" listening at 127.0.0.1:")
    while not (found := re.search(r" listening at 127\.0\.0\.1:(\d+)\.\n", out)):
        out = running.until(".\n", times=out.count(".\n") + 1)
    return f"ws://127.0.0.1:{found[1]}/v1"


def test_matching_websockets_are_shown_decoded_by_direction(dump, trading) -> None:
    """The payload's name is the first line of each message, by the client's type and by the server's."""
    running = dump("--set", f"paperknife_schema={trading}")
    response = API.server.encode("error", {"text": "no"})
    with connect(listening_at(running)) as client:
        for content in (ORDER, response):
            client.send(content)
            client.recv()
    out = running.until("WebSocket connection closed")
    assert re.search(r"-> WebSocket binary message -> \S+\n\n    order:\n      side: BUY\n", out)
    assert re.search(r"<- WebSocket binary message <- \S+\n\n    error:\n", out)
    running.interrupt()
    assert running.end()[0] == 0


def test_other_websockets_keep_mitmproxys_own_view(dump, trading) -> None:
    """paperknife_match says which connections are ours; all others are shown as without us."""
    running = dump("--set", f"paperknife_schema={trading}", "--set", "paperknife_match=*.example/v1*")
    with connect(listening_at(running)) as client:
        client.send(ORDER)
        client.recv()
    out = running.until("WebSocket connection closed")
    assert "0000:" in out
    assert "order:" not in out


REFUSED = [
    ("paperknife_shema=x", "There is no option paperknife_shema. Did you mean paperknife_schema?"),
    ("paperknife_schema=/nothing/there", "There is no schema at /nothing/there"),
    ("paperknife_redact=maybe", "paperknife_redact is fields or strict or off, not 'maybe'."),
]


@pytest.mark.parametrize(("setting", "sentence"), REFUSED)
def test_a_wrong_option_is_refused_at_the_start(dump, trading, setting: str, sentence: str) -> None:
    """mitmproxy itself would take any name in silence; it ends with the sentence, without a traceback."""
    running = dump(
        "--set",
        "paperknife_server=trading.v1.ServerMessage",
        "--set",
        f"paperknife_schema={trading}",
        "--set",
        setting,
    )
    status, out, err = running.end()
    assert status == 1
    assert sentence in out + err
    assert "Traceback" not in out + err


def test_a_schema_that_does_not_compile_is_told_by_its_faults(dump, tmp_path: Path) -> None:
    """The place of the fault stands in the log, also where other files still load."""
    (tmp_path / "bad.proto").write_text('syntax = "proto3";\nmessage ClientMessage { Foo foo = 1; }\n')
    (tmp_path / "good.proto").write_text('syntax = "proto3"; message Other {}\n')
    status, out, err = dump("--set", f"paperknife_schema={tmp_path}").end()
    assert status == 1
    assert 'bad.proto:2:25: "Foo" is not defined' in out + err


def test_saving_a_schema_is_told_in_the_log_and_shows_in_the_view(dump, tmp_path: Path) -> None:
    """Hot reload works in the script form too: the next message is shown by the new schema."""
    file = tmp_path / "tiny.proto"
    text = (
        'syntax = "proto3"; package tiny; message Ask {{ int64 {name} = 1; }}\n'
        "message ClientMessage {{ oneof payload {{ Ask ask = 1; }} }}\n"
        "message ServerMessage {{ oneof payload {{ Ask ask = 1; }} }}\n"
    )
    file.write_text(text.format(name="before"))
    running = dump("--set", f"paperknife_schema={file}")
    with connect(listening_at(running)) as client:
        client.send(b"\x0a\x02\x08\x05")
        client.recv()
        save(file, text.format(name="after"))
        running.until("Schema: ", times=2)
        client.send(b"\x0a\x02\x08\x06")
        client.recv()
        save(file, "nothing at all")
        running.until("the old one stays")
    out = running.until("WebSocket connection closed")
    assert "after: 6" in out
    assert re.search(r"tiny\.proto:1:\d+: ", out)


def test_touching_the_script_loads_it_again(dump, trading, tmp_path: Path) -> None:
    """mitmproxy reloads a script that changed; ours survives that, and reads on."""
    script = tmp_path / "script.py"
    shutil.copy(SCRIPT, script)
    running = dump("--set", f"paperknife_schema={trading}", script=str(script))
    url = listening_at(running)
    save(script, script.read_text() + "\n")
    running.until("Loading script", times=2)
    running.until("Schema: ", times=2)
    with connect(url) as client:
        client.send(ORDER)
        client.recv()
    out = running.until("WebSocket connection closed")
    assert "    order:\n" in out
    assert "Traceback" not in out


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ("paperknife", "paperknife_decoders"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Block())
import runpy
try:
    runpy.run_path(sys.argv[1])
except ImportError as error:
    print(error)
"""


def test_without_paperknife_the_import_error_says_what_to_type() -> None:
    """Where mitmproxy lives in another environment, the error names that Python and a command for each kind of it."""
    said = subprocess.run([sys.executable, "-c", BLOCKED, SCRIPT], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"paperknife is not installed in the Python that runs this mitmproxy ({sys.executable}): ")
    for command in ("pipx inject mitmproxy paperknife", "uv tool install mitmproxy --with paperknife", "pip install"):
        assert command in said


def test_a_recording_is_finished_and_told_of_at_the_end(dump, trading, tmp_path) -> None:
    """On stderr, as our own command does it."""
    running = dump("--set", f"paperknife_schema={trading}", "--set", "paperknife_record=x.mcap")
    with connect(listening_at(running)) as client:
        client.send(ORDER)
        client.recv()
    running.until("WebSocket connection closed")
    running.interrupt()
    status, _, err = running.end()
    assert status == 0
    assert re.search(r"^Recorded 2 messages in x\.mcap \([\d.]+ kB\)\.$", err, re.MULTILINE)
    recording = Recording(tmp_path / "x.mcap")
    assert [item.content for item in recording if isinstance(item, Message) and item.opcode < Opcode.CLOSE] == [
        ORDER
    ] * 2
    assert recording.cut is None
