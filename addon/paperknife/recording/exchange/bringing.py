"""From a source to the items of a recording: secrets masked, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from paperknife.recording.exchange.sources import Session, Source, Told
from paperknife.recording.exchange.spool import Spool
from paperknife.recording.items import Closed, Item, Opened
from paperknife.settings.matching import Address, address_in
from paperknife.settings.reading import Loaded, Reading
from paperknife.traffic import Handshake
from paperknife_decoders.message import Fate, Message
from paperknife_decoders.printable import printable
from paperknife_decoders.reader import Reader
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.redaction.handshake import HandshakeMask
from paperknife_decoders.rest import Rest
from paperknife_decoders.secret_text import mask_text
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.trail import Trail

__all__ = ["bring"]


def bring(
    source: Source, loaded: Loaded, redactor: Redactor, reading: Reading, folder: Path | None = None
) -> Iterator[Item]:
    """The items of `source`, read by what is `loaded`, without their secrets; of connections that `reading` matches.

    Handshakes are masked first, as what is secret in them may come again in messages. Nothing is written into `folder`
    before it is masked. Raises `SourceError`, `OSError`.
    """
    wanted = {place: session for place, session in enumerate(source.sessions) if is_matched(session, reading)}
    readers = {place: loaded.reader(address_of(session)) for place, session in wanted.items()}
    sessions = {place: mask_session(session, redactor) for place, session in wanted.items()}
    trails = {place: Trail() for place in wanted}
    with Spool(folder) as spool:
        for told in source.messages():
            if told.session in sessions:
                reader, trail = readers[told.session], trails[told.session]
                passes = told.fate is not Fate.DROPPED
                before = trail.follow_one(reader, told.direction, told.opcode, told.content, passes=passes)
                spool.add(mask_message(told, reader, redactor, before))
        ended = {place: mask_close(session, redactor) for place, session in sessions.items()}
        yield from in_order(ended, spool, readers)


def is_matched(session: Session, reading: Reading) -> bool:
    """True for a connection to an address that is to be read."""
    address = address_of(session)
    return reading.matches(address.host, address.port, address.path)


def address_of(session: Session) -> Address:
    """Where a connection led."""
    return address_in(session.connection.url, session.connection.subprotocol)


def mask_message(told: Told, reader: Reader, redactor: Redactor, before: Rest) -> Told:
    """The message without its secrets; what was masked before it was exported is so still."""
    found = redactor.redact_one(reader, told.direction, told.opcode, told.content, before)
    original = told.original and redactor.redact_one(reader, told.direction, told.opcode, told.original, before)
    if original:
        told = replace(told, original=original[0])
    if found is None:
        return told
    content, spans = found
    return replace(told, content=content, masked=tuple(sorted({*told.masked, *spans})))


def mask_session(session: Session, redactor: Redactor) -> Session:
    """The connection without its secrets, its URL safe to show as those are that the proxy sees."""
    connection = replace(session.connection, url=printable(session.connection.url))
    if redactor.mode == "off":
        return replace(session, connection=connection)
    mask = HandshakeMask(redactor.known, Secrets())
    handshake = Handshake(mask.headers(connection.handshake.request), mask.headers(connection.handshake.response))
    masked = replace(
        connection,
        url=mask.url(connection.url),
        subprotocol=mask.subprotocol(connection.subprotocol),
        handshake=handshake,
    )
    return replace(session, connection=masked)


def mask_close(session: Session, redactor: Redactor) -> Session:
    """The connection with a close reason without its secrets, once all messages were seen and tell which they are."""
    if session.close is None or redactor.mode == "off":
        return session
    reason = redactor.known.mask_text(mask_text(session.close.reason, Secrets()))
    return replace(session, close=replace(session.close, reason=reason))


def in_order(sessions: Mapping[int, Session], spool: Spool, readers: Mapping[int, Reader]) -> Iterator[Item]:
    """Connections and messages by their times; a connection opens before its first message and closes after its last.

    A connection of which the source does not tell how it ended stays open.
    """
    opened: list[Timed] = []
    closed: list[Timed] = []
    for place, session in sessions.items():
        connection, close = session.connection, session.close
        first_ns, last_ns = spool.bounds.get(place, (connection.time_ns, connection.time_ns))
        opened.append((min(connection.time_ns, first_ns), 0, Opened(connection)))
        if close is not None:
            closed.append((max(close.time_ns, connection.time_ns, last_ns), 2, Closed(connection, close)))
    messages = ((time_ns, 1, message_from(told, sessions, readers[told.session])) for time_ns, told in spool.merged())
    by_time = sorted(opened, key=when), messages, sorted(closed, key=when)
    for _, _, item in heapq.merge(*by_time, key=when):
        yield item


type Timed = tuple[int, int, Item]


def when(timed: Timed) -> tuple[int, int]:
    """What comes first at the same time: opened, messages, closed."""
    return timed[:2]


def message_from(told: Told, sessions: Mapping[int, Session], reader: Reader) -> Message:
    """The message as a recording has it."""
    return Message(
        sessions[told.session].connection.number,
        told.direction,
        told.time_ns,
        told.opcode,
        told.content,
        reader,
        told.fate,
        told.original,
        told.masked,
    )
