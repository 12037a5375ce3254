"""What is to become of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from paperknife_decoders.message import Direction, Message, Opcode

if TYPE_CHECKING:
    from paperknife.mutation.held import Holder

__all__ = ["Changer", "CloseOrder", "Emission", "Hold", "Throttle", "Verdict"]


@dataclass(frozen=True, slots=True)
class Emission:
    """A message of our own, to either side, by a `rule`: it goes out in `direction`, `delay` seconds from now."""

    direction: Direction
    opcode: Opcode
    content: bytes
    delay: float = 0.0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """End the connection: with this code and reason on both sides (RFC 6455, section 7.4), or with no close frame."""

    code: int = 1000
    reason: str = ""
    abort: bool = False


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most so many of the messages that one rule takes go on in a second, or so many bytes; the others wait."""

    rule: str
    messages_per_second: float = 0.0
    bytes_per_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep a message until somebody lets it go on, at most `seconds`; with `in_order` all behind it wait too.

    Told of it is `by`, if that is given, and else whoever asks the user.
    """

    rule: str
    seconds: float = 300.0
    in_order: bool = False
    by: Holder | None = None


@dataclass(slots=True)  # not frozen, which would cost three microseconds for each message that is changed
class Verdict:
    """What is to become of one message. Nobody changes one.

    `content` is what goes on in its place, None where nothing does (it is dropped); the very bytes that came where that
    is what it holds. Then, for what goes on: it waits `delay` seconds, and all behind it in its direction with it,
    unless `overtaken`; it goes out `copies` times more; `window` messages behind it go first, if they come soon.
    `emissions` are sent besides. `stall` stops reading from the sender for so many seconds. `hits` are the names of the
    rules that have done something, `logs` sentences for the user.
    """

    content: bytes | None
    delay: float = 0.0
    overtaken: bool = False
    copies: int = 0
    window: int = 0
    throttle: Throttle | None = None
    hold: Hold | None = None
    stall: float = 0.0
    emissions: tuple[Emission, ...] = ()
    close: CloseOrder | None = None
    hits: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()


class Changer(Protocol):
    """Decides for one connection. Times are seconds of the event loop's clock."""

    def heeds(self, direction: Direction) -> bool:
        """False if no message of this direction can be of interest, whatever it holds.

        Nothing is held back there to be looked at. Asked when the connection opens and when a changer comes or goes.
        """

    def wants(self, direction: Direction, payloads: Sequence[str]) -> bool:
        """False if none of the messages with these payloads is of interest; asked once for a batch, so it is quick."""

    def consider(self, message: Message, now: float) -> Verdict | None:
        """What is to become of a message; None where it passes untouched. Never raises."""

    def opened(self, now: float) -> Verdict | None:
        """What is to be done when the connection opens; of a verdict without a message, all but `content`."""

    def closed(self, now: float) -> Verdict | None:
        """The connection has ended; of a verdict only `hits` and `logs` are of any use any more."""
