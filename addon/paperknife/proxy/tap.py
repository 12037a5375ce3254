"""The tap: open WebSockets on one side, connections and batches of messages for the audience on the other."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from types import ModuleType

from mitmproxy import ctx, http
from mitmproxy.addonmanager import traverse
from mitmproxy.addons.dumper import Dumper
from mitmproxy.addons.intercept import Intercept
from mitmproxy.flow import Error
from mitmproxy.hooks import UpdateHook

from paperknife.mutation.held import Holder
from paperknife.mutation.recent import Recent
from paperknife.mutation.verdict import Changer
from paperknife.proxy.audience import Audience
from paperknife.proxy.handshakes import address_of, url_of
from paperknife.proxy.keeper import Keeper
from paperknife.proxy.lane.history import History
from paperknife.proxy.lane.injection import Abort, Injected
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.violation import Violation
from paperknife.proxy.lane.waking import Woken
from paperknife.proxy.masking import Masking
from paperknife.proxy.unlearned import Unlearned, Waits
from paperknife.settings.reading import Loaded
from paperknife.traffic import ABNORMAL, Batch, Close, Connection, Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode

__all__ = ["LIMIT", "Tap"]

logger = logging.getLogger(__name__)

OURS_AND_STOCK = ("mitmproxy.", "paperknife.")
"""What the modules of addons begin with that look at no message of an open connection by themselves."""

LIMIT = 16 << 20
"""A message of more bytes than this is not decoded."""

SHOWN = 1000
"""So many messages of a connection are kept for mitmproxy's own interfaces."""


class Tap:
    """Announces connections and hands on what passes on them.

    With the lane (`paperknife.proxy.lane.layer`) it is told of batches; without it, it sits in mitmproxy's hooks.
    """

    def __init__(self, keeper: Keeper, audience: Audience) -> None:
        self.keeper = keeper
        self.audience = audience
        self.live: dict[str, Track] = {}
        self.opened = 0
        self.lane = False
        self.limit = LIMIT
        self.kept = SHOWN
        self.hooked = False
        self.looked_at = True
        self.masking = Masking(keeper.reading, lambda text: audience.notice(text, warning=True))
        self.unlearned = Unlearned(self.masking.learn)
        audience.mask = self.mask
        self.ending = False
        """We are about to end what connections there are."""
        self.holder: Holder | None = None
        self.recent: Recent | None = None
        """The last messages, where a user may ask for them."""
        self.changers: Callable[[Track], Changer | None] = nobody
        keeper.changed.append(self.use)

    def use(self, loaded: Loaded) -> None:
        """Read what comes from now on by a new protocol, on open connections too."""
        self.masking.use(self.keeper.reading)
        for live in self.live.values():
            live.reader.use(loaded.for_connection(address_of(live.history.flow)))

    def refresh(self) -> None:
        """Bring mitmproxy's interfaces up to date, and see who listens to its hook; a few times a second."""
        self.see_listeners()
        flows = []
        for live in self.live.values():
            if live.history.flush():
                flows.append(live.history.flow)
                self.say_trimmed(live)
            if live.lane and live.history.flow.error is not None:
                self.end_killed(live)
        if flows:
            ctx.master.addons.trigger(UpdateHook(flows))

    def give_up_waiting(self) -> None:
        """The proxy ends: nobody waits any longer on any connection."""
        for live in self.live.values():
            if live.carrier is not None:
                live.carrier.give_up_waiting()

    def connections(self) -> list[Connection]:
        """Those that are open."""
        return [live.connection for live in self.live.values()]

    def see_listeners(self) -> None:
        """See who listens to mitmproxy's hook for messages at this moment, and whether anybody looks at its list."""
        self.hooked = hook_is_wanted()
        self.looked_at = not self.kept or self.hooked or somebody_looks()

    def keep(self, messages: int) -> None:
        """Have mitmproxy's interfaces keep so many messages of each connection, of open ones too; 0 for all."""
        self.kept = messages
        self.looked_at = self.looked_at or not messages
        for live in self.live.values():
            live.history.use(messages)

    def say_trimmed(self, live: Track) -> None:
        """Say once for each connection that the interfaces show only its last messages."""
        if live.history.trimmed and live.history.keep and ctx.master.addons.get("view"):
            self.say_once(
                live,
                f"mitmproxy's views keep the last {live.history.keep:,} messages or a few more, and fewer large ones "
                "(paperknife_messages; 0 keeps all).",
            )

    def say_once(self, live: Track, text: str, *, warning: bool = False) -> None:
        """Make a remark on a connection, the first time."""
        if text not in live.said:
            live.said.add(text)
            self.audience.notice(f"Connection #{live.number}: {text}", warning=warning)

    def end_killed(self, live: Track) -> None:
        """End a connection that was killed; mitmproxy itself does not where no hook holds it."""
        flow = live.history.flow
        if flow.error is not None and flow.error.msg == Error.KILLED_MESSAGE:
            with contextlib.suppress(ValueError):  # it has ended by itself
                ctx.master.addons.get("proxyserver").inject_event(Injected(flow, Abort()))

    # what the lane asks

    def track(self, flow: http.HTTPFlow) -> Track:
        """The connection of a flow, which a lane relays."""
        if flow.id not in self.live:
            self.websocket_start(flow)
        track = self.live[flow.id]
        track.lane = True
        return track

    def deliver(self, track: Track, batch: Batch, *, shown: bool) -> None:
        """Hand on a batch."""
        if self.looked_at and not shown:
            track.history.add(batch)
        if track.connection.read:
            batch.follow(track.trail)
            if self.recent is not None:
                self.recent.add(batch)
            masked = self.masking.batch(batch)
            if batch.before:
                track.told.keep_to(batch.direction, batch.before[0])
            masked.follow(track.told)
            self.audience.tell(lambda consumer: consumer.messages(masked))

    def deliver_piece(self, track: Track, piece: Piece) -> None:
        """Hand on a part of a message beyond the limit."""
        if self.looked_at:
            track.history.add_piece(piece)
        if track.connection.read:
            track.trail.lose(piece.direction)
            track.told.lose(piece.direction)
            self.audience.tell_pieces(self.masking.piece(piece))
        if self.hooked:
            self.say_once(
                track,
                f"a message of more than {self.limit:,} bytes passes without mitmproxy's addons or interception "
                "(paperknife_limit).",
                warning=True,
            )

    def unread(self, track: Track, direction: Direction, reason: Violation | Exception) -> None:
        """Say that a direction passes unread from here on."""
        why = str(reason)
        if not isinstance(reason, Violation):
            why = f"a fault in paperknife, {type(reason).__name__}: {reason}; please report it"
            logger.error("Connection #%s", track.number, exc_info=reason)
        self.audience.notice(
            f"Connection #{track.number} {direction.arrow} passes unread from here on: {why}.", warning=True
        )

    # what is said

    def mask(self, text: str) -> str:
        """A sentence without any secret that has come up to now, also in what waits."""
        self.unlearned.learn()
        return self.masking.text(text)

    def comes(self, batch: Batch | None) -> None:
        """What came is being decided on, and told of later; None once that is over."""
        self.unlearned.at_hand = batch

    def waits(self, message: Message, parcel: Waits) -> None:
        """A message that came is told of only when it goes on."""
        self.unlearned.add(message, parcel)

    # who decides on messages

    def changer(self, track: Track) -> Changer | None:
        """Who decides on the messages of a connection that has opened."""
        return self.changers(track) if track.connection.read else None

    def use_changers(self, changers: Callable[[Track], Changer | None]) -> None:
        """Have messages decided on by these from now on, on open connections too."""
        self.changers = changers
        for live in self.live.values():
            if live.carrier is not None:
                live.carrier.use_changer(self.changer(live))

    def wake(self, track: Track) -> None:
        """Have a lane look at what is due."""
        flow = track.history.flow
        with contextlib.suppress(ValueError):  # it has ended by itself
            ctx.master.addons.get("proxyserver").inject_event(Woken(flow))

    def say(self, track: Track, text: str, *, warning: bool = False) -> None:
        """A sentence on a connection."""
        self.audience.notice(f"Connection #{track.number}: {text}", warning=warning)

    def failed(self, track: Track, error: Exception) -> None:
        """Say once for each connection that what decides on messages has failed."""
        text = f"a rule failed with {type(error).__name__}: {error}; such messages pass as they came."
        if text not in track.said:
            logger.error("Connection #%s", track.number, exc_info=error)
        self.say_once(track, text, warning=True)

    # mitmproxy's hooks

    def websocket_start(self, flow: http.HTTPFlow) -> None:
        """Announce a connection."""
        self.see_listeners()
        self.opened += 1
        request = flow.request
        answered = flow.response.headers if flow.response else http.Headers()
        host, port, *_ = flow.client_conn.peername
        connection = Connection(
            number=self.opened,
            url=self.masking.url(url_of(flow)),
            client=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            time_ns=time.time_ns(),
            subprotocol=self.masking.subprotocol(answered.get("Sec-WebSocket-Protocol", "")),
            read=self.keeper.reading.matches(request.host, request.port, request.path),
            handshake=self.masking.handshake(request.headers.items(multi=True), answered.items(multi=True)),
        )
        reader = self.keeper.protocol_for(address_of(flow)).reader(request.path)
        self.live[flow.id] = Track(connection, reader, History(flow, self.kept))
        self.audience.tell(lambda consumer: consumer.opened(connection))

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Hand on the newest message, where there is no lane."""
        live = self.live.get(flow.id)
        if live is None or live.lane:  # None: it was opened before we were loaded
            return
        assert flow.websocket
        newest = flow.websocket.messages[-1]
        fate = Fate.INJECTED if newest.injected else Fate.DROPPED if newest.dropped else Fate.PASSED
        message = Message(
            live.number,
            Direction.CLIENT if newest.from_client else Direction.SERVER,
            int(newest.timestamp * 1e9),
            Opcode(newest.type),
            newest.content,
            live.reader,
            fate,
        )
        self.deliver(live, Batch.of(message), shown=True)
        live.history.trim(flow.websocket.messages)

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """Announce the end of a connection."""
        assert flow.websocket
        live = self.live.pop(flow.id, None)
        if live is None:
            return
        connection = live.connection
        self.audience.tell_pieces(self.masking.forget(connection.number))
        data, by = flow.websocket, None
        code = ABNORMAL if data.close_code is None else int(data.close_code)
        reason = "" if code == ABNORMAL else data.close_reason or ""
        if code == ABNORMAL and self.ending:
            reason = "paperknife ended"
        elif data.closed_by_client is not None:
            by = Direction.CLIENT if data.closed_by_client else Direction.SERVER
        close = Close(code, self.masking.peer_text(reason), by, time.time_ns())
        self.audience.tell(lambda consumer: consumer.closed(connection, close))


def nobody(_: Track) -> None:
    """Who decides on messages where there are no rules."""


def somebody_looks() -> bool:
    """True where somebody may look at mitmproxy's list of messages: an interface, or an addon that is not its own.

    Nobody else can, and to make mitmproxy's objects of a thousand messages takes a millisecond, and memory.
    """
    if ctx.master.addons.get("view") is not None:
        return True
    return any(not maker_of(addon).startswith(OURS_AND_STOCK) for addon in traverse(ctx.master.addons.chain))


def maker_of(addon: object) -> str:
    """The module that an addon comes from; a script is a module itself."""
    return addon.__name__ if isinstance(addon, ModuleType) else type(addon).__module__


def hook_is_wanted() -> bool:
    """True if somebody besides us acts on each message: another addon, interception, or mitmdump's own output."""
    options = ctx.options
    if "intercept_active" in options and options.intercept_active:
        return True
    for addon in traverse(ctx.master.addons.chain):
        if not hasattr(addon, "websocket_message") or isinstance(addon, Tap | Intercept):
            continue
        if not isinstance(addon, Dumper) or options.flow_detail:
            return True
    return False
