"""The tap: mitmproxy's WebSocket hooks on one side, connections and messages on the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus

from mitmproxy import http
from mitmproxy.proxy import server_hooks

from paperknife.proxy.keeper import Keeper
from paperknife.settings.modes import Mode, join_path
from paperknife.settings.reading import Loaded
from paperknife.traffic import Batch, Close, Connection, Consumer
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Reader
from paperknife_decoders.secrets import mask_url

__all__ = ["Tap", "socket_url"]

logger = logging.getLogger(__name__)

ABNORMAL = 1006
"""The close code for an end without a close frame (RFC 6455, section 7.4.1)."""


def socket_url(flow: http.HTTPFlow) -> str:
    """The URL of a flow as a WebSocket client writes it: ``wss://host/path``."""
    request = flow.request
    scheme, default_port = ("wss", 443) if request.scheme == "https" else ("ws", 80)
    host = f"[{request.host}]" if ":" in request.host else request.host
    port = "" if request.port == default_port else f":{request.port}"
    return f"{scheme}://{host}{port}{request.path}"


class Tap:
    """Announces WebSocket connections and their messages to consumers.

    `modes` are the proxy modes as the user gave them; a request for ``/`` is sent to the path of its mode. A consumer
    that raises is told of once and left out from then on: the traffic goes on.
    """

    def __init__(self, keeper: Keeper, consumers: Iterable[Consumer], modes: Iterable[Mode] = ()) -> None:
        self.keeper = keeper
        self.consumers = list(consumers)
        self.paths = {mode.spec: mode.path for mode in modes if mode.path}
        self.live: dict[str, tuple[Connection, Reader]] = {}
        self.opened = 0
        keeper.changed.append(self.use)

    def use(self, loaded: Loaded) -> None:
        """Read what comes from now on by a new protocol, on open connections too."""
        for _, reader in self.live.values():
            reader.use(loaded.protocol)

    def tell(self, call: Callable[[Consumer], None]) -> None:
        """Call every consumer; one that fails is taken out, with its traceback in the log."""
        for consumer in self.consumers[:]:
            try:
                call(consumer)
            except Exception:
                self.consumers.remove(consumer)
                logger.exception("%s failed and gets no more messages; the traffic goes on.", type(consumer).__name__)

    def notice(self, text: str, warning: bool = False) -> None:
        """Pass one sentence for the user to every consumer."""
        self.tell(lambda consumer: consumer.notice(text, warning=warning))

    # mitmproxy's hooks

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Send a WebSocket request for ``/`` to the path that the mode names."""
        path = self.paths.get(flow.client_conn.proxy_mode.full_spec, "")
        if path and asks_for_websocket(flow):
            flow.request.path = join_path(flow.request.path, path)

    def response(self, flow: http.HTTPFlow) -> None:
        """Say so when a server answers a WebSocket handshake with something else."""
        assert flow.response
        if asks_for_websocket(flow) and flow.response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            answer = printable(f"{flow.response.status_code} {flow.response.reason}".strip())
            self.notice(f"{self.shown_url(flow)} answered {answer} where 101 was expected: no WebSocket there.", True)

    def error(self, flow: http.HTTPFlow) -> None:
        """Say why a WebSocket handshake came to nothing."""
        if flow.websocket is None and asks_for_websocket(flow) and flow.error:
            self.notice(f"{self.shown_url(flow)} could not be opened: {printable(flow.error.msg)}", True)

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Say that the server could not be reached."""
        host, port, *_ = data.server.address or ("?", 0)
        reason = printable(str(data.server.error or "no reason given"))
        self.notice(f"The server {printable(host)}:{port} could not be reached: {reason}", True)

    def websocket_start(self, flow: http.HTTPFlow) -> None:
        """Announce a connection."""
        self.opened += 1
        request = flow.request
        host, port, *_ = flow.client_conn.peername
        read = self.keeper.reading.matches(request.host, request.port, request.path)
        connection = Connection(
            number=self.opened,
            url=self.shown_url(flow),
            client=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            time_ns=time.time_ns(),
            subprotocol=flow.response.headers.get("Sec-WebSocket-Protocol", "") if flow.response else "",
            read=read,
        )
        self.live[flow.id] = connection, self.keeper.protocol.reader()
        self.tell(lambda consumer: consumer.opened(connection))

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Hand on the newest message."""
        assert flow.websocket
        connection, reader = self.live[flow.id]
        if not connection.read:
            return
        newest = flow.websocket.messages[-1]
        message = Message(
            connection.number,
            Direction.CLIENT if newest.from_client else Direction.SERVER,
            int(newest.timestamp * 1e9),
            Opcode(newest.type),
            newest.content,
            reader,
        )
        batch = Batch.of(message)
        self.tell(lambda consumer: consumer.messages(batch))

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """Announce the end of a connection."""
        assert flow.websocket
        connection, _ = self.live.pop(flow.id)
        code, by_client = flow.websocket.close_code, flow.websocket.closed_by_client
        close = Close(
            code=ABNORMAL if code is None else int(code),
            reason=flow.websocket.close_reason or "",
            by=None if by_client is None else Direction.CLIENT if by_client else Direction.SERVER,
            time_ns=time.time_ns(),
        )
        self.tell(lambda consumer: consumer.closed(connection, close))

    def shown_url(self, flow: http.HTTPFlow) -> str:
        """The URL of a flow with secrets masked and control characters escaped."""
        return printable(mask_url(socket_url(flow), self.keeper.reading.secrets))


def asks_for_websocket(flow: http.HTTPFlow) -> bool:
    """True for a request that opens a WebSocket (RFC 6455, section 4.1)."""
    return "websocket" in flow.request.headers.get("Upgrade", "").lower()
