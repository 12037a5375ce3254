"""Who decides on a connection's messages, and what is asked for from outside of what passes."""

from __future__ import annotations

import time
from abc import abstractmethod

from mitmproxy.connection import Connection
from mitmproxy.proxy.layer import CommandGenerator

from paperknife.mutation.verdict import Changer, CloseOrder, Emission, Verdict
from paperknife.proxy.lane.relaying import Relaying
from paperknife.proxy.lane.ruling import Ruling
from paperknife.proxy.lane.way import Way

__all__ = ["Decided"]


class Decided(Relaying):
    """The part of a lane that knows who decides on its messages. Without a `ruling` nobody ever did.

    It is a `paperknife.proxy.lane.track.Carrier`.
    """

    ruling: Ruling | None = None
    up: Way
    down: Way

    def begin_ruling(self) -> CommandGenerator[None]:
        """The connection has opened: see who decides on its messages; what they send at once comes before any other."""
        self.track.carrier = self
        changer = self.host.changer(self.track)
        if changer is None:
            return
        self.use_changer(changer)
        assert self.ruling is not None
        now, ruling = time.monotonic(), self.ruling
        verdict = ruling.ask(lambda: changer.opened(now), default=None)
        if verdict is not None:
            ruling.follow_up(None, verdict, now)
            for course in ruling.courses.values():
                yield from self.send(course.way, ruling.due(course, now))
            ruling.arrange()

    def use_changer(self, changer: Changer | None) -> None:
        """Carry out what this one decides, from the next message on; nothing, where it is None."""
        if self.ruling is None and changer is not None:
            self.begin_carrying()
        if self.ruling is not None:
            self.ruling.use(changer)

    @abstractmethod
    def relay_ruled(self, way: Way, data: bytes) -> CommandGenerator[None]:
        """Relay a chunk."""

    @abstractmethod
    def pass_on_ruled(self, way: Way, data: bytes) -> bytes | None:
        """What to send for a chunk that nothing has to wait for; None where it has to take the way of `relay`."""

    @abstractmethod
    def send(self, way: Way, parts: list[bytes], *, whole: bool = True) -> CommandGenerator[None]:
        """Send bytes."""

    def begin_carrying(self) -> None:
        """From now on something may have to be carried out."""
        if not self.ended:
            self.ruling = Ruling(self, (self.up, self.down), lambda: self.host.wake(self.track))
            self.relay_data = self.relay_ruled  # type: ignore[method-assign]
            self.pass_on = self.pass_on_ruled  # type: ignore[method-assign]

    def send_by(self, emission: Emission) -> None:
        """Send a message of our own, once its delay is over."""
        self.carry_out(Verdict(None, emissions=(emission,)))

    def end_by(self, order: CloseOrder) -> None:
        """End the connection, behind what waits on it."""
        self.carry_out(Verdict(None, close=order))

    def carry_out(self, verdict: Verdict) -> None:
        """Do what is asked for from outside of what passes."""
        if self.ruling is None:
            self.begin_carrying()
        if self.ruling is not None and not self.ended:
            self.ruling.follow_up(None, verdict, time.monotonic())
            self.ruling.arrange()

    def hurry(self) -> None:
        """The proxy is about to end; called by a signal's handler, at any time."""
        if self.ruling is not None:
            self.ruling.is_hurried = True

    def give_up_waiting(self) -> None:
        """The proxy ends: what is kept for a script passes as it is, and all else that waits is told as dropped."""
        if self.ruling is not None:
            self.ruling.let_awaited_pass()
            self.host.wake(self.track)
            self.ruling.give_up_all()

    def end_ruling(self) -> None:
        """The connection has ended: tell of what waited, and those who decide."""
        ruling = self.ruling
        if ruling is None:
            return
        ruling.give_up_all()
        changer = ruling.changer
        if changer is not None:
            verdict = ruling.ask(lambda: changer.closed(time.monotonic()), default=None)
            for sentence in () if verdict is None else verdict.logs:
                self.host.say(self.track, sentence)

    def stalls(self, peer: Connection) -> bool:
        """True while nothing is to be read from a peer."""
        if self.ruling is None:
            return False
        now = time.monotonic()
        return any(each.way.source is peer and now < each.stalled_until for each in self.ruling.courses.values())

    def answers(self, peer: Connection) -> bool:
        """True, once each time, if something of ours goes back to a peer because of what it has sent."""
        for course in () if self.ruling is None else self.ruling.courses.values():
            if course.owes and course.way.source is peer:
                course.owes = False
                return True
        return False
