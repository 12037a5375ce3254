"""Our log in a file, by a real proxy."""

from __future__ import annotations

import pytest
from websockets.sync.client import connect

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema

ORDER = Api(given_schema()).client.encode("order", {"symbol": "ESZ6", "quantity": 5})


def test_a_traceback_is_in_the_log(launch, served, trading: str, tmp_path) -> None:
    """What a script raises is one line on the screen; the calls that led there are in the file, added to it."""
    script = tmp_path / "mine.py"
    script.write_text(
        "def halve(order):\n    order.quantity = 5 // 0\n\ndef client_order(order, connection):\n    halve(order)\n"
    )
    log = tmp_path / "our.log"
    log.write_text("what was there before\n")
    log.chmod(0o600)
    url = served(lambda connection: connection.send(connection.recv()))
    words = ("proxy", "-p", "0", "--mode", f"reverse:{url}", "--schema", trading, "--script", str(script))
    running = launch("paperknife", *words, "--log", str(log))
    with connect(running.url()) as client:
        client.send(ORDER)
        assert client.recv() == ORDER
    running.until("mine.py:2: client_order: ZeroDivisionError")
    running.interrupt()
    running.end()
    text = log.read_text()
    assert text.startswith("what was there before\n")
    assert f'File "{script}", line 5, in client_order\n    halve(order)' in text
    assert f'File "{script}", line 2, in halve\n' in text


@pytest.mark.parametrize("command", [["proxy"], ["run", "--", "true"]])
def test_a_log_that_cannot_be_written(launch, trading: str, tmp_path, command) -> None:
    """A sentence says so before anything begins."""
    name, *rest = command
    words = ("--schema", trading, "--log", str(tmp_path), *rest)
    status, _, told = launch("paperknife", name, *words).end()
    assert status == 2
    assert f"paperknife_log: a file to write to was expected at {tmp_path}: Is a directory." in told
    assert "Traceback" not in told
