"""What makes items: what was told for what is to come is bounded."""

import pytest

from paperknife.recording.channels import ChannelKey, Kind
from paperknife.recording.items import Opened
from paperknife.recording.making import MAKERS, Making
from paperknife.recording.protocols import Protocols
from paperknife.recording.reading import Recording
from paperknife.recording.writer import RecordingWriter
from paperknife.traffic import Connection, Piece
from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.trail import Trail

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def test_what_waits_is_bounded():
    """Originals, masks and connections that nothing ever comes for are forgotten, the oldest first."""
    making = Making(Protocols("a"))
    for number in range(200):
        key = ChannelKey(number, CLIENT, Opcode.BINARY, Kind.ORIGINAL)
        MAKERS[Kind.ORIGINAL](making, key)(bytes(1 << 20), 1, 1)
    assert len(making.originals) <= 64
    for number in range(10_500):
        making.happening(b'{"event": "masked", "sequence": %d, "spans": []}' % number, 1, 1)
    assert len(making.masked) == 10_000
    assert 10_499 in making.masked
    assert making.happening(b" " * (9 << 20), 1, 1) is None


GRPC = protocol_from(read_definition({"name": "grpc", "steps": ["grpc-websockets"]}), None)
FRAME = b"\0\0\0\0\x04\x0a\x02ES"
HALVES = [FRAME[:5], FRAME[5:]]
CONNECTION = Connection(1, "ws://venue.example/s", "127.0.0.1:1", 1)


def passed(*contents, fate=Fate.PASSED):
    """Messages of a server, one after the other."""
    reader = GRPC.reader()
    return [Message(1, SERVER, 2 + at, Opcode.BINARY, content, reader, fate) for at, content in enumerate(contents)]


def read_back(path, *items):
    """What is read in each message of a recording of these."""
    with RecordingWriter(path, {}) as writer:
        for item in items:
            writer.write(item)
    messages = [item for item in Recording(path) if isinstance(item, Message)]
    return [each.fault or each.data for message in messages for each in message.envelopes]


OPENED, RESUMED = Opened(CONNECTION), Opened(CONNECTION, resumed=True)
BEGINS = "begins a gRPC frame of 4 bytes that goes on in the next message"
UNKNOWN = "what came before is not known, and so where a gRPC frame begins"
BODY, EMPTY = FRAME[5:], bytes(5)
GOES_ON = [
    # from the beginning of a connection all is known
    ([OPENED, *passed(*HALVES, EMPTY)], [BEGINS, BODY, b""]),
    # in the middle a frame has to lead to the end of a message
    ([RESUMED, *passed(EMPTY, *HALVES, EMPTY)], [UNKNOWN, UNKNOWN, BODY, b""]),
    (
        passed(HALVES[1], *HALVES),
        ["a gRPC frame begins with 00, 01, 80 or 81, and 0a was found at byte 0", UNKNOWN, BODY],
    ),
    # what was dropped is read, and leaves nothing
    ([OPENED, *passed(HALVES[0], fate=Fate.DROPPED), *passed(FRAME)], [BEGINS, BODY]),
    # nobody knows what a message beyond the limit held
    ([OPENED, Piece(1, SERVER, 2, Opcode.BINARY, b"x", 0, last=False), *passed(EMPTY, FRAME)], [UNKNOWN, BODY]),
    # another connection by the same number
    ([OPENED, *passed(HALVES[0]), OPENED, *passed(FRAME)], [BEGINS, BODY]),
]


@pytest.mark.parametrize(("items", "said"), GOES_ON)
def test_what_goes_on_in_the_next_message(tmp_path, items, said):
    """What came before a message is known from the beginning of its connection, and nowhere else; no guess is shown."""
    assert read_back(tmp_path / "a.mcap", *items) == said


def test_connections_that_are_followed_are_bounded():
    """A hostile recording has as many as it likes."""
    making = Making(Protocols("a"))
    making.trails.update(dict.fromkeys(range(1 << 17), Trail()))
    making.trail(-1)
    assert len(making.trails) == 1 << 17
