"""Which connections are read, and how."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.settings.matching import Address
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import SchemaError

MATCHES = [
    ("venue.example", True),
    ("VENUE.Example", True),
    ("*.example", True),
    ("venue.example:443", True),
    ("venue.example:80", False),
    ("venue.example/v1", True),
    ("venue.example/v1*", True),
    ("venue.example:443/v?", True),
    ("venue.example/V1", False),
    ("venue.example/v1?token=x", False),
    ("venue.example/", False),
    ("/v1", True),
    (":443", True),
    (":443/v2", False),
    ("other.example", False),
    ("venue", False),
    ("", True),
    ("*", True),
]


@pytest.mark.parametrize(("pattern", "matches"), MATCHES)
def test_a_pattern_is_compared_part_by_part(pattern: str, matches: bool) -> None:
    """What it leaves out is not compared, nor is a query; a host has no case, a path has; ? is a wildcard."""
    assert Reading(match=(pattern,)).matches("venue.example", 443, "/v1?token=x") is matches
    assert Reading(match=("no.such.host", pattern)).matches("venue.example", 443, "/v1?token=x") is matches


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [("[::1]:9", True), ("[::1]", True), ("::1", True), ("[::1]:8", False), ("[::2]", False), ("[*]/v1", False)],
)
def test_an_ipv6_address_stands_in_brackets(pattern: str, matches: bool) -> None:
    """As in a URL; without a port they may be left out."""
    assert Reading(match=(pattern,)).matches("::1", 9, "/v1") is matches


def test_without_a_pattern_all_is_read() -> None:
    """The default."""
    assert Reading().matches("anything", 1, "/")


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 65535), st.text(max_size=30))
def test_no_pattern_and_no_address_raises(pattern: str, host: str, port: int, path: str) -> None:
    """Both may be anything."""
    assert Reading(match=(pattern,)).matches(host, port, path) in (True, False)


def test_what_was_loaded_is_a_sentence(trading: str) -> None:
    """How much there is and which types are used, or that there is no schema."""
    assert "trading.v1.ClientMessage" in load(Reading(schema=(trading,))).describe()
    assert load(Reading()).describe().startswith("No schema was given")
    assert Loaded(Protocol()).describe().startswith("No schema was given")


def test_secrets_are_masked_unless_told_otherwise() -> None:
    """`redact` reaches the protocol, with a schema and without."""
    assert load(Reading()).protocol.secrets == Reading().secrets
    assert load(Reading(redact="off")).protocol.secrets == Reading(redact="off").secrets
    assert Reading().secrets != Reading(redact="off").secrets


@pytest.mark.parametrize("reading", [Reading(schema=("/nothing",)), Reading(schema=("/nothing", "/more"))])
def test_a_schema_that_is_not_there_is_an_error(reading: Reading) -> None:
    """With the path."""
    with pytest.raises(SchemaError, match="/nothing"):
        load(reading)


PROTO = """syntax = "proto3"; package desk;
message Frame { uint32 kind = 1; bytes body = 2; }
message Order { string symbol = 1; }
message ClientMessage { oneof payload { Order order = 1; } }
message ServerMessage { oneof payload { Order order = 1; } }
"""
CONFIG = """
protocols:
  - name: desk
    match: {path: "/desk*"}
    schema: [protos]
    client: Frame
    server: json
    carries: [{in: Frame, at: body, by: kind, types: {7: Order}}]
    secrets: [Order.symbol]
  - name: plain
    match: {subprotocol: plain}
    schema: protos
    secrets: [order.symbol]
"""


@pytest.fixture
def config(tmp_path) -> str:
    """A file with two protocols, beside their schema."""
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "desk.proto").write_text(PROTO)
    (tmp_path / "paperknife.yaml").write_text(CONFIG)
    return str(tmp_path / "paperknife.yaml")


def test_a_protocol_for_each_connection(config: str) -> None:
    """The first one that fits; connections that none fits have no types."""
    loaded = load(Reading(config=config))
    addresses = {"desk": Address(path="/desk/1"), "plain": Address(subprotocol="plain"), "protobuf": Address(path="/")}
    assert {name: loaded.for_connection(address).name for name, address in addresses.items()} == {
        name: name for name in addresses
    }
    assert loaded.reader(Address(path="/desk/1?x")).path == "/desk/1?x"
    assert loaded.secrets.paths == {"Order.symbol", "order.symbol"}
    assert load(Reading(config=config, redact="off")).secrets is Reading(redact="off").secrets
    assert len(loaded.schemas) == 2
    assert loaded.describe().startswith(
        "Protocol desk: schema: 4 messages in 1 file; client sends desk.Frame, server s"
    )


def test_swapped_types(tmp_path) -> None:
    """That the types are the other side's is said where their names tell it, as no message may."""
    (tmp_path / "a.proto").write_text('syntax = "proto3"; message ClientMessage {} message ServerMessage {}')
    right = Reading(schema=(str(tmp_path),))
    swapped = Reading(schema=(str(tmp_path),), client="ServerMessage", server="ClientMessage")
    said = " By their names it should be the other way round."
    assert load(right).describe().endswith("server sends ServerMessage.")
    assert load(swapped).describe().endswith(f"server sends ClientMessage.{said}")


def test_a_named_protocol_is_for_all_connections(config: str) -> None:
    """With the types and the schema of the command line in the place of its own."""
    assert load(Reading(config=config, protocol="plain")).for_connection(Address()).name == "plain"
    loaded = load(Reading(config=config, protocol="plain", client="Order"))
    assert loaded.protocol.client.name == "desk.Order"
    assert load(Reading(protocol="centrifugo")).describe().startswith("Protocol centrifugo: no schema was given")


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (Reading(schema=("x",)), "Which protocol of .* is it for"),
        (Reading(protocol="plian"), r"There is no protocol plian. Did you mean plain\?"),
        (Reading(protocol="plain", client="Ordr"), r"paperknife.yaml:10:5: .* did you mean desk.Order\?"),
        (Reading(protocol="plain", schema=("/nothing",)), "/nothing"),
    ],
)
def test_what_cannot_be_read(config: str, reading: Reading, said: str) -> None:
    """A sentence, with the place in the file where that is what is wrong."""
    with pytest.raises(SchemaError, match=said):
        load(replace(reading, config=config))


def test_all_faults_of_a_file_in_one_run(config: str) -> None:
    """Of every protocol in it, in their order."""
    path = Path(config)
    path.write_text(CONFIG.replace("in: Frame", "in: Fram").replace("secrets: [order.", "secrets: [ordr."))
    with pytest.raises(ConfigError) as raised:
        load(Reading(config=config))
    assert [line.split(":")[1] for line in str(raised.value).splitlines()] == ["8", "13"]


def test_a_change_of_the_file_is_a_change(config: str) -> None:
    """And so is one of a schema that it names."""
    loaded = load(Reading(config=config))
    assert not loaded.changed()
    for path in (Path(config), Path(config).parent / "protos" / "desk.proto"):
        path.write_text(path.read_text() + "\n")
        assert loaded.changed()
        assert not loaded.changed()


def test_a_step_of_the_users_own(config: str) -> None:
    """It comes behind the other steps, and before what the types need."""
    path = Path(config)
    path.with_name("ours.py").write_text(
        "from paperknife_decoders.steps import Opened\n"
        "class Upside:\n"
        "    name = 'upside-down'\n"
        "    def open(self, data, context):\n"
        "        return Opened((data[::-1],), lambda parts: parts[0][::-1])\n"
    )
    path.write_text(CONFIG.replace("    match: {path", "    decoder: ours:Upside\n    match: {path"))
    protocol = load(Reading(config=config, protocol="desk")).protocol
    assert [step.name for step in protocol.client_steps or ()] == ["upside-down", "carry"]
    (envelope,) = protocol.reader().read(Direction.CLIENT, Opcode.BINARY, b"\x08\x07\x12\x03\x0a\x01x"[::-1])
    assert envelope.payload == "Order"
    path.write_text(CONFIG.replace("    match: {path", "    decoder: ours:Upsid\n    match: {path"))
    with pytest.raises(ConfigError, match=r":4:14: the step ours:Upsid could not be made"):
        load(Reading(config=config, protocol="desk"))


def test_a_schema_of_the_command_line(config: str) -> None:
    """It takes the place of the one protocol's own, and connections that this does not fit are read plainly by it."""
    path = Path(config)
    path.write_text(CONFIG.partition("  - name: plain")[0])
    loaded = load(Reading(config=config, schema=(str(path.parent / "protos"),)))
    assert loaded.for_connection(Address(path="/desk")).name == "desk"
    assert loaded.for_connection(Address(path="/")).client.name == "desk.ClientMessage"
    assert " Others: schema: 4 messages" in loaded.describe()
    odd = load(Reading(config=config, schema=(str(path.parent / "protos"),), client="Frame", server="Order"))
    assert odd.for_connection(Address(path="/")).server.name == "desk.Order"
