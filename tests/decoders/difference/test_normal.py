"""Messages in normal form."""

from __future__ import annotations

import gc
import struct
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.difference.conftest import two_messages

from paperknife_decoders.difference.normal import normal_form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.volatile import Volatile

NANS = [b"\x01\0\0\0\0\0\xf8\xff", b"\0\0\0\0\0\0\xf8\x7f"]
SAME = [
    ({"sentAt": 1_700_000_000}, {"sentAt": 1_000_000_000}),
    ({"time": "2026-01-02T03:04:05Z"}, {"time": "1970-01-01T00:00:00Z"}),
    ({"orderIds": ["", "a"]}, {"orderIds": ["", "~"]}),
    ({"extra": {"b": 1, "a": -0.0, "request_id": 5}}, {"extra": {"a": 0, "b": 1.0, "request_id": 7}}),
    ({"labels": {"request_id": "x", "a": "b"}}, {"labels": {"a": "b", "request_id": "y"}}),
    (
        {"any": {"@type": "x/three.Leaf", "requestId": 5, "text": "a"}},
        {"any": {"@type": "x/three.Leaf", "requestId": 6, "text": "a"}},
    ),
    ({"value": 1}, {"value": 1.0}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_means_the_same_is_written_the_same(decoded_three, one, other) -> None:
    """In Anys, in Structs, in lists and under keys."""
    ours, theirs = (decoded_three({"body": each}) for each in (one, other))
    form = normal_form(ours.type, Volatile())
    assert form.bytes_of(ours) == form.bytes_of(theirs)


@pytest.mark.parametrize("number", [8 << 3 | 1, 3 << 3 | 1])
def test_not_a_number_is_one_value(kinds, number) -> None:
    """Whatever its bits, and in extensions too."""
    tag = bytes([number])
    bodies = [b"\x08\x01" + tag + nan for nan in NANS]
    envelopes = [read_envelope(b"\x0a" + bytes([len(each)]) + each, kinds["two"]) for each in bodies]
    form = normal_form(kinds["two"], Volatile())
    assert (form.bytes_of(envelopes[0]) == form.bytes_of(envelopes[1])) is (number == 8 << 3 | 1)  # 3 is no double


def test_minus_zero_is_zero(kinds) -> None:
    """As in every comparison of numbers; so a field without presence is then not there."""
    form = normal_form(kinds["three"], Volatile())
    leaf = b"\x19" + struct.pack("<d", -0.0)
    data = b"\x0a\x0b\x32\x09" + leaf
    assert form.bytes_of(read_envelope(data, kinds["three"])) == b"\x0a\x02\x32\x00"


@pytest.mark.parametrize("name", ["three", "two"])
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_the_normal_form_of_a_normal_form_is_itself(kinds, name, data) -> None:
    """For whatever parses."""
    form = normal_form(kinds[name], VOLATILE)
    for each in data.draw(two_messages()):
        envelope = read_envelope(each, kinds[name])
        if envelope.message is not None and not has_json(each):
            once = form.bytes_of(envelope)
            assert once == form.message_of(envelope).SerializePartialToString(deterministic=True)
            assert form.bytes_of(read_envelope(once, kinds[name])) == once


VOLATILE = Volatile()


def has_json(data: bytes) -> bool:
    """True for what may hold a Struct, whose normal form is a text."""
    return any(tag in data for tag in (b"\x6a", b"\x9a\x01", b"\x62"))


def test_what_is_prepared_goes_with_its_type(kinds) -> None:
    """A schema that is loaded anew leaves nothing behind."""
    volatile = Volatile()
    kind = EnvelopeType(kinds["three"].descriptor)
    normal_form(kind, volatile)
    gone = ref(kind)
    assert len(volatile.forms) == 1
    del kind
    gc.collect()
    assert gone() is None
    assert not volatile.forms
