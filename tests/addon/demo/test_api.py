"""Envelopes: fields to bytes, bytes to a payload."""

from __future__ import annotations

import pytest

from paperknife.demo.api import DecodeError


def test_what_is_encoded_is_decoded(given):
    """The set member's name and its fields."""
    content = given.client.encode("cancel", {"request_id": 7, "order_id": "A-1001"})
    payload, cancel = given.client.decode(content)
    assert payload == "cancel"
    assert (cancel.request_id, cancel.order_id, cancel.WhichOneof("target")) == (7, "A-1001", "order_id")


def test_an_empty_payload_is_a_payload(given):
    """Set, though nothing is in it."""
    payload, _ = given.client.decode(given.client.encode("heartbeat", {}))
    assert payload == "heartbeat"


def test_an_envelope_without_payload(given):
    """Legal, and empty-handed."""
    assert given.client.decode(b"") == ("", None)


def test_a_payload_of_the_newer_revision(given, newer):
    """A member that this revision does not have is no payload here."""
    assert given.server.decode(newer.server.encode("notice", {"headline": "x"})) == ("", None)


def test_what_is_no_envelope(given):
    """One exception for all of it."""
    with pytest.raises(DecodeError):
        given.server.decode(b"\xff")
