"""WebSocket handshakes: where they are sent, and why one came to nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from http import HTTPStatus

from mitmproxy import http
from mitmproxy.proxy import server_hooks

from paperknife.proxy.audience import Audience
from paperknife.proxy.masking import Masking
from paperknife.settings.matching import Address
from paperknife.settings.modes import Mode, join_path
from paperknife_decoders.printable import printable

__all__ = ["Handshakes", "address_of", "url_of"]


SAID_BETTER = re.compile("certificate verify failed", re.IGNORECASE)
"""Errors of which `trust` tells what to do."""

REFUSED = re.compile(r"\[Errno (?P<number>\d+)\] Connect call failed \([^)]*\)")
NUMBER = re.compile(r"\[Errno [^]]*\] ")
SEVERAL = "Multiple exceptions: "
"""How asyncio says that it tried several addresses."""


class Handshakes:
    """Sends requests for ``/`` to the path of their mode, and says what goes wrong before a WebSocket is open."""

    def __init__(self, masking: Masking, audience: Audience, modes: Iterable[Mode] = ()) -> None:
        self.masking = masking
        self.audience = audience
        self.paths = {mode.spec: mode.path for mode in modes if mode.path}

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
            self.audience.notice(
                f"{self.url(flow)} answered {answer} where 101 was expected: no WebSocket there.", True
            )

    def error(self, flow: http.HTTPFlow) -> None:
        """Say why a WebSocket handshake came to nothing."""
        if flow.websocket is None and asks_for_websocket(flow) and flow.error and not SAID_BETTER.match(flow.error.msg):
            self.audience.notice(f"{self.url(flow)} could not be opened: {printable(flow.error.msg)}", True)

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """Say that the server could not be reached."""
        host, port, *_ = data.server.address or ("?", 0)
        reason = printable(reach_fault(data.server.error or "no reason given"))
        self.audience.notice(f"The server {printable(host)}:{port} could not be reached: {reason}.", True)

    def url(self, flow: http.HTTPFlow) -> str:
        """The URL of a flow, safe to show."""
        return self.masking.url(url_of(flow))


def reach_fault(error: str) -> str:
    """Why there was no connection, without numbers and Python's words; the addresses of a name fail for one reason."""
    said = REFUSED.sub(lambda found: os.strerror(int(found["number"])).lower(), error)
    reasons = NUMBER.sub("", said.removeprefix(SEVERAL)).rstrip(".")
    return " and ".join(dict.fromkeys(reasons.split(", "))) if said.startswith(SEVERAL) else reasons


def asks_for_websocket(flow: http.HTTPFlow) -> bool:
    """True for a request that opens a WebSocket (RFC 6455, section 4.1)."""
    return "websocket" in flow.request.headers.get("Upgrade", "").lower()


def address_of(flow: http.HTTPFlow) -> Address:
    """Where a WebSocket leads, to find its protocol by."""
    request = flow.request
    agreed = flow.response.headers.get("Sec-WebSocket-Protocol", "") if flow.response else ""
    return Address(request.host, request.port, request.path, agreed)


def url_of(flow: http.HTTPFlow) -> str:
    """The URL of a flow as a WebSocket client writes it, with all that is secret in it."""
    request = flow.request
    scheme, default_port = ("wss", 443) if request.scheme == "https" else ("ws", 80)
    host = f"[{request.host}]" if ":" in request.host else request.host
    port = "" if request.port == default_port else f":{request.port}"
    return f"{scheme}://{host}{port}{request.path}"
