"""Recordings to measure with hold what was asked for."""

import pytest
from bench.recordings import Plan, make_recording

from paperknife.recording.reading import Recording
from paperknife_decoders.message import Message


@pytest.mark.parametrize("noise", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_a_recording(tmp_path, packed, noise):
    """So many messages, nearly all market data; noise does not compress."""
    plain = make_recording(tmp_path / "plain.mcap", Plan(1000, packed=False, noise=noise))
    path = make_recording(tmp_path / "a.mcap", Plan(1000, packed=packed, noise=noise))
    messages = [item for item in Recording(path) if isinstance(item, Message)]
    assert len(messages) == 1000
    assert sum(message.envelopes[0].payload == "market_data" for message in messages) == 980
    assert bool(noise) == (path.stat().st_size > 0.45 * plain.stat().st_size) or not packed
