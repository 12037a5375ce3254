"""Where the schemas are, and that the newer one is an evolution of the given one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto

from paperknife.demo import files
from paperknife.demo.api import Api
from paperknife_decoders.direction_types import direction_types


def names(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*.proto")}


def test_both_sets_have_the_same_files():
    """The newer revision is complete, not a patch."""
    given, newer = names(files.given_schema()), names(files.newer_schema())
    assert given == newer
    assert len(given) == 6
    assert all(name.startswith("trading/v1/") for name in given)


def test_an_installed_package_carries_the_given_schema(tmp_path, monkeypatch):
    """Where the wheel put `proto` beside the module, that one is taken."""
    shutil.copytree(files.given_schema(), tmp_path / "proto")
    monkeypatch.setattr(files, "HERE", tmp_path)
    assert files.given_schema() == tmp_path / "proto"
    assert files.newer_schema() == tmp_path / "newer"


def test_the_two_sets_compile_without_a_fault(given, newer):
    """Every file of both revisions loads."""
    assert given.schema.faults == newer.schema.faults == ()


def test_the_envelope_types_are_found_without_being_named(given):
    """One ClientMessage and one ServerMessage."""
    client, server = direction_types(given.schema)
    assert (client.name, client.oneof) == ("trading.v1.ClientMessage", "payload")
    assert (server.name, server.oneof) == ("trading.v1.ServerMessage", "payload")


def test_the_payloads_that_others_rely_on_keep_their_numbers(given, newer):
    """Name and number of the envelope's first members."""
    for api in (given, newer):
        client, server = api.client.descriptor.fields_by_number, api.server.descriptor.fields_by_number
        assert (client[1].name, client[1].message_type.name) == ("subscribe", "SubscribeRequest")
        assert (client[2].name, client[2].message_type.name) == ("order", "OrderRequest")
        assert (server[1].name, server[1].message_type.name) == ("market_data", "MarketUpdate")
        assert (server[2].name, server[2].message_type.name) == ("order_response", "OrderResponse")


def reserved(message: Descriptor) -> tuple[set[int], set[str]]:
    proto = DescriptorProto()
    message.CopyToProto(proto)
    return {n for span in proto.reserved_range for n in range(span.start, span.end)}, set(proto.reserved_name)


def shape(field) -> tuple[object, ...]:
    kind = field.message_type or field.enum_type
    oneof = field.containing_oneof.name if field.containing_oneof else ""
    return field.name, field.type, field.is_repeated, field.has_presence, oneof, kind.full_name if kind else ""


def enums(api: Api) -> dict[str, EnumDescriptor]:
    return {enum.full_name: enum for enum in api.schema.enums()}


def messages(api: Api) -> dict[str, Descriptor]:
    return {message.full_name: message for message in api.schema.messages()}


def test_no_field_changed_its_meaning(given, newer):
    """A field of the given revision is the same in the newer one, or its number and name are reserved there."""
    later = messages(newer)
    removed = []
    for name, message in messages(given).items():
        numbers, taken = reserved(later[name])
        for number, field in message.fields_by_number.items():
            successor = later[name].fields_by_number.get(number)
            if successor is None:
                removed.append(f"{name}.{field.name}")
                assert number in numbers
                assert field.name in taken
            else:
                assert shape(successor) == shape(field)
    assert removed == ["trading.v1.LoginRequest.language"]


def test_no_enum_value_changed_its_number(given, newer):
    """Names and numbers of the given revision hold in the newer one."""
    later = enums(newer)
    for name, enum in enums(given).items():
        assert {v.name: v.number for v in enum.values}.items() <= {v.name: v.number for v in later[name].values}.items()


@pytest.mark.parametrize(
    ("kind", "name", "added"),
    [
        ("message", "ServerMessage", {"notice"}),
        ("message", "OrderResponse", {"queue_ahead"}),
        ("message", "MarketUpdate", {"session_volume"}),
        ("message", "Trade", {"condition"}),
        ("message", "AccountUpdate", {"margin"}),
        ("message", "LoginResponse", {"features"}),
        ("enum", "OrderStatus", {"HELD"}),
        ("enum", "RejectReason", {"OUTSIDE_PRICE_BAND"}),
        ("enum", "TradingPhase", {"PRICE_LIMITED"}),
    ],
)
def test_what_is_new(given, newer, kind, name, added):
    """The additions that make unknown fields and values occur."""

    def members(api: Api) -> set[str]:
        if kind == "message":
            return set(messages(api)[f"trading.v1.{name}"].fields_by_name)
        return set(enums(api)[f"trading.v1.{name}"].values_by_name)

    assert members(newer) - members(given) == added


def test_negative_enum_values_and_optional_fields_occur(given):
    """The schema has what makes decoders stumble."""
    assert any(value.number < 0 for enum in enums(given).values() for value in enum.values)
    order = messages(given)["trading.v1.OrderRequest"].fields_by_name
    assert order["client_tag"].has_presence
    assert not order["quantity"].has_presence
    assert order["labels"].message_type.GetOptions().map_entry
