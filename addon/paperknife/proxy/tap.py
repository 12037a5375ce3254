"""The tap: open WebSockets on one side, connections and batches of messages for the audience on the other."""

from __future__ import annotations

import time

from mitmproxy import ctx, http
from mitmproxy.addonmanager import traverse
from mitmproxy.addons.dumper import Dumper
from mitmproxy.addons.intercept import Intercept
from mitmproxy.hooks import UpdateHook

from paperknife.proxy.audience import Audience
from paperknife.proxy.handshakes import shown_url
from paperknife.proxy.keeper import Keeper
from paperknife.proxy.lane.history import History
from paperknife.proxy.lane.track import Track
from paperknife.proxy.lane.violation import Violation
from paperknife.settings.reading import Loaded
from paperknife.traffic import Batch, Close, Connection
from paperknife_decoders.message import Direction, Fate, Message, Opcode

__all__ = ["LIMIT", "Tap"]

ABNORMAL = 1006
"""The close code for an end without a close frame (RFC 6455, section 7.4.1)."""

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
        self.aborts = True
        keeper.changed.append(self.use)

    def use(self, loaded: Loaded) -> None:
        """Read what comes from now on by a new protocol, on open connections too."""
        for live in self.live.values():
            live.reader.use(loaded.protocol)

    def refresh(self) -> None:
        """Bring mitmproxy's interfaces up to date, and see who listens to its hook; a few times a second."""
        self.hooked = hook_is_wanted()
        flows = []
        for live in self.live.values():
            if live.history.flush():
                flows.append(live.history.flow)
                self.say_trimmed(live)
        if flows:
            ctx.master.addons.trigger(UpdateHook(flows))

    def say_trimmed(self, live: Track) -> None:
        """Say once for each connection that the interfaces show only its last messages."""
        if live.history.trimmed and live.history.keep and ctx.master.addons.get("view"):
            live.history.trimmed = False
            if not live.history.said:
                live.history.said = True
                self.audience.notice(
                    f"Connection #{live.number}: mitmproxy's views keep the last {live.history.keep:,} messages or a "
                    "few more (paperknife_messages; 0 keeps all)."
                )

    # what the lane asks

    def track(self, flow: http.HTTPFlow) -> Track:
        """The connection of a flow."""
        return self.live[flow.id]

    def deliver(self, track: Track, batch: Batch, *, shown: bool) -> None:
        """Hand on a batch."""
        if not shown:
            track.history.add(batch)
        if track.connection.read:
            self.audience.tell(lambda consumer: consumer.messages(batch))

    def unread(self, track: Track, direction: Direction, violation: Violation) -> None:
        """Say that a direction passes unread from here on."""
        self.audience.notice(
            f"Connection #{track.number} {direction.arrow} passes unread from here on: {violation}.", warning=True
        )

    # mitmproxy's hooks

    def websocket_start(self, flow: http.HTTPFlow) -> None:
        """Announce a connection."""
        self.opened += 1
        request = flow.request
        host, port, *_ = flow.client_conn.peername
        connection = Connection(
            number=self.opened,
            url=shown_url(flow, self.keeper.reading.secrets),
            client=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            time_ns=time.time_ns(),
            subprotocol=flow.response.headers.get("Sec-WebSocket-Protocol", "") if flow.response else "",
            read=self.keeper.reading.matches(request.host, request.port, request.path),
        )
        self.live[flow.id] = Track(connection, self.keeper.protocol.reader(), History(flow, self.kept))
        self.audience.tell(lambda consumer: consumer.opened(connection))

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Hand on the newest message, where there is no lane."""
        if self.lane:
            return
        assert flow.websocket
        live = self.live[flow.id]
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
        connection = self.live.pop(flow.id).connection
        code, by_client = flow.websocket.close_code, flow.websocket.closed_by_client
        close = Close(
            code=ABNORMAL if code is None else int(code),
            reason=flow.websocket.close_reason or "",
            by=None if by_client is None else Direction.CLIENT if by_client else Direction.SERVER,
            time_ns=time.time_ns(),
        )
        self.audience.tell(lambda consumer: consumer.closed(connection, close))


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
