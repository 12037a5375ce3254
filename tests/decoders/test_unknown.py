"""What a message's type does not know."""

from __future__ import annotations

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty

from paperknife_decoders.unknown import unknown_fields, unknown_part, unknown_words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("6007", "12=7"),
        ("62" + "05" + b"hello".hex(), '12="hello"'),
        ("65" + "0000c03f", "12=1.5"),
        ("61" + "000000000000f83f", "12=1.5"),
        ("63" + "0801" + "64", "12=group of 1 fields"),
        ("62" + "02" + "0805", "12={1=5}"),
    ],
)
def test_words(data: str, words: str) -> None:
    """An unknown field shows its number and its likeliest reading."""
    (field,) = unknown_fields(Empty.FromString(bytes.fromhex(data)))
    assert unknown_words(field) == words


def test_part() -> None:
    """Only the bytes of unknown fields are given out, in their order; a number that is also known stays inside."""
    data = bytes.fromhex("9806070805980608")
    message = Duration.FromString(data)
    assert unknown_part(message, data) == bytes.fromhex("980607980608")
    assert unknown_part(Duration(seconds=5), bytes.fromhex("0805")) == b""
    assert unknown_part(message, data, limit=1) == bytes.fromhex("980607")
    mixed = bytes.fromhex("08050a0161")  # seconds, and a text under the same number
    assert unknown_part(Duration.FromString(mixed), mixed) == b""
