"""Values in front of messages."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife_decoders.definition.header import header_kinds
from paperknife_decoders.steps.ascii_header import AsciiHeader
from paperknife_decoders.steps.varint_delimited import VarintDelimited


@dataclass(frozen=True)
class Telling:
    """A step that says what it reads."""

    name = "telling"
    header_kinds = {"id": int}  # noqa: RUF012

    def open(self, data, context):
        raise NotImplementedError


def test_what_is_known_of_headers() -> None:
    """Steps say which values they read, and the definition has the last word."""
    steps = (VarintDelimited(), AsciiHeader(2), Telling())
    assert header_kinds(steps, {}) == {"field_1": str, "field_2": str, "id": int}
    assert header_kinds(steps, {"id": str, "more": int}) == {"field_1": str, "field_2": str, "id": str, "more": int}
    assert header_kinds((), {}) == {}
