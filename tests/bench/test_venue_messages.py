"""The messages that are sent."""

import pytest
from bench.venue_messages import PROTO, client_messages, server_messages

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.schema import load_schema


@pytest.mark.parametrize("size", [40, 300])
def test_messages_are_real_and_of_the_exact_size(size):
    """Each message has the size that was asked for, decodes as its direction's envelope, and differs from the rest."""
    client, server = direction_types(load_schema([PROTO]))
    for messages, kind, payload in (
        (client_messages(size, 50), client, "order"),
        (server_messages(size, 50), server, "market_data"),
    ):
        assert {len(message) for message in messages} == {size}
        assert {kind.payload_of(kind.parse(message)) for message in messages} == {payload}
        assert len(set(messages)) == 50
        assert not any(kind.parse(message).ByteSize() != size for message in messages)


def test_a_size_too_small_is_told():
    """No market data fits into five bytes."""
    with pytest.raises(ValueError, match="of 5 bytes"):
        server_messages(5, 1)
