"""Any and Struct."""

from __future__ import annotations

import pytest
from google.protobuf import any_pb2, duration_pb2, json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.open_types import any_content, is_any, is_json_like, json_value


@pytest.mark.parametrize(
    ("url", "value", "found"),
    [
        ("type.googleapis.com/google.protobuf.Any", b"", True),
        ("google.protobuf.Any", b"", True),
        ("", b"", False),
        ("x/", b"", False),
        ("x/no.such.Type", b"", False),
        ("x/google.protobuf.Any", b"\x0a\xff", False),
        ("x/google.protobuf.Any.value", b"", False),
        ("x/\x00", b"", False),
    ],
)
def test_any(url: str, value: bytes, found: bool) -> None:
    """The type is the name behind the last slash, in the schema of the Any itself; what can not be read is None."""
    assert (any_content(any_pb2.Any(type_url=url, value=value)) is not None) is found


@given(st.text(), st.binary())
def test_any_never_raises(name: str, value: bytes) -> None:
    """No name and no bytes raise."""
    any_content(any_pb2.Any(type_url=name, value=value))
    any_content(any_pb2.Any(type_url=f"x/google.protobuf.{name}", value=value))


def test_kinds() -> None:
    """Only the well-known types are taken for them."""
    assert is_any(any_pb2.Any.DESCRIPTOR)
    assert not is_any(duration_pb2.Duration.DESCRIPTOR)
    assert all(
        map(is_json_like, (struct_pb2.Struct.DESCRIPTOR, struct_pb2.Value.DESCRIPTOR, struct_pb2.ListValue.DESCRIPTOR))
    )
    assert not is_json_like(any_pb2.Any.DESCRIPTOR)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_json_reads_back(value: object) -> None:
    """A Value is the JSON that it was made from; whole numbers are whole."""
    message = json_format.ParseDict(value, struct_pb2.Value())
    assert json_value(message) == value


def test_an_empty_value_is_null() -> None:
    """A Value with nothing set says nothing."""
    assert json_value(struct_pb2.Value()) is None
    assert json_value(struct_pb2.Value(number_value=5)) == 5
    assert isinstance(json_value(struct_pb2.Value(number_value=5)), int)
