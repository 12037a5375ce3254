"""WebSocket handshakes: where they are sent, and why one came to nothing."""

from types import SimpleNamespace

import pytest
from mitmproxy import flow, http
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow, tutils

from paperknife.proxy.audience import Audience
from paperknife.proxy.handshakes import Handshakes, address_of, reach_fault, url_of
from paperknife.proxy.masking import Masking
from paperknife.settings.matching import Address
from paperknife.settings.modes import Mode, parse_mode
from paperknife.settings.reading import Reading


class Listener:
    """Remembers notices."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, bool]] = []

    def notice(self, text: str, *, warning: bool = False) -> None:
        self.notices.append((text, warning))


def handshakes(*modes: Mode) -> tuple[Handshakes, list[tuple[str, bool]]]:
    """The addon, and what the user is told."""
    listener = Listener()
    audience = Audience([listener])
    return Handshakes(Masking(Reading(), audience.notice), audience, modes), listener.notices


def asking(path: str, mode: str = "regular", *, upgrade: str = "WebSocket") -> http.HTTPFlow:
    """A flow of a request."""
    made = tflow.tflow(req=tutils.treq(path=path.encode(), host="h", port=443, scheme=b"https"))
    made.request.headers["Upgrade"] = upgrade
    made.client_conn.proxy_mode = ProxyMode.parse(mode)
    return made


MODES = [parse_mode("reverse:wss://h/v1"), parse_mode("reverse:wss://other/v2?a=b@9000"), parse_mode("regular")]

PATHS = [
    ("/", MODES[0].spec, "websocket", "/v1"),
    ("/?x=y", MODES[0].spec, "websocket", "/v1?x=y"),
    ("/", MODES[1].spec, "websocket", "/v2?a=b"),
    ("/?x=y", MODES[1].spec, "websocket", "/v2?a=b&x=y"),
    ("/v3", MODES[0].spec, "websocket", "/v3"),
    ("/", "regular", "websocket", "/"),
    ("/", MODES[0].spec, "h2c", "/"),
    ("/", MODES[0].spec, "", "/"),
]


@pytest.mark.parametrize(("asked", "mode", "upgrade", "sent"), PATHS)
def test_a_request_for_the_root_goes_to_the_path_of_its_mode(asked: str, mode: str, upgrade: str, sent: str) -> None:
    """Each mode has its own; requests for other paths, and those for no WebSocket, pass as they are."""
    addon, _ = handshakes(*MODES)
    made = asking(asked, mode, upgrade=upgrade)
    addon.requestheaders(made)
    assert made.request.path == sent


@pytest.mark.parametrize(
    ("status", "reason", "upgrade", "said"),
    [
        (404, "Not Found", "websocket", "wss://h/v1?token=[redacted] answered 404 Not Found where 101 was expected"),
        (200, "", "websocket", "answered 200 where 101 was expected"),
        (403, "\x1b[31m", "websocket", "answered 403 \\x1b[31m where"),
        (101, "Switching Protocols", "websocket", None),
        (404, "Not Found", "", None),
    ],
)
def test_another_answer_than_101_is_told(status: int, reason: str, upgrade: str, said: str | None) -> None:
    """With the URL, its secrets masked, and the answer, its control characters escaped."""
    addon, notices = handshakes()
    made = asking("/v1?token=geheim", upgrade=upgrade)
    made.response = http.Response.make(status)
    made.response.reason = reason
    addon.response(made)
    if said is None:
        assert notices == []
    else:
        ((text, warning),) = notices
        assert said in text
        assert warning


def test_a_failure_is_told_with_its_reason() -> None:
    """A connection that broke off, and a server that could not be reached."""
    addon, notices = handshakes()
    made = asking("/v1")
    made.error = flow.Error("server \x07disconnected")
    addon.error(made)
    addon.server_connect_error(SimpleNamespace(server=SimpleNamespace(address=("h\x1b", 1), error="refused")))
    addon.server_connect_error(SimpleNamespace(server=SimpleNamespace(address=None, error=None)))
    assert [text for text, _ in notices] == [
        "wss://h/v1 could not be opened: server \\x07disconnected",
        "The server h\\x1b:1 could not be reached: refused.",
        "The server ?:0 could not be reached: no reason given.",
    ]


REASONS = [
    ("[Errno 111] Connect call failed ('127.0.0.1', 1)", "connection refused"),
    (
        "Multiple exceptions: [Errno 111] Connect call failed ('::1', 1, 0, 0), "
        "[Errno 111] Connect call failed ('127.0.0.1', 1)",
        "connection refused",
    ),
    (
        "Multiple exceptions: [Errno 101] Connect call failed ('::1', 1, 0, 0), "
        "[Errno 111] Connect call failed ('h', 1)",
        "network is unreachable and connection refused",
    ),
    ("[Errno -2] Name or service not known", "Name or service not known"),
    ("Server killed, too.", "Server killed, too"),
]


@pytest.mark.parametrize(("error", "reason"), REASONS)
def test_why_a_server_is_not_reached_is_said_in_words(error: str, reason: str) -> None:
    """Without error numbers, the names of calls and Python's tuples, and each reason once."""
    assert reach_fault(error) == reason


def test_a_certificate_that_is_not_trusted_is_told_once() -> None:
    """What to do about it is told elsewhere, and with that the reason."""
    addon, notices = handshakes()
    made = asking("/v1")
    made.error = flow.Error("Certificate verify failed: self-signed certificate")
    addon.error(made)
    assert notices == []


@pytest.mark.parametrize(
    ("scheme", "host", "port", "path", "url"),
    [
        ("https", "h", 443, "/", "wss://h/"),
        ("https", "h", 80, "/", "wss://h:80/"),
        ("http", "h", 80, "/a?b=c", "ws://h/a?b=c"),
        ("http", "::1", 9, "/", "ws://[::1]:9/"),
    ],
)
def test_a_url_is_shown_as_a_client_writes_it(scheme: str, host: str, port: int, path: str, url: str) -> None:
    """In ws and wss terms, without default ports."""
    made = asking(path)
    made.request.scheme, made.request.host, made.request.port = scheme, host, port
    assert url_of(made) == url


def test_addresses_have_what_was_agreed_on():
    """The subprotocol is that of the answer, not one that was offered."""
    made = asking("/v1?x")
    made.request.host, made.request.port = "venue.example", 9
    made.request.headers["Sec-WebSocket-Protocol"] = "a, b"
    made.response = None
    assert address_of(made) == Address("venue.example", 9, "/v1?x")
    made.response = tutils.tresp()
    made.response.headers["Sec-WebSocket-Protocol"] = "b"
    assert address_of(made) == Address("venue.example", 9, "/v1?x", "b")
