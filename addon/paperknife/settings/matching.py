"""Patterns of addresses, and the connections that they fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from paperknife_decoders.definition import Match

__all__ = ["Address", "address_in", "covers", "fits", "matches_pattern"]

PORT = re.compile(r"^(\[.*\]|[^:]*):[0-9]+$", re.DOTALL)
"""A host and a port; what holds more colons is an IPv6 address without one."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a WebSocket leads: the path with its query, and the subprotocol that was agreed on."""

    host: str = ""
    port: int = 0
    path: str = ""
    subprotocol: str = ""


def address_in(url: str, subprotocol: str = "") -> Address:
    """The address that a URL names; of one that is none, nothing is known."""
    try:
        parts = urlsplit(url)
        port = parts.port or (80 if parts.scheme == "ws" else 443)
    except ValueError:
        return Address(subprotocol=subprotocol)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Address(parts.hostname or "", port, path, subprotocol)


def matches_pattern(pattern: str, host: str, port: int, path: str) -> bool:
    """Compare one ``host[:port][/path]`` pattern; what a pattern leaves out is not compared, nor is a query."""
    address, slash, wanted = pattern.partition("/")
    name, _, number = address.rpartition(":") if PORT.search(address) else (address, "", "")
    if name.startswith("[") and ":" in name:  # an IPv6 address (RFC 3986, section 3.2.2)
        name = name.strip("[]")
    return (
        fnmatchcase(host.lower(), (name or "*").lower())
        and (not number or int(number) == port)
        and (not slash or fnmatchcase(path.partition("?")[0], f"/{wanted}"))
    )


def fits(match: Match, address: Address) -> bool:
    """True if a connection is one that a definition's ``match`` means; what that does not name is not compared.

    A path is compared without its query, the case of a host is ignored, and a host may have a port.
    """
    path = address.path.partition("?")[0]
    return (
        any(matches_pattern(each.partition("/")[0], address.host, address.port, "") for each in match.host or ("",))
        and any(fnmatchcase(path, each) for each in match.path or ("*",))
        and any(fnmatchcase(address.subprotocol, each) for each in match.subprotocol or ("*",))
    )


def covers(wide: Match, narrow: Match) -> bool:
    """True if it is sure that each connection that `narrow` means is one that `wide` means too."""
    sides = ((wide.host, narrow.host), (wide.path, narrow.path), (wide.subprotocol, narrow.subprotocol))
    return all(
        not patterns or (bool(inner) and all(any(is_within(each, pattern) for pattern in patterns) for each in inner))
        for patterns, inner in sides
    )


def is_within(narrow: str, wide: str) -> bool:
    """True if a pattern means nothing that another one does not: equal, or a text of which that one is a pattern."""
    # A sign of a pattern is no letter that ? or [...] could stand for, and a port no end of a host's name.
    is_unsure = (any(sign in wide for sign in "?[") and any(sign in narrow for sign in "*?[")) or (
        ":" in narrow and ":" not in wide and wide != "*"
    )
    return narrow == wide or (not is_unsure and fnmatchcase(narrow, wide))
