"""A compiled expression against messages of both directions, of any content, and of a newer schema."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.expression import ExpressionError, compile_expression, frame_of
from paperknife_decoders.expression.terms import STEPS
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

PAYLOADS = [
    ("order.price > 5", {"order"}, set()),
    ("order.price > 5 or heartbeat", {"order", "heartbeat"}, {"heartbeat"}),
    ("order.price > 5 and heartbeat", set(), set()),
    ("order.price > 5 and size > 9", {"order"}, set()),
    ("any(l.size == 0 for l in update.levels)", set(), {"update"}),
    ("any(l.size == order.quantity for l in order.legs)", {"order"}, set()),
    ("payload == order", {"order"}, {"order"}),
    ("order == payload", {"order"}, {"order"}),
    ("payload in (order, update)", {"order", "update"}, {"order", "update"}),
    ("payload != order", None, None),
    ("payload not in (order, update)", None, None),
    ("not order", None, None),
    ("direction == client", None, set()),
    ("direction == server and update.depth == 1", set(), {"update"}),
    ("direction != server or update.depth == 1", None, {"update"}),
    ("startswith(order.symbol, both.symbol)", set(), set()),
    ('"a" in order.notes', {"order"}, set()),
    ("order.price + both.price > 1", set(), set()),
    ("has(order.tag)", {"order"}, set()),
    ("time > order.sent", {"order"}, set()),
    ("way == BUY", None, set()),
    ("msg.order", {"order"}, set()),
    ("size > 5", None, None),
    ("true", None, None),
    ("false", set(), set()),
]


@pytest.mark.parametrize(("text", "client", "server"), PAYLOADS)
def test_payloads_that_can_match(venue, text, client, server):
    """From the text alone it is known which payloads can match; None says that any can."""
    expression = venue.compile(text)
    assert expression.payloads(CLIENT) == client
    assert expression.payloads(SERVER) == server


def test_name_with_another_type_in_each_direction(venue):
    """A field of both envelopes means in each direction what it is there; what it lacks in one has no value there."""
    sent = venue.message(CLIENT, 'both { symbol: "a" quantity: 2 }')
    received = venue.message(SERVER, 'both { symbol: "a" depth: 2 }')
    assert venue.holds('both.symbol == "a"', sent)
    assert venue.holds('both.symbol == "a"', received)
    assert venue.holds("both.quantity == 2", sent)
    assert not venue.holds("both.quantity == 2", received)
    assert venue.holds("both.depth == 2 or both.quantity == 3", received)


def test_without_a_schema_the_built_in_names_work(venue):
    """What is known of a message without its fields can be asked; a field's path says what is missing."""
    message = Message(1, CLIENT, 0, Opcode.BINARY, b"\x0a\x01a", Protocol().reader())
    (envelope,) = message.envelopes
    assert compile_expression("size == 3 and direction == client", None, None).matches(message, envelope)
    assert not compile_expression('payload != ""', None, None).matches(message, envelope)
    with pytest.raises(ExpressionError, match="order needs a schema; without one there are direction, payload, size"):
        compile_expression("order.price > 5", None, None)
    with pytest.raises(ExpressionError, match="heartbeat needs a schema"):
        compile_expression("heartbeat", None, None)


def test_schema_of_one_direction(venue):
    """Where one direction has no type, its messages have no fields, and the other one's names are still checked."""
    expression = compile_expression("order.quantity == 1", venue.protocol.client.descriptor, None)
    sent, received = venue.message(CLIENT, "order { quantity: 1 }"), venue.message(SERVER, "update {}")
    assert expression.matches(sent, sent.envelopes[0])
    assert not expression.matches(received, received.envelopes[0])
    with pytest.raises(ExpressionError, match="did you mean quantity"):
        compile_expression("order.quantty == 1", venue.protocol.client.descriptor, None)


def test_message_that_is_not_decoded_has_no_fields(venue):
    """Text, and bytes that are no envelope, match by what is known of them."""
    for message in (
        venue.raw(CLIENT, b'{"order": 1}', Opcode.TEXT),
        venue.raw(CLIENT, b"\xff\xff\xff"),
        venue.raw(CLIENT, b""),
    ):
        assert not venue.holds("order.quantity == 0", message)
        assert not venue.holds("order", message)
        assert venue.holds("not order and size < 100 and time > '2026-01-01'", message)


NEWER = """
    syntax = "proto3";
    package venue;
    message Order { int32 symbol = 1; repeated int32 side = 2; map<int32, int32> quantity = 3; int32 tag = 5; }
    message ClientMessage { oneof payload { Order order = 1; } }
    message ServerMessage { oneof payload { Order update = 1; } }
"""


def test_newer_schema_than_the_expression(venue, tmp_path):
    """An envelope that was read by a schema with other types does not match, and does no harm."""
    (tmp_path / "venue.proto").write_text(NEWER)
    client, server = direction_types(load_schema([tmp_path]))
    reader = Protocol(client=client, server=server).reader()
    message = Message(1, CLIENT, 0, Opcode.BINARY, b"\x0a\x02\x08\x07", reader)
    (envelope,) = message.envelopes
    assert envelope.payload == "order"
    assert venue.compile("order").matches(message, envelope)
    for text in (
        'order.symbol > "a"',
        "order.price > 5",
        "has(order.tag)",
        "order.legs[0].size == 1",
        "order.side > 5",
    ):
        assert not venue.compile(text).matches(message, envelope)


EXPRESSIONS = [
    "order.price > 5 or order.side == BUY or order.tag != 'x' or not order.parent",
    "any(l.price * l.size > 5 or l.side in (BUY, SELL) for l in order.legs if l.size % 3 != 1)",
    "sum(order.sizes) / count(order.legs) > min(order.sizes) - max(order.fills)",
    "order.labels['a'] == 'b' or order.by_number[5].size == 1 or 'x' in order.notes or b'x' in order.blob",
    "matches(order.symbol, '^a.*b') or lower(order.memo) == 'x' or number(order.symbol) > order.price",
    "abs(order.sent - time) < order.life or order.sent + order.life > time or order.life > 5",
    "order.price // order.fee > 1 or -order.price % order.ratio < 5 or order.serial * order.serial > 5",
    "'a' < old.name or 'x' in old.words or any(startswith(w, 'a') for w in old.words) or contains(old.name, 'x')",
    "update.levels[0].price > update.levels[-1].price or update.at > time",
    "len(order.symbol) > len(order.blob) or order.limit > 5 or order.firm or heartbeat.count == ping",
]


DAMAGE = st.tuples(st.integers(0, 400), st.integers(0, 8), st.binary(max_size=8))
"""Where in a full order to begin, how many bytes to take away there, and what to put there."""


@given(damage=DAMAGE, direction=st.sampled_from(Direction))
@example(damage=(0, 400, b""), direction=CLIENT)
@example(damage=(0, 0, b""), direction=CLIENT)
def test_no_content_raises(venue, full_order, damage, direction):
    """Whatever bytes a peer sends, an expression says yes or no, and each of its parts works on its own."""
    start, cut, junk = damage
    content = full_order.content
    message = venue.raw(direction, content[:start] + junk + content[start + cut :])
    for text in EXPRESSIONS:
        expression = cached(venue, text)
        for envelope in message.envelopes:
            assert expression.matches(message, envelope) in (True, False)
            # Past the net that is there for other schemas: nothing falls into it.
            program = expression.program(direction)
            frame = frame_of(message, envelope, slots=program.slots)
            frame[STEPS] = 1000
            program.test(frame)


def test_many_are_asked_about_one_envelope(venue, full_order):
    """A frame serves one program after the other, loops and costly ones among them, as if each had its own."""
    programs = [cached(venue, text).program(CLIENT) for text in EXPRESSIONS]
    (envelope,) = full_order.envelopes
    shared = frame_of(full_order, envelope, slots=max(program.slots for program in programs))
    asked = 0
    for text, program in zip(EXPRESSIONS * 2, programs * 2, strict=True):
        if program.payloads is None or envelope.payload in program.payloads:
            assert program.holds(shared) == cached(venue, text).matches(full_order, envelope), text
            asked += 1
    assert asked > len(EXPRESSIONS)


COMPILED = {}


def cached(venue, text):
    """Compile each expression once for all examples."""
    if text not in COMPILED:
        COMPILED[text] = venue.compile(text)
    return COMPILED[text]


TOKENS = """
    order update heartbeat payload direction client BUY size time msg x and or not in is if for == != < + * // % - ( )
    [ ] any( all( count( sum( min( has( len( matches( , . .price .legs .side .labels .sizes 5 0.5 'a' b'a' None True
"""


@given(st.lists(st.sampled_from(TOKENS.split()), min_size=1, max_size=14))
def test_any_text_compiles_or_is_refused(venue, tokens):
    """Whatever a user types, there is an expression that works or the one error with a place in the text."""
    text = " ".join(tokens).replace(" .", ".")
    order = venue.message(CLIENT, "order { sizes: 1 legs {} }")
    try:
        expression = venue.compile(text)
    except ExpressionError as error:
        assert error.reason
        assert 1 <= error.column <= len(text) + 1
        assert str(error).count("\n") == 2
    else:
        assert expression.matches(order, order.envelopes[0]) in (True, False)
