"""What was masked that a view does not name by itself."""

from __future__ import annotations

import pytest

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.elsewhere import masked_elsewhere
from paperknife_decoders.redaction.redactor import Redactor

PROTO = """
syntax = "proto3"; package elsewhere;
message Login { string user = 1; string password = 2; }
message Data { string symbol = 1; }
message Envelope { oneof payload { Data data = 1; Login login = 2; } }
"""
LOGIN = b"\x12\x0d\x0a\x01a\x12\x08wordpass"
DATA = b"\x0a\x08\x0a\x06EURUSD"
ECHO = b"\x0a\x0c\x0a\x0aa wordpass"
BINARY = Opcode.BINARY


@pytest.fixture(scope="module")
def protocol(proto_schema) -> Protocol:
    """One type for both directions."""
    kind = EnvelopeType(proto_schema(PROTO).message("elsewhere.Envelope"))
    return Protocol(client=kind, server=kind)


@pytest.mark.parametrize(("content", "expected"), [(LOGIN, False), (ECHO, True), (LOGIN + ECHO, True), (DATA, False)])
def test_masked_elsewhere(protocol, content: bytes, expected: bool) -> None:
    """A view has to say that something was masked where no field with a secret name says so."""
    redactor = Redactor()
    redactor.known.learn("wordpass")
    reader = protocol.reader()
    data, spans = redactor.redact_one(reader, Direction.CLIENT, BINARY, content) or (content, ())
    message = Message(1, Direction.CLIENT, 0, BINARY, data, reader, masked=spans)
    assert masked_elsewhere(message) == expected
