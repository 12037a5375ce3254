"""What consumers are given: batches of messages."""

import pytest

from paperknife.traffic import Batch, Close, Connection, Consumer, Piece, PieceConsumer
from paperknife_decoders.envelope import Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import FEW, Reader
from paperknife_decoders.schema import load_schema
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.trail import Trail

TEXT, BINARY, PING = Opcode.TEXT, Opcode.BINARY, Opcode.PING
ORDER, SUBSCRIBE = b"\x12\x00", b"\x0a\x00"


class Counting(Reader):
    """Counts what it is asked for."""

    asked: tuple[str, ...] = ()

    def heads(self, *arguments):
        self.asked = (*self.asked, "heads")
        return super().heads(*arguments)

    def payloads(self, *arguments):
        self.asked = (*self.asked, "payloads")
        return super().payloads(*arguments)

    def read(self, *arguments):
        self.asked = (*self.asked, "read")
        return super().read(*arguments)


@pytest.fixture
def reader(trading: str) -> Counting:
    """Reads the demo's API."""
    schema = load_schema([trading])
    client, server = (EnvelopeType(schema.message(f"{side}Message")) for side in ("Client", "Server"))
    return Counting(Protocol(client=client, server=server))


def batch(reader: Reader, *messages: tuple[Opcode, bytes]) -> Batch:
    """A batch of the client's."""
    opcodes, contents = [each[0] for each in messages], [each[1] for each in messages]
    return Batch(3, Direction.CLIENT, 5, opcodes, contents, reader)


def test_it_is_a_sequence_of_messages(reader: Counting) -> None:
    """Length, index, slice, loop and `in`, as of a list."""
    both = batch(reader, (BINARY, ORDER), (TEXT, b"hello"), (PING, b""))
    first, second, third = both
    assert (len(both), both[0], both[-1], both[1:]) == (3, first, third, [second, third])
    assert second in both
    assert both.index(third) == 2
    assert list(reversed(both)) == [third, second, first]
    with pytest.raises(IndexError):
        both[3]


def test_each_message_is_whole(reader: Counting) -> None:
    """It says where, when, who, what, and can be decoded by itself."""
    message = batch(reader, (2, ORDER))[0]
    assert (message.connection, message.direction, message.time_ns) == (3, Direction.CLIENT, 5)
    assert message.opcode is BINARY  # a plain number is fine
    assert (message.content, message.fate, message.original) == (ORDER, Fate.PASSED, None)
    (envelope,) = message.envelopes
    assert (envelope.form, envelope.payload) == (Form.DECODED, "order")


PAYLOADS = {
    "none": ([], []),
    "decoded": ([(BINARY, ORDER), (BINARY, SUBSCRIBE)], ["order", "subscribe"]),
    "a control frame": ([(PING, ORDER), (BINARY, ORDER)], ["", "order"]),
    "text": ([(TEXT, b"hello")], [""]),
    "one that does not parse": ([(BINARY, b"\xff"), (BINARY, ORDER)], ["", "order"]),
    "an empty one": ([(BINARY, b"")], [""]),
}


@pytest.mark.parametrize(("messages", "payloads"), PAYLOADS.values(), ids=PAYLOADS)
def test_payloads(reader: Counting, messages: list[tuple[Opcode, bytes]], payloads: list[str]) -> None:
    """A name for each message, in order, and the sum of their sizes."""
    several = batch(reader, *messages)
    assert several.payloads == payloads
    assert several.size == sum(len(content) for _, content in messages)
    data = [(message, payload) for message, payload in zip(several, payloads, strict=True) if message.opcode < 8]
    assert all(message.envelopes[0].payload == payload for message, payload in data)


def test_what_is_not_asked_for_is_not_made(reader: Counting) -> None:
    """Size and messages cost no decoding; what is asked for twice is made once."""
    several = batch(reader, (BINARY, ORDER), (BINARY, ORDER))
    assert (several.size, len(several), len(several.messages)) == (4, 2, 2)
    assert reader.asked == ()
    assert several.payloads is several.payloads
    assert several.messages is several.messages
    assert reader.asked == ("payloads", "heads")
    assert several[0].envelopes is several[0].envelopes
    assert reader.asked == ("payloads", "heads", "read")


FEEDS = {
    "of one payload": ([ORDER] * FEW, ["order"] * FEW, ()),
    "of several": ([ORDER, SUBSCRIBE] * FEW, ["order", "subscribe"] * FEW, ("heads",)),
    "with one that does not parse": ([ORDER] * FEW + [b"\xff"], ["order"] * FEW + [""], ("heads",)),
    "of a few": ([ORDER] * (FEW - 1), ["order"] * (FEW - 1), ("heads",)),
}


@pytest.mark.parametrize(("contents", "heads", "asked"), FEEDS.values(), ids=FEEDS)
def test_names_come_with_what_holds_of_all(reader: Counting, contents, heads, asked) -> None:
    """Once somebody asks for that, the messages of a feed are looked at once, for all who want to know something."""
    messages = [(BINARY, content) for content in contents]
    assert batch(reader, *messages).heads == heads
    assert reader.asked == ("heads",)
    reader.asked = ()
    assert batch(reader, *messages).accord.parses == (b"\xff" not in contents and len(contents) >= FEW)
    several = batch(reader, *messages)
    assert several.heads == heads
    assert several.accord is several.accord
    assert reader.asked == asked


def test_a_batch_of_one_message_is_that_very_message(reader: Counting) -> None:
    """So that nobody decodes it again."""
    message = Message(1, Direction.SERVER, 9, TEXT, b"x", reader, Fate.INJECTED, original=b"y")
    one = Batch.of(message)
    assert one.messages == [message]
    assert (one.connection, one.direction, one.time_ns, one.fate) == (1, Direction.SERVER, 9, Fate.INJECTED)
    assert (list(one.contents), list(one.opcodes), one.size) == ([b"x"], [TEXT], 1)


def test_values_do_not_change() -> None:
    """What several consumers are given, none can alter."""
    values = (
        Connection(1, "ws://h", "127.0.0.1:1", 0),
        Close(1000, "", None, 0),
        Piece(1, Direction.CLIENT, 0, BINARY, b"", 0, True),
    )
    for value in values:
        with pytest.raises(AttributeError):
            value.time_ns = 1  # type: ignore[misc]


def test_pieces_are_for_those_who_take_them() -> None:
    """A consumer without `piece` is none for pieces."""

    class Plain:
        """A consumer."""

        def opened(self, connection): ...
        def messages(self, batch): ...
        def closed(self, connection, close): ...
        def notice(self, text, *, warning=False): ...

    class Whole(Plain):
        """One that takes pieces."""

        def piece(self, piece): ...

    consumer: Consumer = Plain()
    assert not isinstance(consumer, PieceConsumer)
    assert isinstance(Whole(), PieceConsumer)


def test_what_goes_on_in_the_next_message() -> None:
    """Each message gets what those before it left, also where it is there already; of other protocols none is asked."""
    frame = b"\0\0\0\0\x04\x0a\x02ES"
    reader = Protocol(steps=(GrpcWebsockets(),)).reader()
    trail = Trail()

    def batch(*contents: bytes, fate: Fate = Fate.PASSED) -> Batch:
        return Batch(1, Direction.SERVER, 0, [BINARY] * len(contents), contents, reader, fate)

    first, dropped = batch(frame[:5], frame[5:] + frame[:7]), batch(b"x", fate=Fate.DROPPED)
    last = Batch.of(Message(1, Direction.SERVER, 0, BINARY, frame[7:], reader))
    for each in (first, dropped, last):
        each.follow(trail)
    whole = [[e.data for e in message.envelopes if not e.fault] for message in (*first, *last)]
    assert whole == [[], [frame[5:]], [frame[5:]]]
    assert first.payloads == ["", ""]
    plain = Batch(1, Direction.SERVER, 0, [BINARY], [b""], Protocol().reader())
    plain.follow(trail)
    assert plain.before == ()
