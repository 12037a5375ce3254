"""Which connections a definition means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.settings.matching import Address, address_in, covers, fits
from paperknife_decoders.definition import Match

ADDRESS = Address("Venue.example", 8443, "/v1/stream?token=x", "feed.v2")


@pytest.mark.parametrize(
    ("match", "yes"),
    [
        (Match(), True),
        (Match(host=("venue.example",)), True),
        (Match(host=("*.example:8443",)), True),
        (Match(host=("*.example:443",)), False),
        (Match(host=("other", "venue.*")), True),
        (Match(path=("/v1/*",)), True),
        (Match(path=("/v1/stream",)), True),
        (Match(path=("/v1/strea",)), False),
        (Match(path=("/V1/*",)), False),
        (Match(subprotocol=("feed.*",)), True),
        (Match(subprotocol=("feed.v1", "")), False),
        (Match(host=("venue.example",), path=("/v2",)), False),
        (Match(host=("venue.example",), path=("/v1*",), subprotocol=("feed.v2",)), True),
    ],
)
def test_fits(match, yes) -> None:
    """All that is named has to fit, one pattern of each; a query is not compared, nor the case of a host."""
    assert fits(match, ADDRESS) is yes


def test_none_is_a_subprotocol_too() -> None:
    """An empty pattern is for connections that agreed on none."""
    assert fits(Match(subprotocol=("",)), Address("a", 1, "/"))
    assert not fits(Match(subprotocol=("feed*",)), Address("a", 1, "/"))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("ws://venue.example/v1?x=1", Address("venue.example", 80, "/v1?x=1")),
        ("wss://[::1]:9/", Address("::1", 9, "/")),
        ("wss://venue.example", Address("venue.example", 443, "")),
        ("wss://venue.example:99999/", Address()),
        ("", Address("", 443, "")),
    ],
)
def test_addresses_in_urls(url, address) -> None:
    """Of what is no URL nothing is known."""
    assert address_in(url) == address


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_anything(host, path, subprotocol) -> None:
    """Patterns and addresses may be anything."""
    assert fits(Match((host,), (path,), (subprotocol,)), ADDRESS) in (True, False)
    assert fits(Match(("a*",), ("/*",)), Address(host, 1, path, subprotocol)) in (True, False)


@pytest.mark.parametrize(
    ("wide", "narrow", "yes"),
    [
        (Match(), Match(), True),
        (Match(), Match(host=("a",)), True),
        (Match(host=("*",)), Match(), False),
        (Match(host=("a",)), Match(host=("a",), path=("/v1",)), True),
        (Match(host=("a",)), Match(host=("a", "b")), False),
        (Match(host=("*.a", "b")), Match(host=("*.x.a", "b")), True),
        (Match(host=("?.a",)), Match(host=("*.a",)), False),
        (Match(host=("*3",)), Match(host=("a:443",)), False),
        (Match(path=("/v1*",)), Match(path=("/v1/x",), host=("a",)), True),
        (Match(path=("/v1/x",)), Match(path=("/v1*",)), False),
    ],
)
def test_covers(wide, narrow, yes) -> None:
    """True only where it is sure that the second never sees a connection that the first leaves."""
    assert covers(wide, narrow) is yes


PATTERNS = st.lists(st.text("ab*?:.4", min_size=1, max_size=4), max_size=2).map(tuple)
MATCHES = st.builds(Match, host=PATTERNS, path=PATTERNS, subprotocol=PATTERNS)


@given(MATCHES, MATCHES, st.text("ab.4", max_size=3), st.integers(4, 44), st.text("ab.", max_size=3))
def test_what_is_covered_fits_both(wide, narrow, host, port, text) -> None:
    """A connection that the covered one means is one of the other's too."""
    address = Address(host, port, text, text)
    assert not (covers(wide, narrow) and fits(narrow, address)) or fits(wide, address)
