"""A recording as the items that it consists of, in their order."""

from __future__ import annotations

import os
import struct
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from mcap.records import Channel, Header, Metadata
from mcap.records import Schema as SchemaRecord

from paperknife.recording.channels import ChannelKey
from paperknife.recording.encoder import SESSION
from paperknife.recording.items import Item, Opened
from paperknife.recording.making import MOST_PENDING, Making
from paperknife.recording.ordering import in_order
from paperknife.recording.protocols import Protocols
from paperknife.recording.records import LIMITS, Limits, Op, Read, RecordingError, Records, parsed
from paperknife.recording.seeking import Sought, read_index
from paperknife.recording.shapes import MESSAGE
from paperknife.settings.reading import Loaded
from paperknife_decoders.message import Message
from paperknife_decoders.printable import printable
from paperknife_decoders.secrets import Secrets

__all__ = ["Recording", "RecordingError", "opened_file"]


class Recording:
    """One file, read once from its beginning: iterate over it for its items.

    `path` is a file, or ``-`` for the standard input. `override` reads all messages by another protocol. `session` is
    the metadata of the session, known once the first item is. After the last item `cut` is a sentence if the file is
    not whole, and `faults` are all that was wrong. Raises `RecordingError` for what is no recording; nothing else is
    raised for anything that can stand in a file.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        override: Loaded | None = None,
        secrets: Secrets | None = None,
        read: Read | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.name = printable("The standard input" if str(path) == "-" else str(path))
        self.session: dict[str, str] = {}
        self.header = Header("", "")
        self.protocols = Protocols(self.name, secrets or Secrets(), override)
        self.faults = self.protocols.faults
        self._path, self._limits = path, limits
        self._records: Records | Sought = Records(read or opened_file(path), self.name, limits)
        self._making = Making(self.protocols)
        self._items = self._all()
        self._pending: deque[Item] = deque()

    @property
    def cut(self) -> str | None:
        """What is to be said of a file that is not whole, once its end was reached."""
        return " ".join(self._records.faults) or None

    def begin(self) -> None:
        """Read up to the first item, so that `session` is known."""
        if not self._pending and (item := next(self._items, None)) is not None:
            self._pending.append(item)

    @property
    def begin_ns(self) -> int:
        """The time of the first item, in nanoseconds since the epoch; 0 where there is none. Reads up to it.

        A connection that was open already when the recording began tells nothing of when that was.
        """
        known = next((item for item in self._pending if not is_resumed(item)), None)
        while known is None and len(self._pending) < MOST_PENDING and (item := next(self._items, None)) is not None:
            self._pending.append(item)
            known = None if is_resumed(item) else item
        first = known or next(iter(self._pending), None)
        return first.time_ns if first is not None else 0

    @property
    def loaded(self) -> Loaded:
        """The protocol of the first messages; reads as far as the first of them."""
        if self.protocols.override is not None:
            return self.protocols.override
        while not self.protocols.loaded and len(self._pending) < MOST_PENDING:
            item = next(self._items, None)
            if item is None:
                break
            self._pending.append(item)
            if isinstance(item, Message):
                break
        first = next(iter(self.protocols.loaded.values()), self.protocols.get(0))
        return replace(first, is_first=first.protocol.definition is not None)

    def since(self, start_ns: int, advance: Callable[[int], object] = lambda size: None) -> Counter[ChannelKey]:
        """Pass over messages from well before a time in nanoseconds since the epoch, where an index tells their places.

        Returns how many those are. To be called before the first item is taken; not for a file that is still being
        written. `advance` is told of the bytes that are read or passed over from then on.
        """
        index = None if str(self._path) == "-" else read_index(self._path, self._limits)
        first = index.first(start_ns) if index is not None else 0
        if index is None or not first:
            return Counter()
        self._records = Sought(self.name, index, first, advance)
        self._making = Making(self.protocols, passes_over=True)
        self._items = self._all()
        self._pending.clear()
        return index.passed(first)

    def __iter__(self) -> Iterator[Item]:
        while self._pending:
            yield self._pending.popleft()
        yield from self._items

    def _all(self) -> Iterator[Item]:
        makers = self._making.makers
        unpack = MESSAGE.unpack_from
        found = False
        for opcode, body in in_order(self._records):
            if opcode != Op.MESSAGE:
                self._rare(opcode, body)
                continue
            try:
                channel, sequence, time_ns, _ = unpack(body)
                item = makers[channel](body[MESSAGE.size :], sequence, time_ns)
            except KeyError:  # a channel of somebody else, or none at all
                continue
            except struct.error:
                continue
            if item is not None:
                found = True
                yield item
        if not found and not makers and not self._records.faults:
            profile = f" Its profile is {printable(self.header.profile)!r}." if self.header.profile else ""
            raise RecordingError(f"{self.name} is an MCAP file with no channel of paperknife in it.{profile}")

    def _rare(self, opcode: int, body: bytes) -> None:
        """What is no message."""
        match parsed(opcode, body):
            case Header() as header:
                self.header = header
            case Metadata(name=name, metadata=metadata) if name == SESSION:
                self.session = self.session or metadata
            case SchemaRecord() as schema:
                self.protocols.schema(schema)
            case Channel() as channel:
                self._making.channel(channel)


def is_resumed(item: Item) -> bool:
    """True for a connection that is older than its recording."""
    return isinstance(item, Opened) and item.resumed


def opened_file(path: str | Path) -> Read:
    """What reads a file, or the standard input. Raises `RecordingError` with what is wrong with it."""
    try:
        if str(path) == "-":
            if sys.stdin is None:
                raise RecordingError("A recording was expected on the standard input, and it is closed.")
            return reads(lambda size: os.read(sys.stdin.fileno(), size), "The standard input")
        return reads(Path(path).open("rb", buffering=0).read, str(path))
    except OSError as error:
        raise RecordingError(f"A recording was expected at {printable(str(path))}: {error.strerror}.") from None


def reads(read: Callable[[int], bytes | None], name: str) -> Read:
    """`read`, whose faults are sentences."""

    def checked(size: int) -> bytes:
        try:
            return read(size) or b""
        except OSError as error:
            raise RecordingError(f"{printable(name)} could not be read: {error.strerror}.") from None

    return checked
