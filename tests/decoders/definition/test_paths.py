"""Paths of fields."""

from __future__ import annotations

import pytest

from paperknife_decoders.definition.paths import field_at, why_no_field
from paperknife_decoders.protocol import EnvelopeType


@pytest.mark.parametrize(
    ("path", "found", "why"),
    [
        ("symbol", "desk.Order.symbol", ""),
        ("parties.badge", "desk.Party.badge", ""),
        ("more.badge", "desk.Party.badge", ""),
        ("more.value.badge", "desk.Party.badge", ""),
        ("symbl", None, "desk.Order has no field symbl; did you mean symbol?"),
        ("symbol.x", None, "symbol has no fields, of which x could be one"),
        ("parties.bage", None, "desk.Party has no field bage; did you mean badge?"),
        ("", None, "desk.Order has no field "),
    ],
)
def test_paths(schema, path, found, why) -> None:
    """A path goes through messages, lists and maps; where it ends, the nearest name is told."""
    kind = EnvelopeType(schema.message("Order"))
    field = field_at(kind.descriptor, path)
    assert (field.full_name if field else None) == found
    assert why_no_field(kind, path) == why
