"""Whatever a function raises is one line."""

from __future__ import annotations

import signal

import pytest

from paperknife_decoders.message import Direction

ORDER = {"request_id": 7, "symbol": "ESZ6"}

RAISED = [
    ("1 / 0", "ZeroDivisionError: division by zero"),
    ("order.quantiti = 1", "AttributeError: "),
    ("order.quantity = -1", "ValueError: Value out of range: -1"),
    ("raise SystemExit(3)", "SystemExit: 3"),
    ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ("connection.delay(float('inf'))", "ValueError: a number of seconds was expected, and not inf"),
    ("connection.hold(float('nan'))", "ValueError: a number of seconds was expected, and not nan"),
    ("raise ValueError('a\\x1bb\\nc' * 1000)", "ValueError: a\\x1bb\\nc"),
    ("raise ValueError", "ValueError"),
]


@pytest.mark.parametrize(("line", "told"), RAISED, ids=[line for line, _ in RAISED])
def test_a_fault_is_one_line(written, tape, line, told) -> None:
    """It says where in the script; the traceback is in the log, and the message passes as it was."""
    script = written(f"def client_order(order, connection):\n    order.symbol = 'X'\n    {line}")
    message = tape.message(Direction.CLIENT, "order", ORDER)
    verdict = script.changer.consider(message, 0.0)
    assert verdict.content is message.content
    assert verdict.hits == ()
    (text,) = verdict.logs
    assert text.startswith(f"! script {script.path}:3: client_order: {told}")
    assert text.isprintable()
    assert len(text) < 600
    assert f'File "{script.path}", line 3, in client_order\n    {line}' in script.link.logged[0]


@pytest.mark.parametrize("fault", ["1 / 0", "raise ValueError(order.request_id)"])
def test_a_fault_that_comes_again_is_said_ever_more_rarely(written, tape, fault) -> None:
    """A feed does not fill the screen with it, also where it says another thing for each message."""
    script = written(f"def client_order(order, connection): {fault}")
    messages = [tape.message(Direction.CLIENT, "order", {"request_id": number}) for number in range(150)]
    verdicts = [script.changer.consider(message, 0.0) for message in messages]
    lines = [verdict.logs[0] for verdict in verdicts if verdict is not None]
    assert [line.rpartition("was.")[2] for line in lines] == ["", " (10 times)", " (100 times)"]
    assert len(script.link.logged) == 1


def test_a_function_that_takes_long(written, tape, monkeypatch) -> None:
    """It is told of once, as nothing else passes meanwhile."""
    monkeypatch.setattr("paperknife.mutation.scripts.calling.SLOW_SECONDS", 0.05)
    script = written("import time\ndef client_order(order, connection): time.sleep(0.06)")
    message = tape.message(Direction.CLIENT, "order", ORDER)
    assert "in which nothing else passed" in script.changer.consider(message, 0.0).logs[0]
    assert script.changer.consider(message, 0.0) is None


def test_a_fault_where_there_is_no_message(written) -> None:
    """When a connection opens nothing passes."""
    script = written("def opened(connection): 1 / 0")
    (text,) = script.changer.opened(0.0).logs
    assert text == f"! script {script.path}:1: opened: ZeroDivisionError: division by zero."


NEVER = """
import os, signal

def client_order(order, connection):
    order.symbol = "X"
    while True:
        try:
            os.kill(os.getpid(), signal.SIGUSR1)
        except Exception:
            pass
"""


def test_a_function_that_never_returns(written, tape) -> None:
    """The handler of a signal ends it, its message passes as it was, and no function is called any more."""
    script = written(NEVER)
    message = tape.message(Direction.CLIENT, "order", ORDER)
    script.scripts.interrupt()  # nothing is at work
    before = signal.signal(signal.SIGUSR1, lambda *_: script.scripts.interrupt())
    try:
        verdict = script.changer.consider(message, 0.0)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert verdict.content is message.content
    assert "client_order: Interrupted: it had not returned when paperknife was to end" in verdict.logs[0]
    assert script.changer.consider(message, 0.0) is None
