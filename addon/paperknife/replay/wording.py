"""What is told of a replay, in sentences: a client that connects, a request that nobody recorded, the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paperknife.live.line import payload_label
from paperknife.replay.conditions import Request
from paperknife.replay.moves import Missed
from paperknife.replay.visit import Visit
from paperknife_decoders.difference import Difference
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.printable import printable
from paperknife_decoders.schema.loaded import counted
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary import summarize

__all__ = ["closed_text", "described", "missed_lines", "opened_text", "over_text", "stalled_text", "unlike_lines"]

WIDTH = 100
"""Columns of an envelope's summary."""
NOTHING = "nothing"
MOST_NAMED = 3
"""Requests that are named one by one."""


def described(envelope: Envelope, secrets: Secrets) -> str:
    """An envelope in a few words: its payload and its summary."""
    return printable(f"{payload_label(envelope)} {summarize(envelope, secrets, WIDTH)}".rstrip())


def opened_text(visit: Visit) -> str:
    """A client has connected."""
    recorded = visit.recorded
    return printable(f"#{visit.number} A client is answered as #{recorded.number} was, {recorded.connection.url}.")


def missed_lines(visit: Visit, missed: Missed, secrets: Secrets) -> Iterator[str]:
    """What came, what is nearest, and what differs."""
    yield f"#{visit.number} This was not recorded: {described(missed.envelope, secrets)}"
    if missed.nearest is None:
        yield "   No request is expected any more."
        return
    yield f"   The nearest that is expected: {described(missed.nearest.envelope, secrets)}"
    yield from unlike_lines(missed.differences, "recorded", "came")


def unlike_lines(differences: Iterable[Difference], expected: str, found: str) -> Iterator[str]:
    """Field by field what differs, indented."""
    for each in differences:
        yield f"     {each.path}: {expected} {each.expected or NOTHING}, {found} {each.found or NOTHING}"


def stalled_text(visit: Visit, needs: tuple[Request, ...], seconds: float, secrets: Secrets) -> str:
    """What the recording waits for."""
    named = "; ".join(described(each.envelope, secrets) for each in needs[:MOST_NAMED])
    more = f" and {len(needs) - MOST_NAMED} more" if len(needs) > MOST_NAMED else ""
    return f"#{visit.number} Waiting for {seconds:g} s for the client to send: {named}{more}"


def over_text(visit: Visit) -> str:
    """All was sent."""
    return f"#{visit.number} All that was recorded was sent."


def closed_text(visit: Visit) -> str:
    """How a connection went."""
    result = visit.result
    parts = [f"{counted(result.sent, 'message')} sent", f"{counted(result.met, 'request')} as recorded"]
    if result.miss_count:
        parts.append(f"{result.miss_count:,} not recorded")
    if result.left:
        parts.append(f"{counted(len(result.left), 'recorded one')} did not come")
    if not result.is_complete:
        parts.append("the recording was not over")
    return f"#{visit.number} closed: {', '.join(parts)}."
