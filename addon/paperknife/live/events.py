"""Lines for what is no message: connections that open and close, notices, and control frames."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.live.amounts import clock_text, count_text, size_text, span_text
from paperknife.live.cells import wrap
from paperknife.live.layout import Columns, Layout, layout_for
from paperknife.traffic import ABNORMAL, Close, Connection, Piece
from paperknife_decoders.columns import width_of
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.paint import PLAIN, Paint, dyed
from paperknife_decoders.printable import printable

__all__ = ["Closed", "Control", "Event", "Notice", "Opened", "Oversize", "close_meaning", "event_text", "missed_text"]

CLOSE_CODES = {
    1000: "normal closure",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1005: "no code given",
    1006: "no close frame",
    1007: "invalid data in a message",
    1008: "policy violation",
    1009: "message too big",
    1010: "extension missing",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    1015: "TLS handshake failed",
}
"""RFC 6455, section 7.4.1, and the registry that it founded (IANA, WebSocket Close Code Number Registry)."""

LEAST_WRAPPED = 20
"""In fewer columns no text is wrapped: the terminal does it as well."""

PEACEFUL = (1000, 1001, 1005)
"""Codes of an orderly end."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection was opened."""

    connection: Connection

    @property
    def time_ns(self) -> int:
        return self.connection.time_ns


@dataclass(frozen=True, slots=True)
class Closed:
    """A connection ended, after so many messages of each direction."""

    connection: Connection
    close: Close
    from_client: int
    from_server: int

    @property
    def time_ns(self) -> int:
        return self.close.time_ns


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user."""

    text: str
    warning: bool
    time_ns: int


@dataclass(frozen=True, slots=True)
class Control:
    """A ping, pong or close frame (RFC 6455, section 5.5)."""

    message: Message

    @property
    def time_ns(self) -> int:
        return self.message.time_ns

    @property
    def name(self) -> str:
        """``ping``, ``pong`` or ``close``."""
        return self.message.opcode.name.lower()

    @property
    def text(self) -> str:
        """The application data: for a close frame the code in words and the reason (section 5.5.1)."""
        content = self.message.content
        if self.message.opcode is Opcode.CLOSE and len(content) >= 2:
            code = int.from_bytes(content[:2])
            return f"{code} {close_meaning(code)} {content[2:].decode(errors='backslashreplace')}".rstrip()
        return content.decode(errors="backslashreplace")


@dataclass(frozen=True, slots=True)
class Oversize:
    """The end of a message beyond the limit, which passed in pieces and was not decoded."""

    last: Piece

    @property
    def time_ns(self) -> int:
        return self.last.time_ns

    @property
    def name(self) -> str:
        """``binary`` or ``text``."""
        return self.last.opcode.name.lower()

    @property
    def size(self) -> int:
        """Bytes of the whole message."""
        return self.last.offset


Event = Opened | Closed | Notice | Control | Oversize


def close_meaning(code: int) -> str:
    """A close code in words."""
    if code in CLOSE_CODES:
        return CLOSE_CODES[code]
    if 3000 <= code <= 3999:
        return "a code of a library or framework"
    if 4000 <= code <= 4999:
        return "a code of the application"
    return "not a code that RFC 6455 allows"


def opened_text(connection: Connection) -> str:
    """The URL and what was agreed on."""
    extras = [f"subprotocol {connection.subprotocol}"] if connection.subprotocol else []
    extras += [f"from {connection.client}"] if connection.client else []
    extras += [] if connection.read else ["matches no protocol: passes unread"]
    return f"{connection.url}  {', '.join(extras)}".rstrip()


def closed_text(event: Closed) -> str:
    """Why, by whom, after how long, and how much had passed."""
    close = event.close
    by = f" by the {close.by.value}" if close.by else ""
    if close.code == ABNORMAL:  # there was no frame with a reason in it, so that this one is ours
        how = f": {close.reason or f'broken off{by}'}"
    else:
        how = (f' "{close.reason}"' if close.reason else "") + by
    span = span_text(close.time_ns - event.connection.time_ns)
    counts = f"{Direction.CLIENT.arrow} {event.from_client:,} {Direction.SERVER.arrow} {event.from_server:,} messages"
    return f"{close.code} {close_meaning(close.code)}{how}, after {span}, {counts}"


def event_text(event: Event, columns: Columns, width: int, paint: Paint = PLAIN) -> str:
    """The line or lines of an event, without the last line feed. Long ones are wrapped, so that nothing is lost."""
    layout = layout_for(width)
    match event:
        case Opened(connection=connection):
            number, sign, label, text, role = connection.number, "--", "opened", opened_text(connection), ""
        case Closed(connection=connection, close=close):
            number, sign, label, text = connection.number, "--", "closed", closed_text(event)
            role = "" if close.code in PEACEFUL else paint.mark
        case Control(message=message):
            number, sign, label, text = message.connection, message.direction.arrow, event.name, event.text
            role = paint.dim
        case Oversize(last=last):
            number, sign, label, role = last.connection, last.direction.arrow, event.name, paint.mark
            text = f"({size_text(event.size)}, beyond the limit: not decoded)"
        case Notice():
            return notice_text(event, layout, width, paint)
    head, name = columns.head(event.time_ns, number, layout), columns.name(sign, label, layout)
    body = wrapped(printable(text), len(head) + width_of(name), width)
    return dyed(head, paint.dim, paint) + dyed((name + body).rstrip(), role, paint)


def wrapped(text: str, indent: int, width: int) -> str:
    """`text` as it goes behind `indent` columns, wrapped where there is room for a few words beside each other."""
    return wrap(text, width - indent, indent) if width - indent >= LEAST_WRAPPED else text


def notice_text(event: Notice, layout: Layout, width: int, paint: Paint) -> str:
    """A sentence behind ``*``, or ``!`` for a warning; what follows in further lines stands below it."""
    role, sign = (paint.mark, "!") if event.warning else ("", "*")
    indent = layout.clock + 3
    text = ("\n" + " " * indent).join(wrapped(printable(line), indent, width) for line in event.text.splitlines())
    return dyed(clock_text(event.time_ns)[: layout.clock], paint.dim, paint) + " " + dyed(f"{sign} {text}", role, paint)


def missed_text(count: int, paint: Paint = PLAIN) -> str:
    """What stands where lines were left out."""
    return dyed(f"! {count_text(count, 'line')} not shown", paint.mark, paint)
