"""What a layer may ask of the connections below it that mitmproxy has no command for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mitmproxy.connection import Connection
from mitmproxy.proxy import commands

from paperknife.proxy.lane.direct import PassingOn

__all__ = ["RESET", "AbortPeer", "HalfClosePeer", "LaneOpened", "LaneRelaying", "Pausing", "PeerRequest", "ReadOn"]

RESET = "reset by peer"
"""The error of a connection that broke off, with a TCP reset or otherwise: nothing can be sent to it any more."""


class Pausing(Protocol):
    """A layer, as far as its connection handler has to know it."""

    attached: bool

    @property
    def paused(self) -> bool:
        """True while it waits for a hook and everything that happens queues up."""

    def waits(self, peer: Connection) -> bool:
        """True while no more is to be read from a peer."""

    def answers(self, peer: Connection) -> bool:
        """True, once each time, if something of ours goes back to a peer because of what it has sent."""


@dataclass
class PeerRequest(commands.StartHook):
    """A request to our own connection handler.

    It travels as a hook, the one kind of command that every layer of mitmproxy passes on as it is, and never becomes
    one.
    """

    blocking = False


@dataclass
class LaneOpened(PeerRequest):
    """From here on the client's connection is a lane's; a handler of ours sets `attached`."""

    lane: Pausing


@dataclass
class LaneRelaying(PeerRequest):
    """From here on chunks that nothing has to wait for may pass mitmproxy's layers by."""

    lane: PassingOn


@dataclass
class HalfClosePeer(PeerRequest):
    """End our sending to a peer and go on reading from it (RFC 9293, section 3.6)."""

    connection: Connection


@dataclass
class AbortPeer(PeerRequest):
    """Reset the connection to a peer, throwing away what is not sent."""

    connection: Connection


@dataclass
class ReadOn(PeerRequest):
    """Read again from a peer that the lane did not want to hear more of for a while."""

    connection: Connection
