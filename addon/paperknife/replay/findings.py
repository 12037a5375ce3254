"""What is not as it was: findings, of which only so many are kept, while all are counted."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field

from paperknife_decoders.difference import Difference
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction
from paperknife_decoders.secrets import NO_SECRETS, Secrets

__all__ = ["MOST", "Finding", "Findings", "Kind"]

MOST = 1000
"""Findings that are kept; of all others only the number is known."""


class Kind(enum.Enum):
    """What is not as it was."""

    CHANGED = "changed"
    """It came, and is not the same."""
    MISSING = "missing"
    """It did not come."""
    EXTRA = "extra"
    """It came, and was not recorded."""
    DOUBLED = "doubled"
    """It came once more than it was recorded."""
    ORDER = "order"
    """It came, at another place."""
    LATE = "late"
    """It took too long."""
    RATE = "rate"
    """A stream is faster or slower."""
    CLOSED = "closed"
    """The connection ended in another way."""
    STOPPED = "stopped"
    """It could not be compared to its end."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was, on a connection, so many seconds after its first message.

    `label` names what it is about: a payload, or the connection. `asked` is the request that it answers. `text` says
    what the envelopes do not.
    """

    kind: Kind
    connection: int
    seconds: float
    label: str
    direction: Direction = Direction.SERVER
    asked: Envelope | None = None
    expected: Envelope | None = None
    found: Envelope | None = None
    differences: tuple[Difference, ...] = ()
    text: str = ""
    secrets: Secrets = NO_SECRETS
    more: int = 0
    """Differences that are not among `differences`."""


@dataclass(slots=True)
class Findings:
    """All that is not as it was."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """One more."""
        self.counts[finding.kind] += 1
        if len(self.kept) < MOST:
            self.kept.append(finding)

    @property
    def total(self) -> int:
        """How many there are."""
        return self.counts.total()

    @property
    def more(self) -> int:
        """How many are not kept."""
        return self.total - len(self.kept)

    def in_order(self) -> list[Finding]:
        """Those that are kept, of each connection in the order in which they came."""
        return sorted(self.kept, key=lambda each: (each.connection, each.seconds))
