"""Putting the lane in the place of mitmproxy's WebSocket layer, and taking it out again."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from mitmproxy.proxy import layer, mode_servers, server
from mitmproxy.proxy.layers import http, websocket
from mitmproxy.proxy.layers.http import _http1

from paperknife.proxy.lane.handler import LaneConnectionHandler
from paperknife.proxy.lane.layer import Lane
from paperknife.proxy.lane.telling import LaneHost
from paperknife.proxy.lane.upgrade import STOCK_MAKE_PIPE, make_pipe

__all__ = ["install", "uninstall", "unmet", "use_lane"]

STOCK_LAYER = websocket.WebsocketLayer
STOCK_HANDLER = mode_servers.ProxyConnectionHandler

SHAPE: tuple[tuple[str, Callable[[], bool]], ...] = (
    (
        "the HTTP layer looks WebsocketLayer up in its module at each upgrade",
        lambda: "websocket.WebsocketLayer(self.context, self.flow)" in inspect.getsource(http.HttpStream.flow_done),
    ),
    (
        "a layer is made from a context and a flow",
        lambda: list(inspect.signature(STOCK_LAYER.__init__).parameters) == ["self", "context", "flow"],
    ),
    (
        "layers are driven through _handle_event",
        lambda: "self._handle_event(event)" in inspect.getsource(STOCK_LAYER.handle_event),
    ),
    (
        "commands that the HTTP stream does not know pass through it",
        lambda: (
            inspect.getsource(http.HttpStream.passthrough).rstrip().endswith("else:\n                yield command")
        ),
    ),
    (
        "servers look ProxyConnectionHandler up in their module for each connection",
        lambda: "ProxyConnectionHandler(" in inspect.getsource(mode_servers.ServerInstance.handle_stream),
    ),
    (
        "the connection handler reads in handle_connection and drains in drain_writers",
        lambda: "await self.drain_writers()" in inspect.getsource(server.ConnectionHandler.handle_connection),
    ),
    (
        "a layer that waits for a hook has it in _paused",
        lambda: "self._paused = None" in inspect.getsource(layer.Layer.__init__),
    ),
    (
        "a hook's task runs handle_hook, which waits until the flow is resumed",
        lambda: (
            "await self.handle_hook(hook)" in inspect.getsource(server.ConnectionHandler.hook_task)
            and "await data.wait_for_resume()" in inspect.getsource(STOCK_HANDLER.handle_hook)
        ),
    ),
    (
        "every connection has a handler, a reader and a writer",
        lambda: {"handler", "reader", "writer"} <= set(server.ConnectionIO.__dataclass_fields__),
    ),
    (
        "an upgraded HTTP/1 connection hands on in make_pipe what it has received",
        lambda: "maybe_extract_at_most(len(self.buf))" in inspect.getsource(STOCK_MAKE_PIPE),
    ),
)
"""What the lane relies on in mitmproxy, in words and as a test."""


def unmet() -> list[str]:
    """What of it does not hold in the mitmproxy that is installed."""
    missing = []
    for words, holds in SHAPE:
        try:
            held = holds()
        except (AttributeError, OSError, TypeError):
            held = False
        if not held:
            missing.append(words)
    return missing


def install(host: LaneHost) -> None:
    """Use the lane for WebSockets, and its handler for connections, that are opened from now on."""
    lane: type[Lane] = type("Lane", (Lane,), {"host": host})
    websocket.WebsocketLayer = lane  # type: ignore[misc]
    mode_servers.ProxyConnectionHandler = LaneConnectionHandler  # type: ignore[misc]
    _http1.Http1Connection.make_pipe = make_pipe  # type: ignore[method-assign]


def use_lane(host: LaneHost, notice: Callable[[str, bool], None]) -> bool:
    """Install the lane if this mitmproxy has the shape that it relies on; False, and a warning, if not."""
    missing = unmet()
    if not missing:
        install(host)
        return True
    notice(
        "This mitmproxy is made differently from what paperknife's lane relies on, so mitmproxy's own, slower "
        f"WebSocket layer is used. Not met: {'; '.join(missing)}.",
        True,
    )
    return False


def uninstall(host: LaneHost) -> None:
    """Go back to mitmproxy's own where the lane installed is the host's; open connections stay as they are."""
    if getattr(websocket.WebsocketLayer, "host", None) is not host:
        return
    websocket.WebsocketLayer = STOCK_LAYER  # type: ignore[misc]
    mode_servers.ProxyConnectionHandler = STOCK_HANDLER  # type: ignore[misc]
    _http1.Http1Connection.make_pipe = STOCK_MAKE_PIPE  # type: ignore[method-assign]
