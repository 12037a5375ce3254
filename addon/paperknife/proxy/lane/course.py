"""One direction where rules have a say: what waits, what was passed, and the bytes of what goes on."""

from __future__ import annotations

import math

from paperknife.mutation.flow import Flow, Parcel
from paperknife.mutation.held import Held
from paperknife.mutation.verdict import Verdict
from paperknife.proxy.lane.way import COMPRESSED, Way
from paperknife_decoders.message import Direction, Fate, Message
from paperknife_decoders.trail import Trail

__all__ = ["Course", "Going"]


class Going:
    """A message on its way out: `content` is what goes on, None where nothing does; `original` what came as `raw`.

    `message` is the one that somebody decided on; one of our own has neither it nor `raw`. `serial` counts what came
    compressed in its direction. It goes out `copies` times more. `shown` tells that mitmproxy's interfaces have it
    already; `held` what somebody was asked about it, who has `settled` it.
    """

    __slots__ = (
        "content",
        "copies",
        "held",
        "hits",
        "message",
        "opcode",
        "original",
        "raw",
        "serial",
        "settled",
        "shown",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - a plain record
        self,
        opcode: int,
        content: bytes | None,
        original: bytes,
        raw: bytes = b"",
        hits: tuple[str, ...] = (),
        copies: int = 0,
        serial: int = 0,
        shown: bool = False,
        message: Message | None = None,
    ) -> None:
        self.message = message
        self.opcode = opcode
        self.content = content
        self.original = original
        self.raw = raw
        self.hits = hits
        self.copies = copies
        self.serial = serial
        self.shown = shown
        self.held: Held | None = None
        self.settled = False

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        if self.content is None:
            return Fate.DROPPED
        if not self.raw:
            return Fate.INJECTED
        return Fate.PASSED if self.content == self.original else Fate.CHANGED


class Course:
    """One direction. `heeded` tells that somebody may want its messages, `inbound` follows what came, as it came.

    No more is read from the sender before `stalled_until`. `answered` tells that the sender's close frame has come,
    `owes` that something of ours goes back to the sender because of what it has sent.
    """

    __slots__ = ("answered", "arrived", "departed", "flow", "heeded", "inbound", "owes", "stalled_until", "way")

    def __init__(self, way: Way) -> None:
        self.way = way
        self.flow: Flow[Going] = Flow()
        self.heeded = False
        self.inbound = Trail()
        self.stalled_until = -math.inf
        self.arrived = 0
        self.departed = 0
        self.answered = False
        self.owes = False

    @property
    def direction(self) -> Direction:
        """Its direction."""
        return self.way.direction

    @property
    def is_clear(self) -> bool:
        """True if what comes now need not wait for anything that came before it."""
        flow = self.flow
        return not flow.line and not flow.shuffled and flow.shut_until == -math.inf

    @property
    def is_plain(self) -> bool:
        """True if bytes that nobody wants may pass as they are."""
        return self.is_clear and self.way.deflater is None and not self.lacks

    @property
    def lacks(self) -> bool:
        """True if the receiver's window may lack a message that came before, and is kept or has been."""
        agreement = self.way.agreement
        return self.departed != self.arrived and agreement is not None and agreement.takeover

    def number(self, going: Going) -> None:
        """Count what came compressed. All else leaves the windows as they are, whatever it overtakes."""
        if going.raw[0] & COMPRESSED:
            self.arrived += 1
            going.serial = self.arrived

    def pass_on(self, messages: int) -> None:
        """So many came and have gone on at once."""
        self.arrived += messages
        self.departed = self.arrived

    def data_for(self, going: Going) -> bytes:
        """The bytes that it goes out as, in its place among what was sent before; without its copies."""
        way = self.way
        if going.content is None:
            if going.raw:
                way.disturb(going.raw)
                self.departed = max(self.departed, going.serial)
            return b""
        if not going.raw:
            return way.frame(going.opcode, going.content)
        if going.raw[0] & COMPRESSED and going.serial != self.departed + 1:
            way.disturb(going.raw)  # the receiver's window is not what the sender takes it for
        self.departed = max(self.departed, going.serial)
        return way.rewrite(going.opcode, going.content, going.raw, changed=going.content != going.original)

    def data_for_copy(self, going: Going) -> bytes:
        """The bytes of it once more."""
        assert going.content is not None
        if not going.raw:
            return self.way.frame(going.opcode, going.content)
        self.way.disturb(going.raw)
        return self.way.rewrite(going.opcode, going.content, going.raw, changed=going.content != going.original)

    def settle(self, parcel: Parcel[Going], verdict: Verdict, now: float) -> bool:
        """Somebody has decided on a message that is held; False where it is gone already."""
        going = parcel.item
        if parcel.gone or going.settled:
            return False
        going.settled = True
        going.content = verdict.content
        going.hits += verdict.hits
        going.copies = (going.copies + 1) * (verdict.copies + 1) - 1
        return self.flow.settle(parcel, now, verdict)
