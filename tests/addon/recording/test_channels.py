"""What a channel stands for: its key comes back from its metadata, and no two keys share a topic."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.channels import OWN, PROTOBUF, ChannelKey, Kind
from paperknife_decoders.message import Direction, Fate, Opcode

KEYS = st.builds(
    ChannelKey,
    st.integers(0, 1 << 40),
    st.sampled_from(Direction),
    st.sampled_from(Opcode),
    st.sampled_from(Kind),
    st.sampled_from(Fate),
    st.integers(0, 1 << 16),
)


@given(KEYS)
def test_round_trip(key):
    """All of a key is in the metadata."""
    assert ChannelKey.from_metadata(key.metadata()) == key


TOPICS = [
    (ChannelKey(1, Direction.CLIENT, Opcode.BINARY, Kind.ENVELOPE, protocol=1), "/1/client", PROTOBUF),
    (ChannelKey(1, Direction.CLIENT, Opcode.BINARY, Kind.ENVELOPE, protocol=2), "/1/client/v2", PROTOBUF),
    (ChannelKey(7, Direction.SERVER, Opcode.TEXT), "/7/server/text", OWN),
    (ChannelKey(7, Direction.SERVER, Opcode.BINARY, Kind.PIECE), "/7/server/binary/piece", OWN),
    (ChannelKey(7, Direction.SERVER, Opcode.BINARY, fate=Fate.DROPPED), "/7/server/binary/dropped", OWN),
]


@pytest.mark.parametrize(("key", "topic", "encoding"), TOPICS)
def test_topics(key, topic, encoding):
    """Short for envelopes that passed; others say what is special about them."""
    assert (key.topic, key.encoding) == (topic, encoding)


@given(st.dictionaries(st.sampled_from(list(ChannelKey(1, Direction.CLIENT, Opcode.TEXT).metadata())), st.text()))
def test_channels_of_others(metadata):
    """They raise what is said, and nothing else."""
    with contextlib.suppress(ValueError, KeyError):
        ChannelKey.from_metadata(metadata)
