"""Which payloads of a schema can be a request and its response."""

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.pairing import requests_of, roles_of

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

ANSWERED = [
    ("login_response", "login", True),
    ("login_response", "login_request", True),
    ("login_reply", "login_req", True),
    ("order_ack", "order", True),
    ("order_rejected", "order", True),
    ("logon_result", "logon", True),
    ("LoginResponse", "LoginRequest", True),
    ("orderRequestAck", "orderRequest", True),
    ("token", "token_request", True),
    ("pong", "ping", True),
    ("ping", "pong", False),
    ("ping", "ping", False),
    ("heartbeat", "heartbeat", False),
    ("order", "order", False),
    ("token", "token_response", False),
    ("login", "login_response", False),
    ("market_data", "market", False),
    ("order_response", "cancel", False),
    ("order_request", "order_request", False),
    ("response", "login", False),
    ("_ack", "ack", False),
]


@pytest.mark.parametrize(("response", "request_name", "fits"), ANSWERED)
def test_names_that_fit(response, request_name, fits):
    """A response is called like its request, with an ending of its own."""
    assert list(requests_of(response, [request_name])) == [request_name] * fits


STRING, INT32, BOOL, DOUBLE, MESSAGE = 9, 5, 8, 1, 11


def envelope(name, payloads, outer=()):
    """An envelope type from a table: payload to its fields' names and types."""
    file = descriptor_pb2.FileDescriptorProto(name=f"{name}.proto", package="p", syntax="proto3")
    top = file.message_type.add(name=name)
    top.oneof_decl.add(name="payload")
    for number, (field, kind) in enumerate(outer, 100):
        top.field.add(name=field, number=number, type=kind, label=1)
    for number, (payload, fields) in enumerate(payloads.items(), 1):
        inner = file.message_type.add(name=f"T{number}")
        nested = inner.nested_type.add(name="Header")
        for position, (field, kind) in enumerate(fields, 1):
            home = inner
            if "." in field:
                home, field = nested, field.partition(".")[2]  # noqa: PLW2901 - the part inside the header
            home.field.add(name=field, number=position, type=kind, label=1)
        inner.field.add(name="header", number=99, type=MESSAGE, label=1, type_name=f".p.T{number}.Header")
        top.field.add(name=payload, number=number, type=MESSAGE, label=1, type_name=f".p.T{number}", oneof_index=0)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return EnvelopeType(pool.FindMessageTypeByName(f"p.{name}"))


IDS = [
    # client's fields, server's fields, outer fields of both, the ids of the client's payload
    ([("request_id", INT32)], [("request_id", INT32)], [], ["requestid"]),
    ([("requestId", STRING)], [("request_id", INT32)], [], ["requestid"]),
    ([("request_id", INT32)], [("order_id", INT32)], [], []),
    ([("tag", INT32), ("request_id", STRING)], [("request_id", STRING), ("tag", INT32)], [], ["requestid", "tag"]),
    ([("header.msg_id", INT32)], [("msg_id", INT32)], [], ["msgid"]),
    ([("x", INT32)], [("x", INT32)], [("cid", STRING)], ["cid"]),
    ([("x", INT32)], [("x", INT32)], [("id", INT32)], ["id"]),
    ([("id", INT32)], [("id", INT32)], [], []),
    ([("request_id", BOOL)], [("request_id", BOOL)], [], []),
    ([("request_id", DOUBLE)], [("request_id", DOUBLE)], [], []),
    ([("instrument_token", STRING)], [("instrument_token", STRING)], [], []),
]


@pytest.mark.parametrize(("client", "server", "outer", "ids"), IDS)
def test_ids_are_found_by_name(client, server, outer, ids):
    """An id is a string or an integer of a known name, which both directions have; the surest name comes first."""
    roles = roles_of(envelope("Up", {"ask": client}, outer), envelope("Down", {"tell": server}, outer))
    role = roles[CLIENT].get("ask")
    assert [each.name for each in (role.ids if role else ())] == ids


def test_payloads_that_pair_with_nothing_have_no_role():
    """What can be neither a request nor a response costs one look-up."""
    roles = roles_of(envelope("Up", {"ask": [], "note": []}), envelope("Down", {"ask_reply": [], "feed": []}))
    assert set(roles[CLIENT]) == {"ask"}
    assert set(roles[SERVER]) == {"ask_reply"}
    assert roles[CLIENT]["ask"].asks
    assert roles[SERVER]["ask_reply"].answers == ("ask",)


def test_no_schema_no_roles():
    """Without the types of both directions nothing pairs."""
    assert roles_of(None, None) == {CLIENT: {}, SERVER: {}}
    assert roles_of(envelope("Up", {"ask": [("request_id", INT32)]}), None) == {CLIENT: {}, SERVER: {}}
