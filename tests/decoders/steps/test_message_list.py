"""Messages that hold a list of messages."""

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import context, goes_there_and_back, opened, refusal

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.steps.message_list import MessageList
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.wire.writing import length_delimited, varint

LAYOUT = "type:u32le&0x7fffffff|0x80000000 length:u32le header:bytes(length)"
STEP = MessageList(LAYOUT, "type=1", at=2, inflated_size=1)
HEADER = bytes.fromhex("800102")
ORDER, FILL = (bytes.fromhex(f"{kind}020080 00000000 0801") for kind in ("92", "93"))


def framed(*messages: bytes) -> bytes:
    """Messages, each behind its length."""
    return b"".join(len(message).to_bytes(4, "little") + message for message in messages)


def multi(body: bytes) -> bytes:
    """A message of type 1, with a header of its own."""
    return bytes.fromhex("01000080 03000000") + HEADER + body


def plain(*messages: bytes) -> bytes:
    """A list as it is."""
    return multi(length_delimited(2, framed(*messages)))


def packed(*messages: bytes) -> bytes:
    """A compressed list."""
    content = framed(*messages)
    return multi(b"\x08" + varint(len(content)) + length_delimited(2, gzip.compress(content, mtime=7)))


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        # what is no list: another type, no header, no Protobuf, nothing in it
        (ORDER, (ORDER,)),
        (b"", (b"",)),
        (b"\x01\x00\x00\x80", (b"\x01\x00\x00\x80",)),
        (multi(b"\xff"), (multi(b"\xff"),)),
        (multi(b""), (multi(b""),)),
        (multi(b"\x12\x00"), (multi(b"\x12\x00"),)),
        (multi(b"\x10\x01"), (multi(b"\x10\x01"),)),
        # lists
        (plain(ORDER), (ORDER,)),
        (plain(ORDER, b"", FILL), (ORDER, b"", FILL)),
        (multi(b"\x08\x00" + length_delimited(2, framed(ORDER))), (ORDER,)),
        (packed(ORDER, FILL), (ORDER, FILL)),
        (packed(ORDER, plain(FILL, packed(ORDER)), FILL), (ORDER, FILL, ORDER, FILL)),
        # of two fields of the same number the last one counts
        (multi(b"\x12\x01x" + length_delimited(2, framed(ORDER))), (ORDER,)),
    ],
)
def test_opened(data, parts) -> None:
    """Each message of a list is a part, however deep it lies; what is no list is one itself."""
    assert opened(STEP, data).parts == parts


def test_other_forms() -> None:
    """Lengths may be of another size, and lists compressed in another way."""
    step = MessageList("type:u8", "type=7|8", 3, 4, CODECS["zlib"], 1, "big")
    body = length_delimited(3, zlib.compress(b"\x01a\x02bc")) + b"\x20\x05"
    found = opened(step, b"\x08" + body)
    assert found.parts == (b"a", b"bc")
    changed = step.open(found.close([b"a", b"bcd"]), context())
    assert changed.parts == (b"a", b"bcd")


def test_a_change() -> None:
    """Of what is changed the lists around it are made anew; all other bytes stay, other lists' too."""
    other = plain(packed(ORDER), FILL)
    body = b"\x78\x05\x92\x00" + length_delimited(2, framed(packed(ORDER, FILL), other))[1:] + b"\x78\x06"
    data = multi(body)
    found = opened(STEP, data)
    assert found.parts == (ORDER, FILL, ORDER, FILL)
    new = FILL[:-1] + b"\x02\x10\x03"
    changed = found.close((ORDER, new, ORDER, FILL))
    assert STEP.open(changed, context()).parts == (ORDER, new, ORDER, FILL)
    content = framed(ORDER, new)
    inner = multi(b"\x08" + varint(len(content)) + length_delimited(2, CODECS["gzip"].deflate(content)))
    assert changed == multi(b"\x78\x05\x92\x00" + length_delimited(2, framed(inner, other))[1:] + b"\x78\x06")


def test_a_length_in_the_header() -> None:
    """A header that tells how long the list's message is tells it anew."""
    step = MessageList("type:u8 size:u16be=length(part)", "type=1", at=2, size=1)
    found = opened(step, b"\x01\x00\x07\x12\x05\x01a\x02bc")
    assert found.parts == (b"a", b"bc")
    assert found.close([b"a", b"bcd"]) == b"\x01\x00\x08\x12\x06\x01a\x03bcd"


def test_the_size_behind_the_list() -> None:
    """The fields of a list are where they are, in either order."""
    data = multi(length_delimited(2, gzip.compress(framed(ORDER))) + b"\x08\x0e\x08\x0e")
    found = opened(STEP, data)
    content = framed(ORDER + b"\x10\x01")
    assert found.close([ORDER + b"\x10\x01"]) == multi(
        length_delimited(2, CODECS["gzip"].deflate(content)) + b"\x08\x0e\x08\x10"
    )


FAULT = "a list of messages in which there is a fault"


@pytest.mark.parametrize(
    ("data", "limits", "words"),
    [
        (
            multi(b"\x08\x05\x12\x02ab"),
            {},
            f"{FAULT} (gzip data were expected, and these are none or damaged (incorrect header check)) at byte 15",
        ),
        (multi(b"\x12\x03abc"), {}, f"{FAULT} (a length of 4 bytes, of which 3 are left) at byte 13"),
        (plain(ORDER, multi(b"\x12\x03abc")), {}, f"{FAULT} (a length of 4 bytes, of which 3 are left) at byte 13"),
        (
            plain(plain(plain(ORDER))),
            {"nesting": 2},
            f"{FAULT} (lists of messages in lists, more than 2 levels of",
        ),
        (packed(bytes(100_000)), {"inflated_bytes": 50_000}, f"{FAULT} (more than 50,000 bytes come out of what is"),
        (plain(*[b""] * 11), {"parts": 10}, f"{FAULT} (more than the 10 parts that are read of one message"),
        (
            plain(*[b"\x07"] * 3) + b"\x18\x01" * 10,
            {"fields": 10},
            "more than the 10 fields that are looked through (limits: fields)",
        ),
        (plain(*[plain(*[b""] * 6)] * 2), {"parts": 10}, f"{FAULT} (more than the 10 parts that are read of one"),
    ],
)
def test_refused(data, limits, words) -> None:
    """A damaged list, and one beyond a limit, is refused, with the place of the outermost list."""
    assert refusal(STEP, data, **limits).startswith(words)


def test_nested_as_deep_as_can_be() -> None:
    """However much a definition allows, the depth is bounded."""
    data = ORDER
    for _ in range(200):
        data = plain(data)
    assert "more than 100 levels" in refusal(STEP, data, nesting=10**9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("type:u9", "type=1", 2), "layout, character 1, 'type:u9': a kind was expected"),
        (("type:u8", "type", 2), "when: a condition, as in kind=2|3, was expected, and 'type' was found"),
        (("a:u8 b:u8 c:bytes(a)", "c=1", 2), "when should ask for a number of the layout, a or b, and is c"),
        (("type:u8", "type=1", 0), "at and inflated_size should be the numbers of fields"),
    ],
)
def test_faulty_options(options, words) -> None:
    """The header is as in `binary-header`, and the condition asks for one of its numbers."""
    with pytest.raises(ValueError, match=r"\w") as caught:
        MessageList(*options)
    assert str(caught.value).startswith(words)


SMALL = MessageList("type:u8", "type=1", at=2, inflated_size=1, size=1)
MESSAGES = st.recursive(
    st.binary(max_size=6).map(lambda rest: b"\x02" + rest),
    lambda inner: st.builds(
        lambda messages, packs: b"\x01" + small_body(messages, packs=packs),
        st.lists(inner, min_size=1, max_size=3),
        st.booleans(),
    ),
    max_leaves=5,
).filter(lambda message: len(message) < 256)


def small_body(messages: list[bytes], *, packs: bool) -> bytes:
    """The body of a list with short lengths."""
    content = b"".join(bytes([len(message)]) + message for message in messages if len(message) < 256)
    if packs:
        return b"\x08" + varint(len(content)) + length_delimited(2, gzip.compress(content))
    return length_delimited(2, content)


@given(MESSAGES, st.binary(max_size=9))
def test_lists(data, rest) -> None:
    """Any lists open, close again, and take a change of each message."""
    try:
        found = SMALL.open(data, context())
        assert found.close(found.parts) == data
        for place in range(len(found.parts)):
            changed = (*found.parts[:place], b"\x02" + rest, *found.parts[place + 1 :])
            assert SMALL.open(found.close(changed), context()).parts == changed
    except DecodeError as error:
        assert "a part of" in error.reason  # its length has one byte only


@given(st.lists(st.sampled_from([b"\x01", b"\x12", b"\x03", b"\x02", b"\x00", b"\x08", b"\xff", gzip.compress(b"")])))
def test_any_bytes(pieces) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(SMALL, b"".join(pieces), b"\x02")


def test_it_is_the_same_each_time() -> None:
    """Opening a message again, as another reader does, gives the same, in either direction."""
    data = packed(ORDER, FILL)
    several = [STEP.open(data, context(direction)).parts for direction in Direction for _ in range(2)]
    assert all(one == other for one, other in pairwise(several))


@pytest.mark.parametrize("form", [plain, packed])
@given(st.sets(st.integers(0, 3), min_size=1, max_size=3))
def test_messages_are_taken_out(form, gone) -> None:
    """Those that are left are read as they were, also in lists in the list; a list that would be empty goes too."""
    parts = [b"one", b"two", b"three", b"four"]
    found = opened(STEP, form(parts[0], form(parts[1], parts[2]), parts[3]))
    assert found.parts == tuple(parts)
    content = found.without([None if place in gone else part for place, part in enumerate(parts)])
    assert opened(STEP, content).parts == tuple(part for place, part in enumerate(parts) if place not in gone)
