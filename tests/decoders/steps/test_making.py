"""Contents of messages of our own, through steps that have seen one like it, and through such that have not."""

from __future__ import annotations

import base64
import gzip

import pytest

from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Context, Step, making, open_parts
from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.binary_header import BinaryHeader
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.steps.json_field import JsonField
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.making import Front, made_through
from paperknife_decoders.steps.message_list import MessageList
from paperknife_decoders.steps.new_header import NotMade
from paperknife_decoders.steps.registry import STEPS
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.steps.varint_delimited import VarintDelimited

PART = b"\x08\x07new"
LONG = b"\x08\x07" + b"n" * 200
GZIP = CODECS["gzip"]
FLAG = BinaryHeader("packed:u8")
LIST = MessageList("type:u8 size:u8", "type=1", 1)
HEAD = BinaryHeader("type:u8 size:u8=length(part)")


def made(steps: list[Step], part: bytes = PART, like: bytes | None = None, **asked: int | str) -> bytes:
    """The content of a server's message, which is read as this one part."""
    context = Context(Direction.SERVER)
    content = made_through(steps, part, context, Front(asked), like)
    assert open_parts(steps, content, context).parts == (part,)
    return content


FRESH = [
    ([VarintDelimited()], b"\x05" + PART),
    ([LengthPrefix()], b"\0\0\0\x05" + PART),
    ([LengthPrefix(2, "little", includes_itself=True, several=True)], b"\x07\0" + PART),
    ([ConstantPrefix("cafe"), Base64Text()], b"\xca\xfe" + base64.b64encode(PART)),
    ([Base64Text("url")], base64.urlsafe_b64encode(PART)),
    ([Compressed(GZIP, "magic")], PART),
]


@pytest.mark.parametrize(("steps", "content"), FRESH)
def test_by_the_definition_alone(steps, content) -> None:
    """Lengths, constants, an alphabet: what a step's definition says needs no other message."""
    assert made(steps) == content


def test_compressed() -> None:
    """Always; or where a flag in front says so, which is one that is asked for."""
    assert gzip.decompress(made([Compressed(GZIP)], LONG)) == LONG
    flagged: list[Step] = [FLAG, Compressed(GZIP, "packed=1")]
    assert made(flagged, packed=0) == b"\0" + PART
    assert gzip.decompress(made(flagged, packed=1)[1:]) == PART
    assert gzip.decompress(made(flagged, like=b"\1" + gzip.compress(b"old"))[1:]) == PART


LIKE = [
    ([JsonField("m"), Base64Text()], b'{"n": 5, "m": "AAA"}', b'{"n": 5, "m": "CAduZXc"}'),
    ([Base64Text()], b'"_-8"', b'"CAduZXc"'),
    ([ConstantPrefix("ca"), HEAD], b"\xca\x09\x01o", b"\xca\x09\x05" + PART),
    # several parts: the first one's header
    ([LengthPrefix(1, several=True), HEAD], b"\x03\x09\x01o\x03\x07\x01p", b"\x07\x09\x05" + PART),
    ([LIST, HEAD], b"\x01\x10\x0a\x0e" + b"\x03\0\0\0\x09\x01o" * 2, b"\x09\x05" + PART),
    ([AsciiHeader(2)], b"17,t,old", b"17,t," + PART),
    ([GrpcWebsockets()], b"\x80\0\0\0\x04a: b", b"\0\0\0\0\x05" + PART),
    ([GrpcWebsockets()], b"\0\0\0\0\x02\x12\0", b"\0\0\0\0\x05" + PART),
]


@pytest.mark.parametrize(("steps", "like", "content"), LIKE)
def test_like_another_one(steps, like, content) -> None:
    """What only a message shows is as it is in the one that passed."""
    assert made(steps, like=like) == content


def test_what_is_asked_for() -> None:
    """Values in front are those that are asked for, and what is repeated of a message like it is told."""
    assert made([HEAD], type=7) == b"\x07\x05" + PART
    assert made([AsciiHeader(2)], field_1="a", field_2="b") == b"a,b," + PART
    front = Front({"field_2": "b"})
    assert made_through([AsciiHeader(2)], PART, Context(Direction.SERVER), front, b"17,t,old") == b"17,b," + PART
    assert front.repeated == {"field_1": "17"}
    front = Front()
    assert made_through([JsonField("m")], b"x", Context(Direction.SERVER), front, b'{"n":5,"m":"y"}')
    assert front.repeated == {"n": 5}


REFUSED = [
    ([JsonField("m")], None, {}, "only one shows what json-field has around it"),
    ([JsonField("m")], b'[{"m":"a"},{"m":"b"}]', {}, "only one shows what json-field has around it"),
    ([GrpcWebsockets()], None, {}, "only one shows what grpc-websockets has around it"),
    ([GrpcWebsockets()], b"\x80\0\0\0\x04a: b", {"compressed": 2}, "compressed takes 0 or 1, not 2"),
    ([JsonField("m")], b'{"m":"a","n":5}', {"n": 6}, "n in front is another one .* json-field can write no other"),
    ([AsciiHeader(2)], None, {"field_1": "a"}, "field_2 in front of it is not known"),
    ([AsciiHeader(1)], None, {"field_1": "a,b"}, "field_1 takes ASCII without ',' in it, not 'a,b'"),
    ([HEAD], None, {"type": 7, "size": 4}, "size is the length, 5; leave it out"),
]


@pytest.mark.parametrize(("steps", "like", "asked", "refusal"), REFUSED)
def test_what_nobody_knows(steps, like, asked, refusal) -> None:
    """What nothing tells is refused by its name."""
    with pytest.raises(NotMade, match=refusal):
        made_through(steps, PART, Context(Direction.SERVER), Front(asked), like)


def test_every_step_can_be_made_or_says_why_not() -> None:
    """A step that comes to the others has a way to be made, or is one of those that need another message."""
    assert set(STEPS.values()) - set(making.FRESH) - set(making.HEADERS) == {JsonField}
