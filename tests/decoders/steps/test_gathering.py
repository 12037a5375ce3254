"""Frames that messages cut anywhere; of gRPC's, `test_grpc_web` has more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.rest import NOTHING, Rest
from paperknife_decoders.steps import Context, Limits
from paperknife_decoders.steps.gathering import Kind, gather


def length_at(data: bytes, at: int) -> int | None:
    """Two bytes: a sign, and the length."""
    if data[at] != ord("#"):
        raise DecodeError("no sign", at)
    return data[at + 1] if at + 1 < len(data) else None


KIND = Kind("thing", 2, length_at)


def context(before: Rest = NOTHING, *, partly: bool = False, **limits: int) -> Context:
    """That of a message."""
    return Context(Direction.SERVER, limits=Limits(**limits), before=before, partly=partly)


@given(st.lists(st.binary(max_size=5)), st.integers(1, 4))
def test_any_size_of_messages(parts, size) -> None:
    """Every part comes from the message that it ends in, whatever the messages' size."""
    stream = b"".join(b"#%c%b" % (len(part), part) for part in parts)
    rest, found = NOTHING, []
    for at in range(0, len(stream), size):
        gathered = gather(stream[at : at + size], context(rest), KIND)
        found += [frame.part for frame in gathered.frames]
        rest = gathered.rest
        assert bool(gathered.mark) == rest.is_open
    assert found == parts
    assert rest == NOTHING


MARKS = [
    (NOTHING, b"#", "begins a thing, whose head goes on in the next message"),
    (NOTHING, b"#\x04a", "begins a thing of 4 bytes that goes on in the next message"),
    (Rest((b"#",), 1), b"\x04a", "continues a thing of 4 bytes: 1 are here now, the rest comes in the next message"),
    (Rest((b"#",), 1), b"", "continues a thing, whose head goes on in the next message"),
    (
        Rest((b"#\x04a",), 3, 6),
        b"bc",
        "continues a thing of 4 bytes: 3 are here now, the rest comes in the next message",
    ),
    (Rest((b"#\x01",), 2, 3), b"a#\x04", "begins a thing of 4 bytes that goes on in the next message"),
]


@pytest.mark.parametrize(("before", "data", "mark"), MARKS)
def test_marks(before, data, mark) -> None:
    """A message that something goes on behind says so."""
    assert gather(data, context(before), KIND).mark == mark


def test_where_a_fault_is() -> None:
    """A fault's offset counts the bytes of this message, those in front of it too."""
    for before, data, offset in (
        (NOTHING, b"#\x01a!", 3),
        (Rest((b"#\x01",), 2, 3), b"a!", 1),
        (Rest(skip=3), b"aaa#\x01a!", 6),
    ):
        with pytest.raises(DecodeError) as caught:
            gather(data, context(before), KIND)
        assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("size", "message", "looked_at"),
    [(2, 1, True), (1000, 1, True), (2000, 1, False), (2000, 200, True), (60_000, 4000, True), (70_000, 70_000, False)],
)
def test_what_is_large_is_not_looked_at_anew(size, message, looked_at) -> None:
    """What there is of a large thing is no part with each small message: it would cost as much as all before."""
    before = Rest((b"#\xff" + bytes(size - 2),), size, 1 << 20)
    large = replace(KIND, length_at=lambda *_: 1 << 20)
    found = gather(bytes(message), context(before, partly=True), large)
    assert (found.partly is not None) is looked_at
    assert found.mark.startswith("continues a thing")
