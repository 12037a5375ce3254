"""Following a connection."""

from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.rest import LOST, NOTHING, Rest
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.steps.varint_delimited import VarintDelimited
from paperknife_decoders.trail import Trail

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
TEXT, BINARY, PING = Opcode.TEXT, Opcode.BINARY, Opcode.PING
GRPC = Protocol(steps=(GrpcWebsockets(),))
FRAME = b"\0\0\0\0\x03\x0a\x01x"


def parts(reader, direction, messages, trail=None):
    """What comes out of each message: its parts, or why there are none."""
    trail = trail or Trail()
    found = []
    for opcode, content in messages:
        before = trail.follow_one(reader, direction, opcode, content)
        envelopes = reader.read(direction, opcode, content, before)
        assert reader.payloads(direction, [opcode], [content], before=[before]) == [""]
        found.append([each.fault.partition(":")[0].partition(" of ")[0] or each.data for each in envelopes])
    return found


def test_directions_are_apart() -> None:
    """What one side begins, the other does not end; what comes in between changes nothing."""
    reader, trail = GRPC.reader(), Trail()
    assert parts(reader, SERVER, [(BINARY, FRAME[:6])], trail) == [["begins a gRPC frame"]]
    assert parts(reader, CLIENT, [(BINARY, b"a: b\r\n"), (BINARY, b"\0" + FRAME)], trail) == [
        ["gRPC headers, which hold no message"],
        [FRAME[5:]],
    ]
    between = [(PING, b"\0"), (TEXT, b"hello"), (BINARY, FRAME[6:] + FRAME[:1]), (BINARY, FRAME[1:]), (BINARY, b"{}")]
    assert parts(reader, SERVER, between, trail) == [[], [b"hello"], [FRAME[5:]], [FRAME[5:]], [b"{}"]]


def test_what_nothing_is_followed_in() -> None:
    """Where no step gathers, there is nothing before any message."""
    for steps in ((), (VarintDelimited(),)):
        reader = Protocol(steps=steps).reader()
        assert not reader.gathers(SERVER)
        assert Trail().follow(reader, SERVER, [BINARY], [b"\x03\x0a\x01x"]) == ()
        assert Trail().follow_one(reader, SERVER, BINARY, b"\x03") is NOTHING


def test_a_step_in_front() -> None:
    """What lies around the pieces, in each message, is not part of them."""
    reader = Protocol(steps=(ConstantPrefix("cafe"), GrpcWebsockets())).reader()
    messages = [(BINARY, b"\xca\xfe" + piece) for piece in (FRAME[:3], FRAME[3:7], FRAME[7:])]
    assert [each[0] for each in parts(reader, SERVER, messages)][-1] == FRAME[5:]


def test_what_does_not_pass() -> None:
    """A message that was dropped leaves nothing for the next one; one that is broken leaves nobody knows what."""
    reader, trail = GRPC.reader(), Trail()
    assert trail.follow(reader, SERVER, [BINARY], [FRAME[:5]], passes=False) == [NOTHING]
    assert trail.follow(reader, SERVER, [BINARY, BINARY], [b"\xff", FRAME]) == [NOTHING, LOST]
    assert trail.rests[SERVER] == NOTHING
    trail.lose(SERVER)
    assert trail.rests == {SERVER: LOST, CLIENT: NOTHING}


def test_two_trails_of_the_same() -> None:
    """Where one of them lost its way, it learns it from the other, unless that has bytes of a message."""
    trail = Trail(LOST)
    trail.keep_to(SERVER, Rest((b"secret",), 6))
    assert trail.rests[SERVER] is LOST
    trail.keep_to(SERVER, NOTHING)
    assert trail.rests[SERVER] is NOTHING
    trail.keep_to(SERVER, LOST)
    assert trail.rests[SERVER] is LOST


@given(
    st.lists(
        st.binary(max_size=9) | st.sampled_from([FRAME, FRAME[:6], FRAME[6:], b"\0" + FRAME, b"\0\xff\xff\xff\xff"])
    )
)
def test_any_messages(contents) -> None:
    """Whatever passes, it is followed and read, and never raises."""
    for direction in Direction:
        reader = GRPC.reader()
        for start in (NOTHING, LOST):
            befores = Trail(start).follow(reader, direction, [BINARY] * len(contents), contents)
            for content, before in zip(contents, befores, strict=True):
                reader.read(direction, BINARY, content, before)
                way = reader.way(direction, BINARY, content, before, partly=True)
                assert isinstance(way, tuple) or way.close(way.parts) == content
