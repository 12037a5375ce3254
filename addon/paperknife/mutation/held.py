"""Messages that wait for somebody's word: the seam between who keeps them and who asks a user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from paperknife.mutation.verdict import Verdict
from paperknife_decoders.message import Message

__all__ = ["ENDED", "Held", "Holder"]


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A message that is kept until `settle` is called, at most up to `until` (seconds of the event loop's clock).

    `message` is as those have left it who decided before it was kept. `settle` is given what is to become of it: of the
    verdict `content` goes on, the very `message.content` where it is to pass as it is, nothing where that is None. It
    may be called once, at any time, from the event loop; once the message is gone it does nothing.
    """

    message: Message
    rule: str
    until: float
    in_order: bool
    settle: Callable[[Verdict], None]
    by: Holder | None = None
    """Who is told of it, where that is nobody who asks the user."""
    behind: Callable[[], int] = lambda: 0
    """How many messages wait behind it at this moment."""


ENDED = "the connection has ended"
"""Why a message waits no more that goes nowhere; in all other cases it passes."""

ENDING = "the proxy ends"
"""Why a message passes that a script has kept, and nobody can decide on any more."""


class Holder(Protocol):
    """Is told of messages that are kept, and of those that did not wait for a word. It returns quickly."""

    def held(self, held: Held) -> None:
        """A message is kept."""

    def gone(self, held: Held, why: str) -> None:
        """It waits no more without a word from anybody; `why` is a phrase such as "its time was over"."""
