"""mitmproxy's console and web interface with our addon inside, driven as a user does."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from tests.addon.proxy.mitmweb import started
from tests.addon.proxy.terminal import Terminal
from websockets.sync.client import connect

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema

ORDER = Api(given_schema()).client.encode("order", {"client_tag": "tag-1", "quantity": 3, "side": "BUY"})


@pytest.fixture
def console(
    served: Callable[..., str], trading: str, environment: dict[str, str], tmp_path: Path
) -> Iterator[Terminal]:
    """The console in front of an echo server."""
    mode = f"reverse:{served()}"
    terminal = Terminal(
        ["paperknife", "proxy", "--ui", "console", "--mode", mode, "--schema", trading, "-p", "0"],
        environment,
        tmp_path,
    )
    yield terminal
    terminal.program.close(force=True)


def test_the_console_shows_messages_decoded_with_the_payloads_name_first(console: Terminal) -> None:
    """In the flow's view of messages ours is the automatic choice, for each direction by its own type; q ends it."""
    port = console.until(r"\[127\.0\.0\.1:(\d+)\]")[1]
    with connect(f"ws://127.0.0.1:{port}/") as client:
        client.send(ORDER)
        client.recv()
        console.until(r"WS +GET +127\.0\.0\.1 /v1 +101")
        console.until("WebSocket Messages", "\r")
        console.until(r"⇒ order:\n  side: BUY\n  quantity: 3\n  client_tag: tag-1\n", "\t\t")
        console.until("⇐ # does not parse as trading.v1.ServerMessage")
    console.until("Flows", "q")
    console.until("Quit", "q")
    console.program.send("y")
    console.program.expect(pexpect.EOF)
    console.program.close()
    assert console.program.exitstatus == 0


def test_the_web_interface_shows_messages_decoded(launch, served, trading, eventually) -> None:
    """mitmweb's own API gives the decoded text of each message; the URL for the client is printed; Ctrl-C ends it."""
    running, url, port, token = started(launch, served(), trading)

    def get(path: str) -> object:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    with connect(url) as client:
        client.send(ORDER)
        client.recv()
        (flow,) = get("/flows")
        path = f"/flows/{flow['id']}/messages/content/Auto.json"
        eventually(lambda: len(get(path)) == 2, "the interface's refresh")
        views = get(path)
    assert [(view["view_name"], view["from_client"]) for view in views] == [
        ("Protobuf envelope", True),
        ("Protobuf envelope", False),
    ]
    assert views[0]["text"].startswith("order:\n")
    assert "client_tag: tag-1" in views[0]["text"]
    running.interrupt()
    status, _, err = running.end()
    assert status == 0
    assert "Traceback" not in err


def test_a_start_that_fails_leaves_with_2(launch, served, trading) -> None:
    """mitmproxy's own words for a port in use, our exit status."""
    port = served().rpartition(":")[2].removesuffix("/v1")
    running = launch(
        *("paperknife", "proxy", "--ui", "web", "--schema", trading, "-p", port, "--no-web-open-browser"),
        *("--web-port", "0"),
    )
    status, out, err = running.end()
    assert status == 2
    assert "address already in use" in out + err
    assert "Traceback" not in out + err
