"""Which heartbeats answer one of the other side."""

import pytest

from paperknife.replay.echoes import SOON_NS, Echoes
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
READER = Protocol().reader()

CASES = [
    ("alone", [(CLIENT, 0, "ping", b"x")], [None]),
    ("pong", [(CLIENT, 0, "ping", b"x"), (SERVER, SOON_NS, "pong", b"x")], [None, 0]),
    ("of the server", [(SERVER, 0, "ping", b"x"), (CLIENT, 1, "pong", b"x")], [None, 0]),
    ("too late", [(CLIENT, 0, "ping", b"x"), (SERVER, SOON_NS + 1, "pong", b"x")], [None, None]),
    ("two clocks", [(CLIENT, 0, "heartbeat", b"x"), (SERVER, 1, "heartbeat", b"x")], [None, None]),
    ("no bytes", [(SERVER, 0, "Reply", b""), (CLIENT, 1, "Command", b"")], [None, 0]),
    ("no bytes and one name", [(SERVER, 0, "Any", b""), (CLIENT, 1, "Any", b"")], [None, 0]),
    ("one side", [(SERVER, 0, "ping", b"x"), (SERVER, 1, "pong", b"x")], [None, None]),
    ("once", [(SERVER, 0, "ping", b""), (CLIENT, 1, "pong", b""), (CLIENT, 2, "pong", b"")], [None, 0, None]),
    ("again", [(SERVER, 0, "ping", b""), (CLIENT, 1, "pong", b""), (SERVER, 2, "ping", b"")], [None, 0, None]),
]


@pytest.mark.parametrize(("said", "answered"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_pong_follows_its_ping_at_once(said, answered) -> None:
    """By its name and its time; two that are called the same go by a clock each, and nothing is answered twice."""
    echoes = Echoes()
    envelopes = [Envelope(data, Form.BYTES, None, payload=payload) for _, _, payload, data in said]
    found = [
        echoes.answered(Message(1, side, time_ns, Opcode.BINARY, data, READER), envelope)
        for (side, time_ns, _, data), envelope in zip(said, envelopes, strict=True)
    ]
    assert found == [None if at is None else envelopes[at] for at in answered]
