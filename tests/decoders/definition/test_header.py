"""Values in front of messages."""

from __future__ import annotations

import pytest
from tests.decoders.steps.trips import SERVER, context

from paperknife_decoders.definition.header import header_kinds
from paperknife_decoders.steps import TellsHeader
from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.binary_header import BinaryHeader
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.steps.json_field import JsonField
from paperknife_decoders.steps.varint_delimited import VarintDelimited


def test_what_is_known_of_headers() -> None:
    """Steps say which values they read, and the definition has the last word."""
    steps = (VarintDelimited(), AsciiHeader(2), BinaryHeader("id:u8"))
    assert header_kinds(steps, {}) == {"field_1": str, "field_2": str, "id": int}
    assert header_kinds(steps, {"id": str, "more": int}) == {"field_1": str, "field_2": str, "id": str, "more": int}
    assert header_kinds((), {}) == {}


@pytest.mark.parametrize(
    ("step", "data"),
    [
        (AsciiHeader(2), b"a,1,rest"),
        (BinaryHeader("id:u8 name:bytes(1)"), b"\x01arest"),
        (GrpcWebsockets(), b"\x01\0\0\0\x01a"),
    ],
)
def test_what_a_step_tells_is_what_it_reads(step, data) -> None:
    """The names and kinds are those of the values that come with each part."""
    (values,) = step.open(data, context(SERVER)).headers
    assert header_kinds((step,), {}) == {name: type(value) for name, value in values.items()}


def test_what_only_a_message_tells() -> None:
    """A step that does not know before says that it has values, and none of them."""
    assert isinstance(JsonField("data"), TellsHeader)
    assert header_kinds((JsonField("data"),), {"type": str}) == {"type": str}
