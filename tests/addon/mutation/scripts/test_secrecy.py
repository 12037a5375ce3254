"""Secrets in what a script says."""

from __future__ import annotations

import pytest

from paperknife_decoders.message import Direction

LINES = [
    "connection.log('it is', message.login.password, 'of', message.login.user)",
    "connection.log(message)",
    "connection.log(message.login)",
    "connection.log(repr(message.login.password), [message.login.password])",
    "raise ValueError(message.login.password)",
]


@pytest.mark.parametrize("line", LINES)
def test_a_script_tells_no_secrets(written, tape, line) -> None:
    """Neither with a message that it logs nor in what it raises, in the log as little as on the screen."""
    script = written(f"def client(message, connection): {line}")
    login = {"user": "trader", "password": "hunter2\\\u00fc"}
    (told,) = script.changer.consider(tape.message(Direction.CLIENT, "login", login), 0.0).logs
    assert "hunter2" not in told + "".join(script.link.logged)
    assert "***" in told


def test_what_is_no_secret_is_told(written, tape) -> None:
    """As it is."""
    script = written("def client(message, connection): connection.log(message.order.symbol)")
    assert script.changer.consider(tape.message(Direction.CLIENT, "order", {"symbol": "ESZ6"}), 0.0).logs == ("ESZ6",)


def test_what_is_known_as_a_secret_is_not_told(written, tape) -> None:
    """Word by word, since a short secret is found only where it is all there is."""
    script = written("def client(message, connection): connection.log('it is', 'known', 7)")
    order = tape.message(Direction.CLIENT, "order", {"symbol": "ESZ6"})
    assert script.changer.consider(order, 0.0).logs == ("it is [redacted] 7",)
