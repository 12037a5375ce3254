"""What a HAR tells of WebSockets, whoever wrote it.

Chrome, Edge, mitmproxy, Playwright and others write the messages of a connection as ``_webSocketMessages`` of its entry
(developer.chrome.com/blog/new-in-devtools-76#websocket), each with `type`, `time` in seconds, `opcode` and `data`.
They differ: Chrome's URL begins with ``ws``, mitmproxy's with ``http``; Chrome puts messages before the request that
they belong to, and adds one of type "error" where a connection failed; some write no opcode. Binary data are base64.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from paperknife.live.amounts import count_text
from paperknife.recording.exchange.har import CONNECTION
from paperknife.recording.exchange.har_values import (
    FORM_FAULTS,
    is_websocket,
    read_message,
    read_session,
    reason,
    without_bodies,
)
from paperknife.recording.exchange.json_stream import JsonError, JsonStream
from paperknife.recording.exchange.sources import Session, SourceError, Told
from paperknife_decoders.printable import printable
from paperknife_decoders.values import Dynamic

__all__ = ["HarSource"]

MOST_SESSIONS = 100_000
MESSAGES = "_webSocketMessages"
KEPT = frozenset({"startedDateTime", "time", "request", "response", CONNECTION})
"""The members of an entry that are looked at, besides the messages."""


class HarSource:
    """A HAR file, plain or compressed as mitmproxy's ``.zhar``. It is read twice: connections first, then messages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.creator = ""
        self.silent = 0
        """WebSockets that the file has, but of which it does not tell what was said."""
        self.failed = 0
        """Messages that say that a connection failed."""
        self._entries: list[int] = []
        self._sessions: list[Session] = []
        for place, session in self._read(self._header):
            if len(self._sessions) >= MOST_SESSIONS:
                raise SourceError(f"{self.name} has more than {MOST_SESSIONS:,} WebSockets.")
            self._entries.append(place)
            self._sessions.append(session)
        self._number()

    @property
    def name(self) -> str:
        """The file, safe to show."""
        return printable(str(self.path))

    @property
    def sessions(self) -> Sequence[Session]:
        """All connections that the file has messages of, or could have."""
        return self._sessions

    def messages(self) -> Iterator[Told]:
        """All messages, connection by connection."""
        of_entry = {place: number for number, place in enumerate(self._entries)}
        started = [session.connection.time_ns for session in self._sessions]

        def told(stream: JsonStream, place: int) -> Iterator[Told]:
            number = of_entry.get(place)
            for member in stream.members():
                if number is None or member != MESSAGES or stream.peek() != "[":
                    stream.value()
                    continue
                for index in stream.elements():
                    value = stream.value()
                    try:
                        found = read_message(value, number, started[number])
                    except FORM_FAULTS as error:
                        where = f"{self.name}: log.entries[{place}].{MESSAGES}[{index}]"
                        raise SourceError(f"{where} is no message of a WebSocket: {reason(error)}.") from None
                    if found is None:
                        self.failed += 1
                    else:
                        yield found

        yield from self._read(told)

    def notes(self) -> Sequence[str]:
        """What the file could not tell."""
        by = f" ({printable(self.creator)} wrote it)" if self.creator else ""
        notes = []
        if self.silent:
            verb, whose = ("comes", "its") if self.silent == 1 else ("come", "their")
            notes.append(f"{count_text(self.silent, 'WebSocket')} in {self.name} {verb} without {whose} messages{by}.")
        if self.failed:
            verb = "says" if self.failed == 1 else "say"
            entries = count_text(self.failed, "entry", "entries")
            notes.append(f"{entries} in {self.name} only {verb} that a connection failed.")
        return notes

    def _read[Found](self, read_entry: Callable[[JsonStream, int], Iterator[Found]]) -> Iterator[Found]:
        """What `read_entry` finds in the entries, one after the other."""
        with self.path.open("rb") as file:
            stream = JsonStream(inflated(file))
            try:
                found_log = False
                for member in stream.members():
                    if member == "log" and stream.peek() == "{":
                        found_log = True
                        yield from self._read_log(stream, read_entry)
                    else:
                        stream.value()
            except JsonError as error:
                raise SourceError(f"{self.name} is no HAR file, or not all of one: {error}.") from None
            except zlib.error as error:
                raise SourceError(f"{self.name} cannot be inflated: {error}.") from None
        if not found_log:
            raise SourceError(f"{self.name} is no HAR file: it is JSON, but without an object named log.")

    def _read_log[Found](
        self, stream: JsonStream, read_entry: Callable[[JsonStream, int], Iterator[Found]]
    ) -> Iterator[Found]:
        for member in stream.members():
            if member == "entries" and stream.peek() == "[":
                for place in stream.elements():
                    yield from read_entry(stream, place)
                continue
            value = stream.value()
            if member == "creator" and isinstance(value, dict):
                self.creator = str(value.get("name", ""))[:80]

    def _header(self, stream: JsonStream, place: int) -> Iterator[tuple[int, Session]]:
        """The connection of an entry, if it is a WebSocket."""
        known: dict[str, Dynamic] = {}
        has_messages = False
        for member in stream.members():
            if member == MESSAGES and stream.peek() == "[":
                has_messages = True
                for _ in stream.elements():
                    stream.value()
                continue
            value = stream.value()
            if member in KEPT:
                known[member] = without_bodies(value)
        if has_messages or is_websocket(known):
            self.silent += not has_messages
            try:
                yield place, read_session(known)
            except FORM_FAULTS as error:
                raise SourceError(
                    f"{self.name}: log.entries[{place}] is a WebSocket, but not as HAR has them: {reason(error)}."
                ) from None

    def _number(self) -> None:
        """Number the connections: as our own export did, where it did, else by the time at which they were opened."""
        numbers = [session.connection.number for session in self._sessions]
        if all(number > 0 for number in numbers) and len(set(numbers)) == len(numbers):
            return
        order = sorted(range(len(numbers)), key=lambda place: self._sessions[place].connection.time_ns)
        for number, place in enumerate(order, 1):
            session = self._sessions[place]
            self._sessions[place] = replace(session, connection=replace(session.connection, number=number))


def inflated(file: BinaryIO) -> Callable[[int], bytes]:
    """What reads the file, inflated if it is compressed (RFC 1950, section 2.2)."""
    head = file.read(2)
    file.seek(0)
    if len(head) < 2 or head[0] & 15 != 8 or int.from_bytes(head) % 31:
        return file.read
    inflate = zlib.decompressobj()

    def read(size: int) -> bytes:
        while not inflate.eof:
            data = inflate.unconsumed_tail or file.read(size)
            found = inflate.decompress(data, size)
            if found or not data:
                return found
        return b""

    return read
