"""Contents as others may see them."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.known import KnownSecrets
from paperknife_decoders.redaction.redactor import UNREAD, Redactor
from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.steps.json_field import JsonField
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.steps.varint_delimited import VarintDelimited
from paperknife_decoders.trail import Trail

PROTO = """
syntax = "proto3"; package redactor;
message Login { string user = 1; string password = 2; }
message Data { string symbol = 1; }
message Envelope { oneof payload { Data data = 1; Login login = 2; } }
"""
LOGIN = b"\x12\x0d\x0a\x01a\x12\x08wordpass"
MASKED = b"\x12\x0d\x0a\x01a\x12\x08********"
DATA = b"\x0a\x08\x0a\x06EURUSD"
ECHO = b"\x0a\x0c\x0a\x0aa wordpass"
ECHO_MASKED = b"\x0a\x0c\x0a\x0aa ********"
BINARY, TEXT, CLOSE, PING = Opcode.BINARY, Opcode.TEXT, Opcode.CLOSE, Opcode.PING


@pytest.fixture(scope="module")
def protocol(proto_schema) -> Protocol:
    """One type for both directions."""
    kind = EnvelopeType(proto_schema(PROTO).message("redactor.Envelope"))
    return Protocol(client=kind, server=kind)


class Broken:
    """A step with no way back."""

    name = "broken"

    def open(self, data: bytes, context: Context) -> Opened:
        return Opened((data,), self.close)

    def close(self, parts: Sequence[bytes]) -> bytes:
        raise DecodeError("no way back", 0)


CASES = [
    ([], [], None),
    ([BINARY], [DATA], None),
    ([BINARY], [b""], None),
    ([BINARY], [LOGIN], [MASKED]),
    ([BINARY, BINARY], [ECHO, LOGIN], [ECHO_MASKED, MASKED]),
    ([BINARY] * 3, [DATA, LOGIN, ECHO], [DATA, MASKED, ECHO_MASKED]),
    ([BINARY], [LOGIN + DATA], [MASKED + DATA]),
    ([BINARY, TEXT], [LOGIN, b"x wordpass"], [MASKED, b"x ********"]),
    ([TEXT], [b'{"password": "wordpass"}'], [b'{"password": "********"}']),
    ([BINARY], [b'{"password": "wordpass"}'], [b'{"password": "********"}']),
    ([CLOSE], [b"\x03\xe8token=wordpass"], [b"\x03\xe8token=********"]),
    ([PING, BINARY], [b"ping", LOGIN], [b"ping", MASKED]),
    ([BINARY], [LOGIN[:-1]], [MASKED[:-1]]),
    ([BINARY], [b"\xff\xff\xff"], None),
]


def in_json(login: bytes, password: str) -> bytes:
    """A login in base64, beside a password."""
    return b'{"password": "%s", "data": "%s"}' % (password.encode(), base64.b64encode(login))


STEPS = [
    # what a step refuses is looked at as what else it is
    ([GrpcWebsockets()], False, b"authorization: Bearer wordpass", b"authorization: ***************"),
    ([JsonField("data"), Base64Text()], True, b'{"password": "wordpass"}', b'{"password": "********"}'),
    # what stands around the parts
    ([GrpcWebsockets()], False, b"\x00\x00\x00\x00\x00\x0f" + LOGIN, b"\x00\x00\x00\x00\x00\x0f" + MASKED),
    ([JsonField("data"), Base64Text()], True, in_json(LOGIN, "other123"), in_json(MASKED, "********")),
    ([AsciiHeader(2)], False, b'a;"token":"abcdef";,2,' + LOGIN, b'a;"token":"******";,2,' + MASKED),
    # JSON comes with either opcode
    ([VarintDelimited()], False, b'{"password": "wordpass"}', b'{"password": "********"}'),
    ([VarintDelimited()], False, b"\x0f" + LOGIN + b"\x0a" + DATA, b"\x0f" + MASKED + b"\x0a" + DATA),
]


@pytest.mark.parametrize(("steps", "in_text", "content", "expected"), STEPS)
def test_steps(protocol, steps, in_text, content, expected) -> None:
    """Secrets behind the steps of a protocol, in what stands around the parts, and in what the steps refuse."""
    stepped = replace(protocol, steps=tuple(steps), in_text=in_text)
    redacted = Redactor().redact_one(stepped.reader(), Direction.CLIENT, TEXT if in_text else BINARY, content)
    assert redacted and redacted[0] == expected


def test_a_known_value_in_what_is_compressed(protocol) -> None:
    """A value that is known is found in the parts too, which do not lie in the content as they are."""
    stepped = replace(protocol, steps=(Compressed(CODECS["gzip"]),))
    redactor = Redactor()
    redactor.redact_one(protocol.reader(), Direction.CLIENT, BINARY, LOGIN)
    redacted = redactor.redact_one(stepped.reader(), Direction.CLIENT, BINARY, gzip.compress(ECHO))
    assert redacted and gzip.decompress(redacted[0]) == ECHO_MASKED


def test_what_cannot_be_put_together_again(protocol) -> None:
    """Where there is no way back without the secret, all of the message is masked."""
    stepped = replace(protocol, steps=(Broken(),))
    assert Redactor().redact_one(stepped.reader(), Direction.CLIENT, BINARY, LOGIN) == (b"*" * 15, ((0, 15),))


@pytest.mark.parametrize(("opcodes", "contents", "expected"), CASES)
def test_batches(protocol, opcodes: list[Opcode], contents: list[bytes], expected: list[bytes] | None) -> None:
    """Secrets go by their names, and by what is known, in what came before in the same batch too."""
    redacted = Redactor().redact(protocol.reader(), Direction.CLIENT, opcodes, contents)
    assert (redacted and list(redacted.contents)) == expected
    if redacted:
        for place, (content, masked) in enumerate(zip(contents, redacted.contents, strict=True)):
            assert (content != masked) == (place in redacted.masked)
    off = Redactor(mode="off").redact(protocol.reader(), Direction.CLIENT, opcodes, contents)
    assert off is None


STRICT = [
    (BINARY, DATA, DATA),
    (BINARY, DATA + b"\x1a\x02zz", DATA + b"\x1a\x02**"),
    (BINARY, b"\xff\xff", b"**"),
    (TEXT, b"hello", b"*****"),
    (BINARY, b'{"a": 1}', b"********"),
    (PING, b"ping", b"****"),
    (CLOSE, b"\x03\xe8bye", b"\x03\xe8bye"),
]


@pytest.mark.parametrize(("opcode", "content", "expected"), STRICT)
def test_strictly(protocol, opcode: Opcode, content: bytes, expected: bytes) -> None:
    """What no schema can read is blanked where that is asked for, and kept else."""
    redacted = Redactor(mode="strict").redact_one(protocol.reader(), Direction.CLIENT, opcode, content)
    assert (content if redacted is None else redacted[0]) == expected
    assert Redactor().redact_one(protocol.reader(), Direction.CLIENT, opcode, content) is None


@pytest.mark.parametrize("content", [b"\xff\xff", b"\x0a\x03abc", b"\x12\x02\x0a\x05"])
def test_a_warning(protocol, content: bytes) -> None:
    """That there are messages which no schema can read is said once, and not at all while every one can be read."""
    said: list[str] = []
    redactor = Redactor(warn=said.append)
    redactor.redact(protocol.reader(), Direction.CLIENT, [BINARY], [DATA])
    assert not said
    for _ in range(3):
        redactor.redact(protocol.reader(), Direction.CLIENT, [BINARY], [content])
    assert said == [UNREAD]


def test_without_a_schema() -> None:
    """What is known is masked, and what has a secret name in words; all else is kept, with the warning."""
    said: list[str] = []
    known = KnownSecrets()
    known.learn("wordpass")
    redactor = Redactor(known, warn=said.append)
    reader = Protocol().reader()
    redacted = redactor.redact(reader, Direction.CLIENT, [BINARY] * 2, [LOGIN, b'{"token": "abcdef"}'])
    assert redacted is not None
    assert list(redacted.contents) == [MASKED, b'{"token": "******"}']
    assert said == [UNREAD]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Opcode), st.binary(max_size=30)), max_size=5), st.booleans())
def test_anything(protocol, messages: list[tuple[Opcode, bytes]], strict: bool) -> None:
    """Whatever comes, contents keep their number and length."""
    redactor = Redactor(mode="strict" if strict else "fields")
    redactor.known.learn("wordpass")
    opcodes, contents = [opcode for opcode, _ in messages], [content for _, content in messages]
    redacted = redactor.redact(protocol.reader(), Direction.CLIENT, opcodes, contents)
    if redacted is not None:
        assert list(map(len, redacted.contents)) == list(map(len, contents))


def test_what_is_whole_beside_what_is_not(protocol) -> None:
    """A secret in a whole frame is masked, also where what there is of the next one cannot be opened."""
    steps = (GrpcWebsockets(), Compressed(CODECS["gzip"], "compressed=1"))
    content = b"\0\0\0\0\x0f" + LOGIN + b"\x01\0\0\0\xff" + gzip.compress(DATA)[:9]
    redacted = Redactor().redact_one(replace(protocol, steps=steps).reader(), Direction.SERVER, BINARY, content)
    assert redacted and redacted[0] == content.replace(LOGIN, MASKED)


def cut(data: bytes, places: tuple[int, ...]) -> list[bytes]:
    """The pieces between some places."""
    return [data[start:end] for start, end in zip((0, *places), (*places, len(data)), strict=True)]


FRAMED = b"\0\0\0\0\x0f" + LOGIN + b"\0\0\0\0\x0a" + DATA


@pytest.mark.parametrize("places", [(5,), (3,), (5, 14), (12,), (15, 17), (12, 16, 25), tuple(range(1, 30))])
@pytest.mark.parametrize("behind", [(), (ConstantPrefix("12"),)])
def test_what_messages_cut(protocol, places, behind) -> None:
    """A secret in a frame that several messages hold is masked in each of them, and all else stays."""
    framed = FRAMED if not behind else b"\0\0\0\0\x10\x12" + LOGIN + b"\0\0\0\0\x0b\x12" + DATA
    reader = replace(protocol, steps=(GrpcWebsockets(), *behind)).reader()
    redactor, trail, masked = Redactor(), Trail(), []
    for content in cut(framed, places):
        before = trail.follow_one(reader, Direction.SERVER, BINARY, content)
        found = redactor.redact_one(reader, Direction.SERVER, BINARY, content, before)
        assert found is None or len(found[0]) == len(content)
        masked.append(content if found is None else found[0])
        if found is not None and not behind:
            assert all(set(masked[-1][start:end]) <= {0x2A} for start, end in found[1])
    assert b"".join(masked) == framed.replace(b"wordpass", b"********")
