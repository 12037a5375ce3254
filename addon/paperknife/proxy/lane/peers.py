"""What a layer may ask of the connections below it that mitmproxy has no command for."""

from __future__ import annotations

from dataclasses import dataclass

from mitmproxy.connection import Connection
from mitmproxy.proxy import commands

__all__ = ["AbortPeer", "HalfClosePeer", "PeerRequest"]


@dataclass
class PeerRequest(commands.StartHook):
    """A request to our own connection handler.

    It travels as a hook, the one kind of command that every layer of mitmproxy passes on as it is, and never becomes
    one.
    """

    connection: Connection
    blocking = False


@dataclass
class HalfClosePeer(PeerRequest):
    """End our sending to a peer and go on reading from it (RFC 9293, section 3.6)."""


@dataclass
class AbortPeer(PeerRequest):
    """Reset the connection to a peer, throwing away what is not sent."""
