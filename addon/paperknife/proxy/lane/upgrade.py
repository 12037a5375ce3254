"""What comes right behind the handshake, in the same packet."""

from __future__ import annotations

from http import HTTPStatus

from mitmproxy.proxy import events
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import _http1

__all__ = ["STOCK_MAKE_PIPE", "make_pipe"]

STOCK_MAKE_PIPE = _http1.Http1Connection.make_pipe


def make_pipe(self: _http1.Http1Connection) -> CommandGenerator[None]:
    """Pass on all that was received already; for ``Http1Connection.make_pipe``.

    mitmproxy cuts line feeds off its beginning, as some clients send them behind a CONNECT. Behind an upgrade such a
    byte is the beginning of a frame, if of an illegal one: the endpoint has to see it to refuse it.
    """
    if self.response is None or self.response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        yield from STOCK_MAKE_PIPE(self)
        return
    self.state = self.passthrough
    received = self.buf.maybe_extract_at_most(len(self.buf)) if self.buf else None
    if received:
        yield from self.state(events.DataReceived(self.conn, bytes(received)))
