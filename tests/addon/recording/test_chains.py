"""Messages of which one goes on in the next."""

import pytest

from paperknife.recording import chains
from paperknife.recording.chains import Chains
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.trail import Trail

SERVER = Direction.SERVER
FRAME = b"\0\0\0\0\x04\x0a\x02ES"


def kept(*rows, protocol=None):
    """Of each row, a content and whether it is wanted, what was taken by then."""
    reader, trail, found = (protocol or Protocol(steps=(GrpcWebsockets(),))).reader(), Trail(), Chains()
    taken = []
    for content, wanted in rows:
        message = Message(1, SERVER, 0, Opcode.BINARY, content, reader)
        message.before = trail.follow_one(reader, SERVER, Opcode.BINARY, content)
        taken.append([each.content for each in found.with_wanted(message, wanted=wanted)])
    return taken


HEAD, MIDDLE, END = FRAME[:5], FRAME[5:7], FRAME[7:]
ROWS = [
    # the same where nothing goes on
    ([(FRAME, True), (FRAME, False), (FRAME, True)], [[FRAME], [], [FRAME]]),
    # a message comes with those that it began in
    ([(HEAD, False), (MIDDLE, False), (END, True)], [[], [], [HEAD, MIDDLE, END]]),
    # and with those that end what it began
    ([(FRAME + HEAD, True), (MIDDLE, False), (END, False), (FRAME, False)], [[FRAME + HEAD], [MIDDLE], [END], []]),
    # what leads to nothing is forgotten
    ([(HEAD, False), (MIDDLE + END, False), (FRAME, True)], [[], [], [FRAME]]),
]


@pytest.mark.parametrize(("rows", "taken"), ROWS)
def test_what_comes_along(rows, taken) -> None:
    """All of a chain is taken, or none of it."""
    assert kept(*rows) == taken


def test_other_protocols_have_no_chains() -> None:
    """There each message is by itself."""
    assert kept((HEAD, False), (MIDDLE, True), protocol=Protocol()) == [[], [MIDDLE]]


@pytest.mark.parametrize(("name", "most"), [("MOST_HELD", 3), ("MOST_BYTES", 3)])
def test_what_waits_is_bounded(monkeypatch, name, most) -> None:
    """Of a chain in very many messages, or large ones, the first come along."""
    monkeypatch.setattr(chains, name, most)
    rows = [(bytes([byte]), False) for byte in FRAME[:-1]]
    assert kept(*rows, (FRAME[-1:], True))[-1] == [*(bytes([byte]) for byte in FRAME[:3]), FRAME[-1:]]


def test_a_connection_that_ends() -> None:
    """What it left is forgotten."""
    reader, found = Protocol(steps=(GrpcWebsockets(),)).reader(), Chains()
    message = Message(1, SERVER, 0, Opcode.BINARY, HEAD, reader)
    assert found.with_wanted(message, wanted=False) == []
    found.closed(1)
    assert found.with_wanted(message, wanted=True) == [message]
