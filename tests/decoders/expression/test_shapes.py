"""How fields are read: enum names, decimals."""

from decimal import Decimal

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from paperknife_decoders.expression.shapes import decimal_from, value_names

ENUMS = [
    (["SIDE_UNSPECIFIED", "SIDE_BUY"], {"UNSPECIFIED", "BUY", "SIDE_UNSPECIFIED", "SIDE_BUY"}),
    (["ORDER_TYPE_LIMIT", "ORDER_TYPE_STOP"], {"LIMIT", "STOP", "ORDER_TYPE_LIMIT", "ORDER_TYPE_STOP"}),
    (["ORDER_TYPE_A", "ORDER_KIND_B"], {"TYPE_A", "KIND_B", "ORDER_TYPE_A", "ORDER_KIND_B"}),
    (["CLOSED", "OPEN"], {"CLOSED", "OPEN"}),
    (["SIDE_UNSPECIFIED", "BUY"], {"SIDE_UNSPECIFIED", "BUY"}),
    (["A_", "A_B"], {"A_", "B", "A_B"}),
    (["T_A_X", "T_A"], {"A_X", "A", "T_A_X", "T_A"}),
    (["ONLY_ONE"], {"ONE", "ONLY_ONE"}),
]


@pytest.mark.parametrize(("values", "names"), ENUMS)
def test_enum_values_have_short_names_where_all_share_a_prefix(values, names):
    """A prefix up to an underscore that every value has may be left out; the full names always work."""
    file = descriptor_pb2.FileDescriptorProto(name="e.proto", package="e")
    enum = file.enum_type.add(name="E")
    for number, name in enumerate(values):
        enum.value.add(name=name, number=number)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    assert set(value_names(pool.FindEnumTypeByName("e.E"))) == names


DECIMALS = [
    ("5021.50", Decimal("5021.50")),
    ("-0", Decimal(0)),
    ("1e3", Decimal(1000)),
    (b"7", Decimal(7)),
    ("", None),
    ("five", None),
    ("NaN", None),
    ("sNaN", None),
    ("-Infinity", None),
    (b"\xff", None),
    ("1" * 101, None),
]


@pytest.mark.parametrize(("text", "value"), DECIMALS)
def test_decimal(text, value):
    """A finite number of a bounded length is a decimal; anything else a peer writes is none."""
    assert decimal_from(text) == value
