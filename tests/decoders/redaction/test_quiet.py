"""Messages behind steps that need no way back: what becomes of a batch is what the whole way makes of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from google.protobuf import message_factory
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.redactor import Redactor
from paperknife_decoders.schema import Schema
from paperknife_decoders.wire.writing import varint

PROTO = """
syntax = "proto3"; package quiet;
message Login { string user = 1; string password = 2; int32 pin = 3; }
message Data { string symbol = 1; bytes raw = 2; map<string, string> labels = 5; int64 price = 7; }
message Envelope { oneof payload { Data data = 1; Login login = 2; } string session_token = 3; int64 id = 4; }
message Plain { oneof payload { Data data = 1; Login login = 2; } }
message Carrier { uint32 kind = 1; bytes body = 2; uint64 id = 3; string api_key = 9; }
message Bare { uint32 kind = 1; bytes body = 2; }
"""
TYPES = {1: "quiet.Data", 2: "quiet.Login"}


def carries(name: str) -> dict[str, object]:
    """A definition by which the bytes of a type are messages."""
    found = {"client": name, "server": name}
    return {**found, "carries": [{"in": name, "at": "body", "by": "kind", "types": TYPES}]}


ENVELOPE = {"client": "quiet.Envelope", "server": "quiet.Envelope"}
PLAIN = {"client": "quiet.Plain", "server": "quiet.Plain", "secrets": ["login.pin"]}
DELIMITED: dict[str, object] = {"steps": ["varint-delimited"]}
LENGTH: dict[str, object] = {"steps": [{"length-prefix": {"size": 2}}]}
WORDS: dict[str, object] = {"steps": [{"constant-prefix": {"hex": b"token=abcdef;".hex()}}]}
GZIP: dict[str, object] = {"steps": [{"compressed": {"codec": "gzip"}}]}


def delimited(*parts: bytes) -> bytes:
    """All parts, each behind its length."""
    return b"".join(varint(len(part)) + part for part in parts)


def headed(*parts: bytes) -> bytes:
    """All parts as one, compressed, with a name in the file's header that looks like a secret."""
    packed = gzip.compress(b"".join(parts), 0)
    return packed[:3] + b"\x08" + packed[4:10] + b"pin=12345678\0" + packed[10:]


STYLES: list[tuple[dict[str, object], Callable[..., bytes]]] = [
    ({**ENVELOPE, **DELIMITED}, delimited),
    ({**PLAIN, **DELIMITED}, delimited),
    ({**PLAIN, **LENGTH}, lambda *parts: len(b"".join(parts)).to_bytes(2, "big") + b"".join(parts)),
    ({**ENVELOPE, **WORDS}, lambda *parts: b"token=abcdef;" + b"".join(parts)),
    ({**PLAIN, **GZIP}, lambda *parts: gzip.compress(b"".join(parts))),
    ({**PLAIN, **GZIP}, headed),
    (carries("quiet.Carrier"), lambda *parts: b"".join(parts[:1])),
    (carries("quiet.Bare"), lambda *parts: b"".join(parts[:1])),
    ({**carries("quiet.Carrier"), **DELIMITED}, delimited),
    ({**carries("quiet.Bare"), **GZIP}, lambda *parts: gzip.compress(b"".join(parts[:1]))),
]
TEXTS = st.sampled_from(["", "a", "abc", "EURUSD", "wordpass", "a wordpass", "password=abcdef", "other-secret", "{1}"])
LOGINS = st.fixed_dictionaries({}, optional={"user": TEXTS, "password": TEXTS, "pin": st.integers(0, 99)})
DATA = st.fixed_dictionaries(
    {},
    optional={
        "symbol": TEXTS,
        "raw": TEXTS.map(str.encode) | st.binary(max_size=9),
        "labels": st.dictionaries(st.sampled_from(["a", "token"]), TEXTS, max_size=2),
        "price": st.integers(0, 1 << 40),
    },
)
PAYLOADS = st.tuples(st.just("Data"), DATA) | st.tuples(st.just("Login"), LOGINS)
BESIDE = st.fixed_dictionaries({}, optional={"id": st.integers(0, 99), "session_token": TEXTS, "api_key": TEXTS})
ENDS = st.sampled_from([b"", b"", b"", b"\x78\x01", b"\x0a\x00", b"\xff", b"\x12\x03abc"])
PARTS = st.lists(st.tuples(PAYLOADS, BESIDE, ENDS), max_size=3)
CONTENTS = st.lists(st.tuples(PARTS, st.sampled_from([b"", b"", b"", b"\x07", b'{"token": "abcdef"}'])), max_size=5)


@pytest.fixture(scope="module")
def schema(proto_schema) -> Schema:
    """The schema of these messages."""
    return proto_schema(PROTO)


@pytest.fixture(scope="module")
def protocols(schema) -> list[Protocol]:
    """One for each style."""
    return [protocol_from(read_definition({"name": "quiet", **data}), schema) for data, _ in STYLES]


def made(schema: Schema, name: str, fields: dict[str, object]) -> bytes:
    """A message of a type, with those of the fields that it has."""
    kind = schema.message(name)
    known = {key: value for key, value in fields.items() if key in kind.fields_by_name}
    return message_factory.GetMessageClass(kind)(**known).SerializeToString()


def part_of(schema: Schema, root: str, payload: tuple[str, dict[str, object]], beside: dict[str, object]) -> bytes:
    """One envelope of either kind."""
    name, fields = payload
    content = made(schema, f"quiet.{name}", fields)
    kind = 1 if name == "Data" else 2 if fields else 3  # an id that stands for nothing
    member = varint(kind << 3 | 2) + varint(len(content)) + content if kind < 3 else b""
    own = made(schema, root, {"kind": kind, "body": content, **beside})
    return own + member if root in {"quiet.Envelope", "quiet.Plain"} else own


def whole_way(protocol: Protocol) -> Redactor:
    """A redactor that takes the whole way for each message."""
    redactor = Redactor()
    redactor.use(protocol).quiet = dict.fromkeys(Direction)
    return redactor


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(STYLES) - 1), CONTENTS, st.sampled_from(["", "EURUSD", "other-secret"]))
def test_both_ways(schema, protocols, style: int, messages, known: str) -> None:
    """What is masked, where, and what is known from then on: the same by both ways, whatever is in a batch."""
    data, join = STYLES[style]
    protocol = protocols[style]
    contents = [
        end
        if end.startswith(b"{")
        else join(*(part_of(schema, str(data["client"]), *part) + tail for *part, tail in parts)) + end
        for parts, end in messages
    ]
    opcodes = [Opcode.BINARY] * len(contents)
    quick, whole = Redactor(), whole_way(protocol)
    assert quick.use(protocol).quiet[Direction.CLIENT] is not None
    for redactor in (quick, whole):
        redactor.known.learn(known)
    for _ in range(2):  # what one batch tells is known to the next one
        found = [each.redact(protocol.reader(), Direction.CLIENT, opcodes, contents) for each in (quick, whole)]
        assert found[0] == found[1]
        assert list(quick.known.needles.counts.items()) == list(whole.known.needles.counts.items())


LOGIN = b"\x12\x0a\x12\x08wordpass"
DATUM = b"\x0a\x08\x0a\x06EURUSD"
CHANCE = b"\x0a\x08\x0a\x06\x12\x04\x1a\x02ab"

QUIET = [
    ([], False),
    ([DATUM], True),
    ([DATUM, DATUM], True),
    ([b"\x0a\x04\x0a\x02\x12\x01"], True),
    ([DATUM, LOGIN], False),
    ([b"\x12\x03\x0a\x01a"], True),
    ([DATUM + b"\x1a\x01a"], False),
    ([DATUM + b"\x20\x05"], True),
    ([b"\x20\x1a"], True),
    ([b"\x0a\x03\x0a\x05E"], False),
]


@pytest.mark.parametrize(("parts", "is_quiet"), QUIET)
def test_envelopes(schema, parts: list[bytes], is_quiet: bool) -> None:
    """A part is quiet that parses and holds no secret, though the tag of one may stand in it by chance."""
    protocol = protocol_from(read_definition({"name": "quiet", **ENVELOPE, **DELIMITED}), schema)
    quiet = Redactor().use(protocol).quiet[Direction.CLIENT]
    assert quiet is not None
    assert (quiet.look(delimited(*parts)) == parts) is (is_quiet or not parts)


@pytest.mark.parametrize(
    "data",
    [
        ENVELOPE,
        {**ENVELOPE, "steps": ["grpc-websockets"]},
        {**ENVELOPE, "steps": ["base64"], "text": True},
        {**DELIMITED, "client": "json", "server": "json"},
    ],
)
def test_without_an_express_way(schema, data) -> None:
    """Bare envelopes need none, and what has no short way takes the whole one."""
    protocol = protocol_from(read_definition({"name": "quiet", **data}), schema)
    assert Redactor().use(protocol).quiet == {Direction.CLIENT: None, Direction.SERVER: None}
