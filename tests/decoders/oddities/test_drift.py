"""What messages hold and their schema lacks, and the lines that it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.oddities.drift import MOST, Drift, Moment
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.secrets import MASK, NO_SECRETS, Secrets
from paperknife_decoders.unknown import varint

PROTO = """
syntax = "proto3"; package t;
message Root {
  oneof payload { Order order = 1; Login login = 2; }
}
message Order { string symbol = 1; Side side = 2; repeated Side sides = 3; map<string, Order> legs = 4; }
message Login { string user = 1; string password = 2; Token token = 3; }
message Token { string text = 1; }
enum Side { SIDE_UNSPECIFIED = 0; BUY = 1; }
"""


@pytest.fixture(scope="module")
def root(proto_schema):
    """The type of all messages."""
    return EnvelopeType(proto_schema(PROTO).message("Root"))


def drift_of(root, messages, secrets=None) -> Drift:
    """All that some messages, in hex, hold and `PROTO` lacks."""
    drift = Drift(Secrets() if secrets is None else secrets)
    for index, message in enumerate(messages):
        envelope = read_envelope(bytes.fromhex(message), root)
        drift.absorb(envelope, Moment(index, 1, Direction.CLIENT, envelope.payload))
    return drift


CASES = {
    "nothing": (["0a050a01611001"], []),
    "a number": (
        ["0a022801", "0a0328c801"],
        [("t.Order", 5, "order", 2, "varint", "1", "int64 field_5 = 5;                        // 2 samples, 1 to 200")],
    ),
    "a text, twice in one": (
        ["0a062a01612a0162"],
        [
            (
                *("t.Order", 5, "order", 2, "length", '"a"'),
                "repeated string field_5 = 5;              // 2 of 2 samples read as text; could be bytes",
            )
        ],
    ),
    "within a map": (
        ["0a0b22090a016112042801 2802"],
        [
            (
                *("t.Order", 5, "order.legs", 2, "varint", "1"),
                "repeated int64 field_5 = 5 [packed = false];  // 2 samples, 1 to 2",
            )
        ],
    ),
    "values": (
        ["0a021007", "0a0410071001", "0a051a03070107"],
        [("t.Side", 7, "order.side", 4, "", "7", "SIDE_7 = 7;")],
    ),
    "a value below zero": (
        ["0a0b10ffffffffffffffffff01"],
        [("t.Side", -1, "order.side", 1, "", "-1", "SIDE_MINUS_1 = -1;")],
    ),
    "a payload": (
        ["1a020801"],
        [
            (
                *("t.Root", 3, "", 1, "length", "{1=1}"),
                "// in oneof payload:\n"
                "Payload3 payload_3 = 3;                   // 1 of 1 sample read as a message; could be bytes\n\n"
                "message Payload3 {  // 1 message\n"
                "  int64 field_1 = 1;                      // 1 sample, always 1; could be bool\n}",
            )
        ],
    ),
    "beside a payload": (
        ["1a020801", "0a00 1a020801"],
        [
            (
                *("t.Root", 3, "", 2, "length", "{1=1}"),
                "Field3 field_3 = 3;                       // 2 of 2 samples read as a message; could be bytes\n\n"
                "message Field3 {  // 2 messages\n"
                "  int64 field_1 = 1;                      // 2 samples, always 1; could be bool\n}",
            )
        ],
    ),
    "another wire type": (
        ["0a020801"],
        [
            (
                "t.Order",
                1,
                "order",
                1,
                "varint",
                "1",
                "// 1 is symbol here, and came as varint: one of the two is wrong.",
            )
        ],
    ),
}


@pytest.mark.parametrize(("messages", "expected"), CASES.values(), ids=CASES)
def test_findings(root, messages, expected):
    """Each field and value once, with where it was met first, how often, an example, and the line to add."""
    found = drift_of(root, messages).found.values()
    assert [
        (
            each.definition.full_name,
            each.number,
            ".".join(each.path),
            each.count,
            each.wire,
            each.example,
            "\n".join(each.lines),
        )
        for each in found
    ] == expected


def test_the_first(root):
    """When and where it was met first stays."""
    (found,) = drift_of(root, ["0a00", "0a022801", "0a022802"]).found.values()
    assert found.first == Moment(1, 1, Direction.CLIENT, "order")


SECRETS = {
    "within a secret": ("12051a03120161", "login.token"),
    "by the name of what it collides with": ("12021001", "login"),
}


@pytest.mark.parametrize(("message", "path"), SECRETS.values(), ids=SECRETS)
def test_examples_give_no_secret_away(root, message, path):
    """What lies in a secret field, or has the number of one, is masked unless the user wants it."""
    (found,) = drift_of(root, [message]).found.values()
    assert (".".join(found.path), found.example) == (path, MASK)
    (found,) = drift_of(root, [message], NO_SECRETS).found.values()
    assert found.example != MASK


def test_declared_paths_are_secret(root):
    """A path that somebody declared hides all below it."""
    (found,) = drift_of(root, ["0a022801"], Secrets(paths=frozenset({"order"}))).found.values()
    assert found.example == MASK


def test_what_does_not_parse(root):
    """It is counted, and told apart from text."""
    drift = drift_of(root, ["0a0380", "0a03ff8080", "7b7d"])
    assert (drift.unparsed, drift.found) == (2, {})


def test_there_is_an_end(root):
    """A peer that sends ever new fields does not fill the memory."""
    drift = drift_of(root, [(varint(number << 3) + b"\x01").hex() for number in range(100, 200 + MOST)])
    assert len(drift.found) == MOST
    assert drift.is_full


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_anything_is_looked_through(root, messages):
    """Whatever bytes come, there is no error, and each finding has a line."""
    drift = drift_of(root, [message.hex() for message in messages])
    assert all(each.lines and each.example.isprintable() for each in drift.found.values())
