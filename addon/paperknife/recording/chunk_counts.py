"""What the chunks of a recording hold, counted while they are packed: many messages at once where they are alike."""

from __future__ import annotations

from mcap.records import Channel, Schema

from paperknife.recording.channels import ChannelKey, Kind
from paperknife.recording.counter import Counter
from paperknife.recording.making import Making
from paperknife.recording.protocols import Protocols
from paperknife.recording.summary import Summary
from paperknife.traffic import Batch
from paperknife_decoders.message import Fate

__all__ = ["ChunkCounts"]


class ChunkCounts:
    """Told of a file's schemas, channels and messages in their order, and after each chunk to `count`.

    `alike` has a list for each channel of envelopes that simply passed; their contents are to be put there. Every
    other message goes to `other`.
    """

    def __init__(self, name: str) -> None:
        self.making = Making(Protocols(name))
        self.counter = Counter()
        self.keys: dict[int, ChannelKey] = {}
        self.alike: dict[int, list[bytes]] = {}

    def schema(self, schema: Schema) -> None:
        """A schema."""
        self.making.protocols.schema(schema)

    def channel(self, channel: Channel) -> None:
        """A channel."""
        self.making.channel(channel)
        try:
            key = ChannelKey.from_metadata(channel.metadata)
        except (KeyError, ValueError):
            return
        if key.kind is Kind.ENVELOPE and key.fate is Fate.PASSED:
            self.keys[channel.id] = key
            self.alike[channel.id] = []

    def other(self, channel: int, sequence: int, time_ns: int, content: bytes) -> None:
        """A message, or something that happened."""
        make = self.making.makers.get(channel)
        item = make(content, sequence, time_ns) if make else None
        if item is not None:
            self.counter.add(item)

    def count(self, sequence: int, time_ns: int) -> None:
        """The end of a chunk; `sequence` and `time_ns` are those of its last message."""
        for channel, contents in self.alike.items():
            if contents:
                key = self.keys[channel]
                reader = self.making.reader(key)
                opcodes = [key.opcode] * len(contents)
                self.counter.add_envelopes(Batch(key.connection, key.direction, time_ns, opcodes, contents, reader))
                contents.clear()
        told = [each for each in self.making.masked if each <= sequence]
        for each in told:
            del self.making.masked[each]
        for each in [each for each in self.making.hits if each <= sequence]:
            del self.making.hits[each]
        self.counter.add_masked(len(told))

    def summary(self) -> Summary:
        """What was counted."""
        return self.counter.summary()
