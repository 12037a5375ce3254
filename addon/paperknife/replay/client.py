"""A recording spoken again by us as the client, to any server, and what is not as it was then."""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol as Interface

from websockets.exceptions import WebSocketException

from paperknife.recording.reading import RecordingError
from paperknife.replay.blanks import Fillings
from paperknife.replay.call import Call, CannotReplay, call_for, connecting, reason_of, shown_url
from paperknife.replay.comparison import Comparison, Terms
from paperknife.replay.farewell import abort
from paperknife.replay.findings import Findings
from paperknife.replay.play_options import PlayOptions, PlayPace
from paperknife.replay.player import Player, PlayListener
from paperknife.replay.speech import Speech
from paperknife.replay.streams import chosen_streams
from paperknife.replay.supply import Supply
from paperknife.replay.survey import ConnectionSurvey, Survey
from paperknife.replay.timeline import Act, Session, as_it_left, as_server_saw
from paperknife_decoders.learning import Learned
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.volatile import volatile_of

__all__ = ["ClientListener", "ClientOptions", "Outcome", "replay"]

MOST_AT_ONCE = 256
"""Connections that are open at a time."""


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Where to, and what counts.

    `to` is a URL; without a path the recorded path is asked for, without a query the recorded query. `headers` take the
    place of recorded ones. `ignore` are paths of fields that do not count; `slowdown` is the factor beyond which an
    answer is late. `streams` None goes by the rule of `paperknife.replay.streams`. `via` is the URL of a proxy.
    """

    to: str
    play: PlayOptions = field(default_factory=PlayOptions)
    ignore: tuple[str, ...] = ()
    slowdown: float | None = None
    streams: frozenset[str] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    via: str | None = None
    tls: ssl.SSLContext | None = None


class ClientListener(PlayListener, Interface):
    """Is told what happens."""

    def connected(self, number: int, url: str) -> None:
        """A connection is open."""


@dataclass(slots=True)
class Outcome:
    """How it went: connections, messages that were sent, that were expected, that came, and that were as recorded.

    Where it was interrupted: `cut` of the connections were not at their end by then, and on them `pending` messages had
    not come yet, and `unplaced` ones had come whose place in the recording was not known yet.
    """

    findings: Findings = field(default_factory=Findings)
    connections: int = 0
    sent: int = 0
    expected: int = 0
    found: int = 0
    same: int = 0
    cut: int = 0
    pending: int = 0
    unplaced: int = 0

    def add(self, comparison: Comparison, sent: int) -> None:
        """One more connection, at its end."""
        self.connections += 1
        self.sent += sent
        self.expected += comparison.expected_count
        self.found += comparison.found_count
        self.same += comparison.same_count

    def interrupted(self, comparison: Comparison, player: Player) -> None:
        """A connection that is left before its end."""
        comparison.interrupt(player.given_up_ns)
        self.add(comparison, player.sent)
        self.cut += 1
        self.pending += comparison.pending
        self.unplaced += comparison.unplaced


async def replay(  # noqa: PLR0913, PLR0917 - each is a part of its own
    session: Session,
    survey: Survey,
    options: ClientOptions,
    fillings: Fillings,
    listener: ClientListener,
    outcome: Outcome | None = None,
) -> Outcome:
    """Speak all connections of `survey` again. Raises `CannotReplay`, `MissingSecret` before anything is sent.

    Where it is cancelled `outcome` holds what was compared by then.
    """
    calls = [call_for(each, options.to, options.headers, fillings) for each in survey.connections.values()]
    fillings.settle(dict.fromkeys(field for each in survey.connections.values() for field in each.secrets))
    outcome = Outcome() if outcome is None else outcome
    replaying = Replaying(session, survey, options, fillings, listener, outcome)
    try:
        async with asyncio.TaskGroup() as tasks:
            for call in calls:
                tasks.create_task(replaying.speak(call))
    except* (CannotReplay, RecordingError) as errors:
        raise errors.exceptions[0] from None
    return outcome


class Replaying:
    """All connections of one replay, each as it was to the others."""

    def __init__(  # noqa: PLR0913, PLR0917 - each is a part of its own
        self,
        session: Session,
        survey: Survey,
        options: ClientOptions,
        fillings: Fillings,
        listener: ClientListener,
        outcome: Outcome,
    ) -> None:
        self.survey = survey
        self.options = options
        self.fillings = fillings
        self.listener = listener
        self.outcome = outcome
        self.streams = chosen_streams(options.streams, survey.streams)
        self.supply = Supply(session, survey.connections, as_server_saw)
        self.seats = asyncio.Semaphore(MOST_AT_ONCE)
        self.over = {number: asyncio.Event() for number in survey.connections}
        self.first_ns = min((each.recorded.connection.time_ns for each in survey.connections.values()), default=0)

    async def speak(self, call: Call) -> None:
        """One connection, when its time has come."""
        number = call.survey.recorded.number
        try:
            await self._turn(call.survey)
            async with self.seats:
                await self.supply.read(number)
                with self.supply.acts(number) as acts:
                    await self._converse(call, as_they_left(acts))
        finally:
            self.over[number].set()

    async def _turn(self, survey: ConnectionSurvey) -> None:
        """Wait for the connections that were over by then, and for the time that had passed."""
        begin_ns = survey.recorded.connection.time_ns
        play = self.options.play
        if play.pace is not PlayPace.FAST and play.speed != math.inf:
            await asyncio.sleep(min((begin_ns - self.first_ns) / 1e9, play.longest_gap) / play.speed)
        for number, each in self.survey.connections.items():
            if each.closed_ns is not None and each.closed_ns < begin_ns:
                await self.over[number].wait()

    async def _converse(self, call: Call, acts: Iterator[Act]) -> None:
        survey, options = call.survey, self.options
        recorded = survey.recorded
        protocol = survey.protocol or Protocol()
        volatile = volatile_of(protocol, options.ignore)
        with_rates = options.play.pace is not PlayPace.FAST and options.play.speed == 1
        learned = Learned(protocol)
        comparison = Comparison(
            recorded.number,
            Terms(volatile, self.streams, options.slowdown, with_rates),
            self.outcome.findings,
            lambda expected, found: learned.learn(expected, found, Direction.SERVER),
        )
        speech = Speech(learned, self.fillings)
        player = Player(survey, acts, protocol, comparison, speech, options.play, self.listener)
        connection = connecting(call, options.via, options.tls, options.play.patience)
        try:
            live = await connection
        except (OSError, WebSocketException, ValueError) as error:
            through = f" through {shown_url(options.via)}" if options.via else ""
            raise CannotReplay(f"Cannot connect to {shown_url(call.url)}{through}: {reason_of(error)}.") from None
        self.listener.connected(recorded.number, call.url)
        try:
            await player.run(live)
        except asyncio.CancelledError:  # Ctrl-C: a server that does not answer our close frame is not waited for
            abort(live)
            self.outcome.interrupted(comparison, player)
            raise
        finally:
            await live.close()
        comparison.finish()
        self.outcome.add(comparison, player.sent)


def as_they_left(acts: Iterator[Act]) -> Iterator[Act]:
    """The same, what the server had said as it had said it."""
    for act in acts:
        yield act if not isinstance(act, Message) else as_it_left(act, Direction.SERVER)
