"""Secrets in what does not parse."""

from __future__ import annotations

import random

import pytest

from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope, text_envelope, undecoded
from paperknife_decoders.redaction.edits import apply
from paperknife_decoders.redaction.unread import find_in_carried, find_in_unread, masked_carried, places_in_unread
from paperknife_decoders.secrets import Secrets

PROTO = """
syntax = "proto3"; package unread;
message Login { string user = 1; string password = 2; int32 pin = 3; }
message Envelope { Login login = 1; }
"""
LOGIN = b"\x0a\x0a\x0a\x01a\x12\x03abc\x18\x05"
HIDDEN = b"\x0a\x0a\x0a\x01a\x12\x03***\x18\x05"

SECRETS = Secrets(paths=frozenset({"login.pin"}))
PIN = HIDDEN[:-1] + b"\x00"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (LOGIN[:-3], HIDDEN[:-3]),
        (LOGIN + b"\x07", PIN + b"\x07"),
        (b"\x00\x00\x00\x0c" + LOGIN, b"\x00\x00\x00\x0c" + PIN),
        (b"\x0c" + LOGIN + b"\x0c" + LOGIN, b"\x0c" + PIN + b"\x0c" + PIN),
        (b"\x00password=abc", b"\x00password=***"),
        (b"\xff" * 20_000 + b" password=abc", b"\xff" * 20_000 + b" password=***"),
        (b"\xff\xff", b"\xff\xff"),
        # a number that no schema of ours has, before and after; a text that is none
        (b"\x78\x01" + LOGIN + b"\x07", b"\x78\x01" + LOGIN + b"\x07"),
        (LOGIN + b"\x78\x01\x07", PIN + b"\x78\x01\x07"),
        (LOGIN.replace(b"bc", b"\xff\xfe") + b"\x07", LOGIN.replace(b"bc", b"\xff\xfe") + b"\x07"),
        # behind a prefix every byte has to be accounted for
        (b"\x0c" + LOGIN + b"\x0c" + LOGIN[:-1], b"\x0c" + LOGIN + b"\x0c" + LOGIN[:-1]),
        (b"\x0c" + LOGIN + b"\xff\xff", b"\x0c" + LOGIN + b"\xff\xff"),
    ],
)
def test_bytes(proto_schema, data: bytes, expected: bytes) -> None:
    """Of what is cut short, or stands behind a few bytes, fields with secret names go as far as they are there."""
    kind = EnvelopeType(proto_schema(PROTO).message("unread.Envelope"))
    assert masked(undecoded(data, kind, "")) == expected


def test_a_text_that_is_protobuf(proto_schema) -> None:
    """A message that was sent as a text is looked at as one too."""
    kind = EnvelopeType(proto_schema(PROTO).message("unread.Envelope"))
    assert masked(text_envelope(LOGIN, kind)) == PIN
    assert masked(text_envelope(LOGIN, None)) == LOGIN
    assert masked(text_envelope(b"a" * 20_000 + b" token=abc", None)) == b"a" * 20_000 + b" token=***"


def test_what_chance_makes(proto_schema) -> None:
    """Bytes that mean nothing are kept as they are, and nothing in them is taken for a secret from then on."""
    kind = EnvelopeType(proto_schema(PROTO).message("unread.Envelope"))
    chance = random.Random(7)
    for size in [*range(1, 600), *[2_000] * 100, *[70_000] * 20]:
        data = chance.randbytes(size)
        found = find_in_unread(undecoded(data, kind, ""), SECRETS)
        assert not found.edits and not found.values, data[:100]


CARRYING = """
syntax = "proto3"; package carrying;
message Login { string user = 1; string password = 2; int32 pin = 3; }
message Quote { string symbol = 1; string venue = 2; }
message Carrier { uint32 kind = 4; bytes body = 5; repeated Carrier more = 6; }
"""
TYPES: dict[int, str] = {1: "carrying.Login", 2: "carrying.Quote"}
BARE, BARE_MASKED = b"\x0a\x01a\x12\x03abc\x18\x05", b"\x0a\x01a\x12\x03***\x18\x00"
HELD, HELD_MASKED = b"\x20\x09\x2a\x0a" + BARE, b"\x20\x09\x2a\x0a" + BARE_MASKED
ODD = b"\x78\x01"


@pytest.fixture(scope="module")
def carrying(proto_schema) -> EnvelopeType:
    """A type that carries others."""
    data = {"name": "c", "client": "carrying.Carrier", "server": "carrying.Carrier", "secrets": ["Login.pin"]}
    carries = [{"in": "carrying.Carrier", "at": "body", "by": "kind", "types": TYPES}]
    kind = protocol_from(read_definition({**data, "carries": carries}), proto_schema(CARRYING)).client
    assert kind is not None
    return kind


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (BARE, BARE_MASKED),
        (BARE + ODD, BARE_MASKED + ODD),
        (BARE[:-3], BARE_MASKED[:-3]),
        (b"\x00\x00\x00\x0a" + BARE, b"\x00\x00\x00\x0a" + BARE_MASKED),
        (bytes(30) + BARE, bytes(30) + BARE_MASKED),
        (bytes(40) + BARE, bytes(40) + BARE),
        (HELD + b"\x07", HELD_MASKED + b"\x07"),
        (b"\x0e" + HELD, b"\x0e" + HELD_MASKED),
        (b"\x32\x0e" + HELD + b"\x07", b"\x32\x0e" + HELD_MASKED + b"\x07"),
        (BARE + b"\x07", BARE + b"\x07"),  # to its end it is none
        (b"\xff\xff", b"\xff\xff"),
        (b"", b""),
    ],
)
def test_what_may_be_carried(carrying, data: bytes, expected: bytes) -> None:
    """Bytes are tried as each type that is carried: as they are, in a carrier, behind what should not be there."""
    secrets = Secrets(paths=frozenset({"Login.pin"}))
    assert apply(data, find_in_unread(undecoded(data, carrying, ""), secrets).edits) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HELD, HELD_MASKED),
        (HELD + ODD, HELD_MASKED + ODD),
        (b"\x32\x0e" + HELD, b"\x32\x0e" + HELD_MASKED),
        (b"\x20\x09\x2a\x03abc", b"\x20\x09\x2a\x03abc"),
        (BARE[:8], BARE_MASKED[:8]),  # it parses, and nothing in it is known
        (b"\x20\x01", b"\x20\x01"),
    ],
)
def test_what_is_carried_and_not_read(carrying, data: bytes, expected: bytes) -> None:
    """In a decoded envelope it is the bytes that should be a message."""
    secrets = Secrets(paths=frozenset({"Login.pin"}))
    envelope = read_envelope(data, carrying)
    assert apply(data, find_in_carried(envelope, secrets).edits) == expected
    masked_one = masked_carried(envelope, secrets)
    assert (masked_one.data, masked_one.message) == (expected, carrying.parse(expected))


def test_what_is_learned_of_a_guess(carrying) -> None:
    """What may as well be harmless is masked where it is, and not looked for anywhere else."""
    for data, values in [(BARE, [b"abc"]), (BARE[:8], []), (BARE + ODD, [])]:
        found = find_in_unread(undecoded(data, carrying, ""), Secrets())
        assert found.edits and found.values == values


def test_where_a_view_finds_them(carrying, proto_schema) -> None:
    """Fields by their beginnings; behind a prefix, where there are no fields to be seen, the bytes themselves."""
    for data, starts, spans in [(BARE, {3}, ()), (HELD, {7}, ()), (b"\x0a" + BARE, set(), ((6, 9),))]:
        assert places_in_unread(undecoded(data, carrying, ""), Secrets()) == (starts, spans)
    plain = EnvelopeType(proto_schema(PROTO).message("unread.Envelope"))
    assert places_in_unread(undecoded(LOGIN, plain, ""), Secrets()) == (set(), ())


def test_what_chance_makes_of_what_is_carried(carrying) -> None:
    """Also of the types that are carried there are none in bytes that mean nothing."""
    chance = random.Random(8)
    for size in [*range(8, 600), *[2_000] * 50]:
        data = chance.randbytes(size)
        assert not find_in_unread(undecoded(data, carrying, ""), SECRETS).edits, data[:100]


def masked(envelope: Envelope) -> bytes:
    return apply(envelope.data, find_in_unread(envelope, SECRETS).edits)
