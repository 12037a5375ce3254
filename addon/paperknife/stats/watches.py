"""What of each payload is looked at: of most nothing, and so they need not be decoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paperknife.stats.fields import is_snapshot
from paperknife.stats.numbering import Numbering, numberings_of
from paperknife.stats.rates import Rate
from paperknife.stats.series import Series
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.pairing import Role, roles_of
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.values import Dynamic

__all__ = ["Bare", "Watch", "Watches"]

MOST_PAYLOADS = 5000
"""Names that are remembered: where several fields make one, a peer can set as many as it likes."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What there is to look at in the messages of one payload.

    `followed` reads numbers out of an envelope's message, and says which series they belong to. `is_simple` is True
    where these are all there is: they need the parsed message and nothing else of it.
    """

    followed: tuple[tuple[Numbering, Series], ...] = ()
    role: Role | None = None
    beats: bool = False
    renews: bool = False

    @property
    def is_simple(self) -> bool:
        return self.role is None and not self.beats and not self.renews

    def see_numbers(self, message: Dynamic, connection: int, time_ns: int, *, count: bool = True) -> None:
        """Follow the numbers in an envelope's message."""
        for numbering, series in self.followed:
            if numbering.one is not None:
                found = numbering.one(message)
                series.see(connection, time_ns, found[0], found[1:], False, count)
            else:
                for number, subject, renews in numbering.read(message):
                    series.see(connection, time_ns, number, subject, renews, count)

    def see_all_numbers(self, messages: Sequence[Dynamic], connection: int, time_ns: int) -> None:
        """Follow the numbers in many messages that came at one time."""
        for numbering, series in self.followed:
            if numbering.one is not None:
                series.see_all(connection, time_ns, map(numbering.one, messages))
                continue
            for message in messages:
                for number, subject, renews in numbering.read(message):
                    series.see(connection, time_ns, number, subject, renews)


@dataclass(frozen=True, slots=True)
class Bare:
    """How a bare envelope of one payload is measured: `parse` it for `watch`, None where there is nothing to see."""

    rate: Rate
    watch: Watch | None
    is_simple: bool


class Watches:
    """The watches of one protocol in one direction.

    `kind` is the type of bare envelopes, None where there are none. `series_for` and `rate_for` give what is counted
    with, by a numbering and by a payload's name.
    """

    def __init__(
        self,
        protocol: Protocol,
        direction: Direction,
        series_for: Callable[[Direction, Numbering], Series],
        rate_for: Callable[[Direction, str], Rate],
    ) -> None:
        self.protocol = protocol
        self.direction = direction
        self.kind = None if protocol.steps_for(direction) else protocol.type_for(direction)
        self.bare: dict[str, Bare] = {}
        self._series_for, self._rate_for = series_for, rate_for
        self._roles = roles_of(protocol.client, protocol.server, protocol.pairs)[direction]
        self._found: dict[tuple[EnvelopeType | None, str], Watch | None] = {}

    def of(self, kind: EnvelopeType | None, payload: str) -> Watch | None:
        """What to look at in a payload, None where there is nothing."""
        try:
            return self._found[kind, payload]
        except KeyError:
            if len(self._found) >= MOST_PAYLOADS:
                self._found.clear()
            found = self._found[kind, payload] = self._find(kind, payload)
            return found

    def of_bare(self, payload: str) -> Bare:
        """How bare envelopes of a payload are measured."""
        bare = self.bare.get(payload)
        if bare is None:
            watch = self.of(self.kind, payload)
            bare = Bare(self._rate_for(self.direction, payload), watch, watch is None or watch.is_simple)
            if len(self.bare) < MOST_PAYLOADS:
                self.bare[payload] = bare
        return bare

    def _find(self, kind: EnvelopeType | None, payload: str) -> Watch | None:
        if kind is None:
            return None
        renews = is_snapshot(payload)  # numbers in it say where others begin, and are none of their own
        numberings = () if renews else numberings_of(kind, payload)
        followed = tuple((numbering, self._series_for(self.direction, numbering)) for numbering in numberings)
        # Where there is no `oneof` it takes the fields of a message to say whether it is a heartbeat.
        beats = payload in self.protocol.heartbeats or (bool(self.protocol.heartbeats) and kind.oneof is None)
        role = self._roles.get(payload)
        return Watch(followed, role, beats, renews) if followed or role or beats or renews else None
