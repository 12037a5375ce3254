"""Names of types that say the other direction."""

import pytest

from paperknife_decoders.side_names import look_swapped


@pytest.mark.parametrize(
    ("client", "server"),
    [
        ("t4proto.v1.service.ClientMessage", "t4proto.v1.service.ServerMessage"),
        ("livekit.SignalRequest", "livekit.SignalResponse"),
        ("Command", "Reply"),
        ("UpstreamMessage", "DownstreamMessage"),
        ("ClientMsg", "ServerMsg"),
    ],
)
def test_pairs(client, server) -> None:
    """The usual names look right, and the same ones swapped do not."""
    assert not look_swapped(client, server)
    assert look_swapped(server, client)


@pytest.mark.parametrize(
    ("client", "server"),
    [
        ("Envelope", "Envelope"),
        ("AgentToServer", "ServerToAgent"),
        ("ServerToAgent", "AgentToServer"),
        ("ServerEvent", "ClientHello"),
        ("a.ServerMessage", "b.ClientMessage"),
        ("", ""),
    ],
)
def test_no_pair(client, server) -> None:
    """Where the names are no pair, nothing is said."""
    assert not look_swapped(client, server)
