"""The express way gives what the whole way gives, or nothing."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

import pytest
from google.protobuf import message_factory
from google.protobuf.message import DecodeError as ProtobufDecodeError
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import context

from paperknife_decoders.carrying.choices import Choice, FieldKey
from paperknife_decoders.carrying.union import Carrier, union_of
from paperknife_decoders.schema import Schema
from paperknife_decoders.steps import Limits, Step, open_parts
from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.carry import Carry
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.constant_prefix import ConstantPrefix
from paperknife_decoders.steps.express import LARGE, express_for
from paperknife_decoders.steps.length_prefix import LengthPrefix
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.steps.varint_delimited import VarintDelimited
from paperknife_decoders.wire.writing import length_delimited, varint

PROTO = """
syntax = "proto2"; package express;
message Numbered { optional uint32 kind = 1 [default = 8]; optional bytes body = 2; optional string id = 300; }
message Named { optional bytes body = 1; optional string name = 2; }
message Order { optional string symbol = 1; optional fixed64 size = 2; }
message Fill { optional double price = 1; }
"""
DELIMITED, CONSTANT = VarintDelimited(), ConstantPrefix("00")
PREFIX, GZIP = LengthPrefix(2), Compressed(CODECS["gzip"])
MAYBE = Compressed(CODECS["gzip"], "magic")


def carry(schema: Schema, name: str, key: str, types: dict[int | str, str]) -> Carry:
    """An envelope that carries `types` by a key."""
    kind = schema.message(f"express.{name}")
    table = {value: schema.message(f"express.{each}") for value, each in types.items()}
    choice = Choice(FieldKey(kind.fields_by_name[key]), table)
    return Carry(union_of(kind, [Carrier(kind, kind.fields_by_name["body"], choice)], schema.pool))


@pytest.fixture(scope="module")
def ways(proto_schema) -> dict[str, tuple[Step, ...]]:
    """Steps that have an express way, by a name."""
    schema = proto_schema(PROTO)
    numbered = carry(schema, "Numbered", "kind", {7: "Order", 8: "Fill", 300: "Fill"})
    named = carry(schema, "Named", "name", {"order": "Order", "": "Fill"})
    return {
        "delimited": (DELIMITED,),
        "prefix": (PREFIX,),
        "constant": (CONSTANT, PREFIX),
        "gzip": (GZIP,),
        "maybe": (MAYBE, DELIMITED),
        "numbered": (numbered,),
        "named": (named,),
        "several": (DELIMITED, numbered),
    }


ORDER = b"\x0a\x02ES\x11" + bytes(8)


@pytest.mark.parametrize(
    ("way", "data"),
    [
        ("delimited", b""),
        ("delimited", b"\x00"),
        ("delimited", b"\x02ab\x00\x81\x00c" + b"\x80\x01" + bytes(128)),
        ("prefix", b"\x00\x02ab"),
        ("constant", b"\x00\x00\x02ab"),
        ("gzip", gzip.compress(b"ab" * 99, mtime=0)),
        ("gzip", gzip.compress(bytes(LARGE), mtime=0)),
        ("maybe", gzip.compress(b"\x01a\x01b", mtime=0)),
        ("maybe", b"\x01a\x01b"),
        ("numbered", b"\x08\x07" + length_delimited(2, ORDER) + b"\xe2\x12\x01i"),
        ("numbered", length_delimited(2, b"") + b"\x08\xac\x02\x78\x05\x7d" + bytes(4) + b"\x79" + bytes(8)),
        ("numbered", length_delimited(2, b"")),
        ("numbered", length_delimited(2, ORDER) + b"\x08\x63"),
        ("numbered", b"\x08\x08\x08\x07"),
        ("numbered", b""),
        ("named", length_delimited(1, ORDER) + b"\x12\x05order"),
        ("named", length_delimited(1, ORDER) + b"\x12\x05\xffrder"),
        ("several", b"".join(varint(len(each)) + each for each in (b"\x08\x07\x12\x02\x0a\x00", b"", b"\x08\x63"))),
    ],
)
def test_taken(ways, way, data) -> None:
    """What steps expect goes the express way, and comes out as on the whole one."""
    express = express_for(ways[way], Limits())
    assert express is not None
    found = express(data)
    assert found is not None
    assert tuple(found) == open_parts(ways[way], data, context()).parts


@pytest.mark.parametrize(
    ("way", "data", "limits"),
    [
        ("delimited", b"\x03ab", {}),
        ("delimited", b"\x80", {}),
        ("delimited", bytes(11), {"parts": 10}),
        ("prefix", b"\x00", {}),
        ("prefix", b"\x00\x01ab", {}),
        ("constant", b"\x01", {}),
        ("gzip", b"\x0a\x00", {}),
        ("gzip", gzip.compress(b"a", mtime=0) + b"x", {}),
        ("gzip", gzip.compress(bytes(LARGE + 1), mtime=0), {}),
        ("maybe", b"\x1f\x8b", {}),
        # two bodies, lengths and tags in more bytes than they need, keys that are odd, groups, field 0, a cut
        ("numbered", b"\x08\x07\x12\x00\x12\x00", {}),
        ("numbered", b"\x08\x07\x12\x80\x00", {}),
        ("numbered", b"\x08\x07\x92\x00\x00", {}),
        ("numbered", b"\x0a\x01\x07\x12\x00" + b"\x0d" + bytes(4), {}),
        ("numbered", b"\x08" + b"\xff" * 9 + b"\x01", {}),
        ("numbered", b"\x1b\x1c\x08\x07", {}),
        ("numbered", b"\x00\x00", {}),
        ("numbered", b"\x08", {}),
        ("numbered", b"\x08\x07\x12\x05a", {}),
        ("numbered", b"\x82\x80\x80\x80\x08\x01a", {}),
        ("several", b"\x02\x08\x07\x01\x08", {}),
        # so much that it may have more fields than are looked through, which is counted on the whole way
        ("numbered", b"\x08\x07" * 51, {"fields": 50}),
        ("several", b"\x06" + b"\x08\x07" * 3 + b"\x06" + b"\x08\x07" * 3, {"fields": 5}),
        ("numbered", b"\x08\x07" + length_delimited(3, bytes(1 << 17)), {}),
    ],
)
def test_left_to_the_whole_way(ways, way, data, limits) -> None:
    """What is refused, odd or beyond a limit is not for the express way."""
    express = express_for(ways[way], Limits(**limits))
    assert express is not None
    assert express(data) is None


def test_steps_without_one(ways, proto_schema) -> None:
    """One step that has no express way is enough for all; nothing is inflated in parts, or where little is allowed."""
    for steps in ((), (AsciiHeader(1),), (DELIMITED, AsciiHeader(1)), (DELIMITED, GZIP), (GZIP, GZIP)):
        assert express_for(steps, Limits()) is None
    assert express_for((LengthPrefix(several=True),), Limits()) is None
    assert express_for((GZIP,), Limits(inflated_bytes=1000)) is None
    assert express_for(ways["numbered"], Limits(nesting=0)) is None


def agrees(steps: Sequence[Step], data: bytes) -> None:
    """Nothing is found, or what the whole way finds; or else the last one's type refuses it."""
    express = express_for(steps, Limits())
    assert express is not None
    found = express(data)
    if found is None:
        return
    whole = open_parts(steps, data, context()).parts
    if tuple(found) != whole:
        last = steps[-1]
        assert isinstance(last, Carry)
        kind = message_factory.GetMessageClass(last.union.descriptor)
        with pytest.raises(ProtobufDecodeError):
            for part in found:
                kind.FromString(part)


PIECES = [
    b"\x08\x07",
    b"\x12\x02\x0a\x00",
    b"\x12",
    b"\x0a",
    b"\x02ES",
    b"\x00",
    b"\x80",
    b"\x81\x00",
    b"\x12\x05order",
]


@given(
    st.sampled_from(["delimited", "prefix", "constant", "gzip", "maybe", "numbered", "named", "several"]),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=4)).map(b"".join),
    st.booleans(),
)
def test_any_bytes(ways, way, data, packs) -> None:
    """Whatever comes, both ways agree."""
    agrees(ways[way], gzip.compress(data, mtime=0) if packs else data)
    agrees(ways["several"], varint(len(data)) + data)
