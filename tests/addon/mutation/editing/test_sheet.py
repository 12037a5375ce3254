"""A message as a file for an editor, and back."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import SCHEMAS, parsed, random_message, random_type

from paperknife.mutation.editing.nodes import EditError
from paperknife.mutation.editing.sheet import Sheet
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice import changes_between
from paperknife_decoders.wire.writing import varint

CLIENT, SERVER = Direction

ORDER = {
    "request_id": 7,
    "symbol": "ESZ6",
    "side": "BUY",
    "quantity": 3,
    "price": {"value": "5000.250"},
    "labels": {"desk": "7"},
}
LEVELS = [{"side": "BUY", "price": {"value": "1.5"}, "size": 3}, {"side": "SELL", "size": 4}]
UPDATE = {"symbol": "ESZ6", "sequence": 5, "levels": LEVELS, "time": {"seconds": 1_767_322_800}}


@pytest.fixture
def order(tape) -> Message:
    return tape.message(CLIENT, "order", ORDER)


def after(message: Message, content: bytes) -> Message:
    """The message with another content."""
    return Message(message.connection, message.direction, 0, message.opcode, content, message.reader)


def test_a_file_as_it_was_gives_the_very_bytes(order) -> None:
    """Also where comments and blank lines were added, and where numbers are over-long or fields unknown."""
    content = order.content + b"\x7a\x03abc" + b"\xa0\x06\x85\x80\x00"
    sheet = Sheet(after(order, content))
    for text in (sheet.text, sheet.text + "\n# a comment\n", sheet.text.replace("  # uint64", "")):
        assert sheet.content_of(text) == content


def test_what_the_file_says(order) -> None:
    """The payload first, its fields with what each takes, what is unset in comments."""
    text = Sheet(order, heading=["held"]).text
    assert text.startswith("# held\norder:  # OrderRequest\n  request_id: 7  # uint64\n")
    assert "  side: BUY  # Side: SIDE_UNSPECIFIED, BUY, SELL\n" in text
    assert "  price: 5000.250  # Decimal\n" in text
    assert "  # client_tag:  # string\n" in text
    assert text.endswith("# instead of order: subscribe, login, heartbeat, cancel, revise, unsubscribe, account, "
                         "renew_token\n")  # fmt: skip


EDITS = [
    ("quantity: 3", "quantity: 30", {"quantity": 30}),
    ("side: BUY", "side: SELL", {"side": "SELL"}),
    ("side: BUY", "side: -1", {"side": "SELL"}),
    ("symbol: ESZ6", "symbol: 123", {"symbol": "123"}),
    ("symbol: ESZ6", "symbol: true", {"symbol": "true"}),
    ("  price: 5000.250  # Decimal\n", "", {"price": None}),
    ("price: 5000.250", "price: 5000.2500", {"price": {"value": "5000.2500"}}),
    ("price: 5000.250", "price: {value: '1'}", {"price": {"value": "1"}}),
    ("# client_tag:", "client_tag: x", {"client_tag": "x"}),
    ("# display_quantity:", "display_quantity: 0", {"display_quantity": 0}),
    ('desk: "7"', "desk: 8\n    team: a", {"labels": {"desk": "8", "team": "a"}}),
    ("quantity: 3", "quantity: 0x10", {"quantity": 16}),
]


@pytest.mark.parametrize(("old", "new", "fields"), EDITS, ids=[new or old for old, new, _ in EDITS])
def test_edits(tape, order, old, new, fields) -> None:
    """What was edited is what changes."""
    sheet = Sheet(order)
    assert old in sheet.text
    result = after(order, sheet.content_of(sheet.text.replace(old, new)))
    expected = {name: value for name, value in (ORDER | fields).items() if value is not None}
    assert result.envelopes[0].message == tape.message(CLIENT, "order", expected).envelopes[0].message


LISTS = [
    ("    - side: SELL\n      size: 4\n", "", LEVELS[:1]),
    ("    - side: SELL\n", "    - size: 9\n      price: 2\n    - side: SELL\n",
     [LEVELS[0], {"size": 9, "price": {"value": "2"}}, LEVELS[1]]),
    ("      size: 4\n", "      size: 4\n    - {side: BUY}\n    -\n", [*LEVELS, {"side": "BUY"}, {}]),
    ("size: 4", "size: 5", [LEVELS[0], {"side": "SELL", "size": 5}]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "levels"), LISTS)
def test_lists(tape, old, new, levels) -> None:
    """Items are changed, taken out, and put in anywhere."""
    message = tape.message(SERVER, "market_data", UPDATE)
    sheet = Sheet(message)
    assert old in sheet.text
    result = after(message, sheet.content_of(sheet.text.replace(old, new)))
    assert (
        result.envelopes[0].message
        == tape.message(SERVER, "market_data", UPDATE | {"levels": levels}).envelopes[0].message
    )


def test_another_payload(order, tape) -> None:
    """It takes the place of the one there was."""
    sheet = Sheet(order)
    result = after(order, sheet.content_of("cancel:\n  request_id: 9\n  order_id: A1\n"))
    assert result.content == tape.message(CLIENT, "cancel", {"request_id": 9, "order_id": "A1"}).content


SLIPS = [
    ("quantity: 3", "quantiti: 3", "5:3: OrderRequest has no field quantiti; did you mean quantity?"),
    ("side: BUY", "side: BYU", "4:9: side is never 'BYU'; did you mean BUY?"),
    ("quantity: 3", "quantity: -3", "5:13: quantity takes a whole number from 0 to 4,294,967,295, not -3"),
    ("quantity: 3", "quantity: [3]", "5:13: One value was expected for quantity."),
    ("quantity: 3", "quantity:", "A value was expected for quantity; without its line the field is unset."),
    ("quantity: 3", "request_id: 3", "5:3: request_id stands here twice"),
    ("quantity: 3", "quantity: &a 3\n  account: *b", "This is no YAML"),
    ("price: 5000.250", "price: cheap", "6:10: Decimal takes a number such as 5000.25, not 'cheap'"),
    ("symbol: ESZ6", 'symbol: "[redacted]"', "A placeholder keeps what is at its own place"),
    ("order:", "order: 5", "no YAML"),
    ("# instead", "login:\n  user: me\n# instead", "order and login exclude each other (oneof payload): keep one."),
    ("# instead", "---\n# instead", "1 documents were expected, one for each envelope, and 2 were found."),
    ("desk: \"7\"", "desk: [1]", "One value was expected for value."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), SLIPS, ids=[new for _, new, _ in SLIPS])
def test_slips(order, old, new, told) -> None:
    """Each has its line and column, and says what would be right; what was typed is kept with it."""
    sheet = Sheet(order)
    assert old in sheet.text
    text = sheet.text.replace(old, new, 1)
    with pytest.raises(EditError) as caught:
        sheet.content_of(text)
    assert told in str(caught.value)
    marked = sheet.marked(text, caught.value)
    assert "# !!! " in marked
    assert sheet.unmarked(marked) == text
    with pytest.raises(EditError) as again:
        sheet.content_of(marked)
    assert str(again.value) == str(caught.value)


def test_all_slips_at_once(order) -> None:
    """One editing shows all of them."""
    sheet = Sheet(order)
    with pytest.raises(EditError) as caught:
        sheet.content_of(sheet.text.replace("BUY", "BYU", 1).replace("quantity: 3", "quantiti: 3"))
    assert [slip.line for slip in caught.value.slips] == [4, 5]


def test_secrets_are_placeholders(tape) -> None:
    """One that is not touched keeps its bytes, and a new value takes its place."""
    message = tape.message(CLIENT, "login", {"user": "me", "password": "hunter2", "api_key": "k"})
    sheet = Sheet(message)
    assert "hunter2" not in sheet.text
    text = sheet.text.replace("user: me", "user: you")
    login = after(message, sheet.content_of(text)).envelopes[0].message.login
    assert (login.user, login.password, login.api_key) == ("you", "hunter2", "k")
    text = text.replace('password: "[redacted]"', "password: other")
    assert after(message, sheet.content_of(text)).envelopes[0].message.login.password == "other"


def test_secrets_that_are_known_from_elsewhere(tape) -> None:
    """The file is written from what may be shown, and the changes are made in what was sent."""
    message = tape.message(CLIENT, "order", ORDER | {"account": "hunter2"})
    shown = message.content.replace(b"hunter2", b"*******")
    sheet = Sheet(message, shown)
    assert "hunter2" not in sheet.text
    order = (
        after(message, sheet.content_of(sheet.text.replace("quantity: 3", "quantity: 4"))).envelopes[0].message.order
    )
    assert (order.account, order.quantity) == ("hunter2", 4)


RAW = [
    (b"\xff\xfe", Opcode.BINARY, "fffe", "00 01", b"\x00\x01"),
    (b'{"a": 1,\n "b": 2}', Opcode.TEXT, '"b": 2', '"b": 3', b'{"a": 1,\n "b": 3}'),
    (b"  hello\x1b\n", Opcode.TEXT, "hello", "hi", b"  hi\x1b\n"),
    (b"\x00plain", Opcode.TEXT, "plain", "other", b"\x00other"),
    (b"not \xff utf", Opcode.TEXT, "6e6f74", "4e6f74", b"Not \xff utf"),
]


@pytest.mark.parametrize(("content", "opcode", "old", "new", "result"), RAW)
def test_what_is_not_decoded(tape, content, opcode, old, new, result) -> None:
    """It is text or hex digits, safe to print."""
    sheet = Sheet(tape.raw(CLIENT, content, opcode=opcode))
    assert "\x1b" not in sheet.text
    assert old in sheet.text
    assert sheet.content_of(sheet.text + "# x\n") == content
    assert sheet.content_of(sheet.text.replace(old, new)) == result


def test_secrets_in_text_keep_their_bytes(tape) -> None:
    """Wherever text around them changes; one whose place is unclear is not guessed."""
    content = b'{"user": "me", "password": "hunter2", "n": 1}'
    start = content.index(b"hunter2")
    shown, masked = content.replace(b"hunter2", b"*******"), ((start, start + 7),)
    sheet = Sheet(tape.raw(CLIENT, content, opcode=Opcode.TEXT), shown, masked)
    assert "hunter2" not in sheet.text
    both = sheet.text.replace('"me"', '"you"').replace("1}", "2}")
    assert sheet.content_of(both) == b'{"user": "you", "password": "hunter2", "n": 2}'
    with pytest.raises(EditError, match="cannot be told from text"):
        sheet.content_of(both.replace('"you"', '"*******"'))


def test_long_values_are_placeholders(tape) -> None:
    """A value beyond all sense is not in the file, and stays."""
    message = tape.message(CLIENT, "order", ORDER | {"account": "x" * 30_000, "quantity": 3})
    sheet = Sheet(message)
    assert 'account: "[30,000 characters, kept as they are]"' in sheet.text
    order = (
        after(message, sheet.content_of(sheet.text.replace("quantity: 3", "quantity: 4"))).envelopes[0].message.order
    )
    assert (len(order.account), order.quantity) == (30_000, 4)


def test_long_lists_keep_what_is_left_out(tape) -> None:
    """New items come where they were put, before all that the file has no room for."""
    levels = [{"size": number} for number in range(1, 1200)]
    message = tape.message(SERVER, "market_data", UPDATE | {"levels": levels})
    sheet = Sheet(message)
    assert "# 199 more of 1,199 are left out here, and stay as they are" in sheet.text
    text = sheet.text.replace("    - size: 1000\n", "    - size: 1000\n    - size: 7777\n")
    found = after(message, sheet.content_of(text)).envelopes[0].message.market_data.levels
    assert [each.size for each in found] == [*range(1, 1001), 7777, *range(1001, 1200)]


def test_peer_text_is_escaped(tape) -> None:
    """No control character of a peer is in the file."""
    message = tape.message(CLIENT, "order", {"symbol": "a\x1b[2J\u202e\n# !!! b", "labels": {"k\n: x": "---"}})
    sheet = Sheet(message)
    assert sheet.text.replace("\n", "").isprintable()
    assert sheet.content_of(sheet.text + "\n") == message.content


# random schemas


def message_of(kind, data: bytes) -> Message:
    protocol = Protocol(client=EnvelopeType(kind))
    return Message(1, CLIENT, 0, Opcode.BINARY, data, protocol.reader())


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**40))
def test_any_message_as_it_was_and_as_any_other(seed: int) -> None:
    """A file read again changes nothing; the file of another message of the type makes that of it, as far as the
    schema goes.
    """
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    data, other = random_message(random, kind), random_message(random, kind)
    if random.random() < 0.5:
        other = data + other
    sheet, wanted = Sheet(message_of(kind, data)), Sheet(message_of(kind, other))
    assert sheet.content_of(sheet.text + "# read it\n") == data
    if "kept as they are" in wanted.text:
        return
    result, expected = parsed(kind, sheet.content_of(wanted.text)), parsed(kind, other)
    assert changes_between(result, expected) == []


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**40), st.text(max_size=40), st.integers(0, 2000))
def test_whatever_is_typed(seed: int, typed: str, at: int) -> None:
    """It is taken, or it is said why not; nothing else is ever raised."""
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    data = random_message(random, kind)
    if random.random() < 0.2:
        data = varint(random.randrange(2**20)) + data
    sheet = Sheet(message_of(kind, data))
    at %= len(sheet.text) + 1
    text = sheet.text[:at] + typed + sheet.text[at + random.randrange(20) :]
    try:
        sheet.content_of(text)
    except EditError as error:
        assert error.slips
        assert sheet.unmarked(sheet.marked(text, error)) == text
