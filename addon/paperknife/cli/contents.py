"""What a recording holds, as a person reads it and as a JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from paperknife.live.amounts import clock_text, count_text, rfc3339_or_none, size_text, span_text
from paperknife.live.cells import squeeze
from paperknife.live.events import close_meaning
from paperknife.recording.summary import ConnectionSummary, PayloadCount, Summary
from paperknife_decoders.message import Direction
from paperknife_decoders.paint import PLAIN, Paint, dyed
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction import HandshakeMask, KnownSecrets
from paperknife_decoders.secret_text import mask_text
from paperknife_decoders.secrets import Secrets

__all__ = ["Contents", "without_secrets"]

MOST_ROWS = 30
"""Connections that are listed to be read; programs get all that there are."""

NAME_CELLS = 32

LEAST_COMPARED = 1_000_000
"""Bytes of messages from which on their share is telling: a small file consists of its schema."""

REDACTION = {
    "fields": "secrets are masked",
    "strict": "secrets are masked, what could not be read is blanked",
    "off": "nothing was masked: it may hold secrets",
}


def without_secrets(summary: Summary, session: Mapping[str, str]) -> Summary:
    """The summary as it may be shown: of a recording that was made with secrets, without those of its handshakes."""
    if session.get("redact") in ("fields", "strict"):
        return summary
    mask = HandshakeMask(KnownSecrets(), Secrets())
    rows = [
        replace(row, url=mask.url(row.url), subprotocol=mask.subprotocols(row.subprotocol))
        for row in summary.connections
    ]
    told = (replace(row, reason=mask.rest(mask_text(row.reason, mask.secrets))) for row in rows)
    return replace(summary, connections=tuple(told))


@dataclass(frozen=True, slots=True)
class Contents:
    """A recording: `file` as the user named it, `size` on disk in bytes (0: not known), `cut` why it is not whole."""

    file: str
    summary: Summary
    session: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    cut: str | None = None

    @property
    def duration_ns(self) -> int:
        """From the first to the last item."""
        return max(self.summary.end_ns - self.summary.start_ns, 0)

    def json_object(self) -> dict[str, Any]:
        """All of it. Times are RFC 3339, null where not known; sizes are in bytes, rates in messages per second."""
        summary = asdict(self.summary)
        del summary["start_ns"], summary["end_ns"]
        return {
            "file": self.file,
            "whole": self.cut is None,
            "cut": self.cut,
            "session": dict(self.session),
            "start": rfc3339_or_none(self.summary.start_ns),
            "end": rfc3339_or_none(self.summary.end_ns),
            "duration_s": self.duration_ns / 1e9,
            "size_on_disk": self.size or None,
            **summary,
            "connections": [self.connection_object(row) for row in self.summary.connections],
            "payloads": [asdict(row) | {"rate": self.rate(row.messages)} for row in self.summary.payloads],
        }

    def connection_object(self, row: ConnectionSummary) -> dict[str, Any]:
        """One connection."""
        known = asdict(row)
        opened, closed = known.pop("opened_ns"), known.pop("closed_ns")
        known |= {"opened": rfc3339_or_none(opened), "closed": rfc3339_or_none(closed)}
        if not row.code:
            known |= {"code": None, "by": None}
        return known

    def rate(self, messages: int) -> float | None:
        """Messages per second; None where the time is too short to tell."""
        return round(messages / (self.duration_ns / 1e9), 3) if self.duration_ns >= 10**6 else None

    def text(self, paint: Paint = PLAIN) -> str:
        """Several lines."""
        return "".join(f"{line}\n" for line in self.lines(paint))

    def lines(self, paint: Paint) -> Iterator[str]:
        """First what it is, then what is in it."""
        summary = self.summary
        name = "The standard input" if self.file == "-" else printable(self.file)
        yield f"{name}: {'whole' if self.cut is None else 'not whole'}, {self.size_text()}"
        if self.cut is not None:
            yield dyed(f"  ! {self.cut}", paint.mark, paint)
        for name, text in self.facts():
            yield f"  {dyed(f'{name:<10}', paint.dim, paint)} {text}"
        if summary.connections:
            yield ""
            yield from self.connection_lines(paint)
        if summary.payloads:
            yield ""
            yield from self.payload_lines(paint)

    def size_text(self) -> str:
        """On disk against raw."""
        raw = self.summary.size
        if not self.size:
            return f"{size_text(raw)} of messages"
        share = f" ({self.size / raw:.0%})" if raw >= LEAST_COMPARED else ""
        return f"{size_text(self.size)} on disk{share}, {size_text(raw)} of messages"

    def facts(self) -> Iterator[tuple[str, str]]:
        """What there is to say in a few words each."""
        summary, session = self.summary, self.session
        if summary.start_ns:
            yield (
                "time",
                f"{day_text(summary.start_ns)} to {clock_text(summary.end_ns)} ({span_text(self.duration_ns)})",
            )
        if program := session.get("program"):
            yield "made by", printable(program)
        if summary.schemas:
            yield "schema", ", ".join(map(printable, summary.schemas))
        yield "messages", ", ".join(self.message_facts())
        mode = session.get("redact", "")
        masked = f"{count_text(summary.masked, 'message')} with something masked" if summary.masked else ""
        if told := [word for word in (REDACTION.get(mode, ""), masked) if word]:
            yield "secrets", "; ".join(told)

    def message_facts(self) -> Iterator[str]:
        """How many messages of each sort."""
        summary = self.summary
        yield f"{summary.messages:,} ({size_text(summary.size)})"
        for count, words in (
            *((count, printable(fate)) for fate, count in summary.fates.items()),
            (summary.undecoded, "could not be decoded"),
            (summary.oversize, "beyond the limit"),
        ):
            if count:
                yield f"{count:,} {words}"
        if summary.controls:
            yield count_text(summary.controls, "control frame")
        if summary.warnings:
            yield count_text(summary.warnings, "warning")

    def connection_lines(self, paint: Paint) -> Iterator[str]:
        """A line for each connection."""
        rows = self.summary.connections
        yield dyed(f"   {count_text(self.summary.connection_count, 'connection')}", paint.dim, paint)
        for row in rows[:MOST_ROWS]:
            extras = f"  subprotocol {printable(row.subprotocol)}" if row.subprotocol else ""
            counts = f"-> {row.from_client:,} <- {row.from_server:,}"
            yield f"#{row.number} {printable(row.url) or '(opened before)'}{extras}  {counts}, {end_text(row)}"
        if self.summary.connection_count > len(rows[:MOST_ROWS]):
            yield f"   and {self.summary.connection_count - len(rows[:MOST_ROWS]):,} more"

    def payload_lines(self, paint: Paint) -> Iterator[str]:
        """A table of what passed."""
        rows = sorted(self.summary.payloads, key=lambda row: (row.direction != "client", -row.messages))
        width = min(max(14, *(len(row.payload) for row in rows)), NAME_CELLS)
        yield dyed(f"   {'payload':<{width}}    messages     bytes   messages/s", paint.dim, paint)
        for row in rows:
            yield f"{label(row, width, paint)}  {row.messages:>10,}  {size_text(row.size):>8}   {self.rate_text(row)}"

    def rate_text(self, row: PayloadCount) -> str:
        """Messages per second in ten columns."""
        rate = self.rate(row.messages)
        return f"{'-' if rate is None else f'{rate:,.0f}' if rate >= 10 else f'{rate:,.2f}':>10}"


def label(row: PayloadCount, width: int, paint: Paint) -> str:
    """A payload with its direction."""
    client = row.direction == Direction.CLIENT.value
    arrow = Direction.CLIENT.arrow if client else Direction.SERVER.arrow
    name = squeeze(printable(row.payload), width)
    return dyed(f"{arrow} {name:<{width}}", paint.client if client else paint.server, paint)


def end_text(row: ConnectionSummary) -> str:
    """How a connection ended."""
    if not row.code:
        return "open at the end"
    reason = f' "{printable(row.reason)}"' if row.reason else ""
    by = f" by the {printable(row.by)}" if row.by else ""
    return f"{row.code} {close_meaning(row.code)}{reason}{by} after {span_text(row.closed_ns - row.opened_ns)}"


def day_text(time_ns: int) -> str:
    """The local date and time to the second."""
    try:
        return f"{datetime.fromtimestamp(time_ns // 10**9):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return "(no time that a calendar has)"
