"""Which connections are read, and how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.settings.reading import Loaded, Reading, load
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
