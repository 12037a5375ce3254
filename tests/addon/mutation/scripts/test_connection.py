"""What functions are given besides the message."""

from __future__ import annotations

import pytest

from paperknife_decoders.message import Direction, Message

CLIENT, SERVER = Direction
ORDER = {"request_id": 7, "symbol": "ESZ6"}


def sent(script, tape) -> list[tuple[Direction, float, object]]:
    verdict = script.changer.consider(tape.message(CLIENT, "order", ORDER), 0.0)
    assert verdict.logs == ()
    return [
        (
            each.direction,
            each.delay,
            Message(1, each.direction, 0, each.opcode, each.content, tape.loaded.protocol.reader())
            .envelopes[0]
            .message,
        )
        for each in verdict.emissions
    ]


SENT = [
    ('connection.reply("order_response", request_id=order.request_id, status="REJECTED", text="risk")',
     (SERVER, 0.0, "order_response", {"request_id": 7, "status": "REJECTED", "text": "risk"})),
    ('connection.send("server", "heartbeat", sequence=3, time="2026-01-02T03:04:05Z", delay=0.5)',
     (CLIENT, 0.5, "heartbeat", {"sequence": 3, "time": {"seconds": 1_767_323_045}})),
    ('connection.send("client", "market_data", bid={"price": {"value": "1.5"}, "size": 2})',
     (SERVER, 0.0, "market_data", {"bid": {"price": {"value": "1.5"}, "size": 2}})),
    ("connection.send('server', connection.envelope)", (CLIENT, 0.0, "order", ORDER)),
    ('connection.send("server", "heartbeat")', (CLIENT, 0.0, "heartbeat", {})),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), SENT, ids=[line for line, _ in SENT])
def test_sending(written, tape, line, expected) -> None:
    """A payload and its fields, in either direction."""
    direction, delay, payload, fields = expected
    script = written(f"def client_order(order, connection): {line}")
    assert sent(script, tape) == [(direction, delay, tape.message(direction, payload, fields).envelopes[0].message)]


WRONG = [
    ('connection.send("Client", "heartbeat")', "send takes \"client\" or \"server\", whom the message goes to"),
    ('connection.reply("order_respons")', "has no payload order_respons; did you mean order_response?"),
    ('connection.reply("heartbeat", sequenz=1)', "has no field sequenz; did you mean"),
    ('connection.reply("heartbeat", sequence="x")', "sequence takes a whole number"),
    ('connection.reply(connection.envelope)', "a trading.v1.ServerMessage was expected to be sent there"),
    ("connection.close(1006)", "a close code such as 1000, 1011 or 4000 was expected, and not 1006"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "told"), WRONG, ids=[line for line, _ in WRONG])
def test_what_the_schema_does_not_have(written, tape, line, told) -> None:
    """It is a line that says what would be right, and the message passes as it was."""
    script = written(f"def client_order(order, connection):\n    order.quantity = 1\n    {line}")
    message = tape.message(CLIENT, "order", ORDER)
    verdict = script.changer.consider(message, 0.0)
    assert verdict.content is message.content
    assert told in verdict.logs[0]
    assert "mine.py:3: client_order: " in verdict.logs[0]
    assert verdict.logs[0].endswith("; the message passes as it was.")


def test_nothing_to_reply_to(written) -> None:
    """When a connection opens there is no sender."""
    verdict = written('def opened(connection): connection.reply("heartbeat")').changer.opened(0.0)
    assert "there is no message at hand to be answered" in verdict.logs[0]


def test_lines_are_safe_to_print(written, tape) -> None:
    """Whatever they repeat of a peer's text."""
    script = written("def client_order(order, connection): connection.log('a\\x1b[2J\\nb', 'x' * 5000)")
    (line,) = script.changer.consider(tape.message(CLIENT, "order", ORDER), 0.0).logs
    assert line.startswith("a\\x1b[2J\\nb x")
    assert len(line) <= 1100
