"""Who does not trust the proxy is told what to do, once, in words for that kind of client."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from mitmproxy.certs import CertStore
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.trust import CIPHERS, DISTRUST, EXPIRED, LEFT, UNKNOWN, VERSION, Fault, Trust, fault_of
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Reading, load

ERRORS = [
    ("connection closed early", None),
    ("Cannot parse ClientHello: 474554", None),
    ("The client does not trust the proxy's certificate for x (tlsv1 alert unknown ca)", DISTRUST),
    ("The client does not trust the proxy's certificate for x (ssl/tls alert bad certificate)", DISTRUST),
    (
        "The client disconnected during the handshake. If this happens consistently for x, this may indicate that the "
        "client does not trust the proxy's certificate.",
        LEFT,
    ),
    ("Client and mitmproxy cannot agree on a TLS version to use.", VERSION),
    ("The client may not trust the proxy's certificate (Error([('SSL routines', '', 'no shared cipher')]))", CIPHERS),
    ("The client may not trust (Error([('SSL routines', '', 'ssl/tls alert certificate expired')]))", EXPIRED),
    ("The client may not trust (Error([('SSL routines', '', 'something new')]))", UNKNOWN),
    ("", UNKNOWN),
]


@pytest.mark.parametrize(("error", "fault"), ERRORS)
def test_mitmproxys_words_are_understood(error: str, fault: Fault | None) -> None:
    """Distrust is told from what trust cannot mend."""
    assert fault_of(error) is fault


@dataclass
class Listener:
    """A consumer that keeps what the user is told."""

    notices: list[str] = field(default_factory=list)

    def opened(self, connection) -> None: ...
    def messages(self, batch) -> None: ...
    def closed(self, connection, close) -> None: ...

    def notice(self, text: str, *, warning: bool = False) -> None:
        if warning and not text.startswith("No schema"):
            self.notices.append(text)


@dataclass
class Stand:
    """A proxy that waits for TLS clients, and what it said."""

    proxy: EmbeddedProxy
    notices: list[str]

    @property
    def port(self) -> int:
        return self.proxy.listening[0].port

    @property
    def trust(self) -> Trust:
        return self.proxy.addon.trust

    @property
    def authority(self) -> str:
        return f"{self.proxy.master.options.confdir}/mitmproxy-ca-cert.pem"

    async def said(self, count: int) -> list[str]:
        """Wait for so many notices; more would be seen by the next who waits."""
        async with asyncio.timeout(60):
            while len(self.notices) < count:
                await asyncio.sleep(0.005)
        return self.notices

    async def settled(self) -> list[str]:
        """What was said when all clients have gone."""
        async with asyncio.timeout(60):
            while self.proxy.master.addons.get("proxyserver").active_connections():
                await asyncio.sleep(0.005)
        return self.notices


@pytest.fixture(scope="module")
def confdir(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A configuration folder whose authority is made once."""
    folder = tmp_path_factory.mktemp("mitmproxy")
    CertStore.from_store(folder, "mitmproxy", 2048)
    return str(folder)


@pytest.fixture
def stand(confdir: str) -> Callable[[], contextlib.AbstractAsyncContextManager[Stand]]:
    """`async with stand()`: a proxy in regular mode that connects to no server before a request."""

    @contextlib.asynccontextmanager
    async def standing(mode: str = "regular") -> AsyncIterator[Stand]:
        reading = Reading()
        arguments = ("--listen-port", "0", "--set", f"confdir={confdir}", "--set", "connection_strategy=lazy")
        plan = ProxyPlan(reading, load(reading), (parse_mode(mode),), arguments)
        listener = Listener()
        async with EmbeddedProxy(plan, [listener]) as proxy:
            yield Stand(proxy, listener.notices)

    return standing


def context(**settings: object) -> ssl.SSLContext:
    """A client's TLS settings: by default it trusts the system's authorities, which do not include the proxy's."""
    made = ssl.create_default_context()
    for name, value in settings.items():
        setattr(made, name, value)
    return made


def trusting_all() -> ssl.SSLContext:
    """A client that takes any certificate, with the TLS version that looks at it last."""
    return context(check_hostname=False, verify_mode=ssl.CERT_NONE, maximum_version=ssl.TLSVersion.TLSv1_2)


def shake(port: int, host: str, client: ssl.SSLContext, request: bytes = b"") -> None:
    """Connect to `host` through the proxy, shake hands, perhaps ask for something, and leave."""
    with socket.create_connection(("127.0.0.1", port)) as plain:
        plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert b" 200 " in plain.recv(4096)
        with (
            contextlib.suppress(ssl.SSLError, ConnectionError),
            client.wrap_socket(plain, server_hostname=host) as secure,
        ):
            if request:
                secure.sendall(request)
                secure.recv(4096)


def test_a_python_client_is_told_of_python_once(stand) -> None:
    """The program is named, the advice is Python's, a retry adds nothing and another host one short sentence."""

    async def run() -> None:
        async with stand() as at:
            for host in ("venue.example", "venue.example", "other.example", "venue.example"):
                await asyncio.to_thread(shake, at.port, host, context())
                await at.settled()
            first, second = at.notices
            assert "python" in first.lower()
            assert "venue.example" in first
            assert f"SSL_CERT_FILE={at.authority}" in first
            assert "reverse:wss://" in first
            assert "other.example" in second
            assert "SSL_CERT_FILE" not in second

    asyncio.run(run())


def test_a_command_that_was_prepared_is_told_to_look_in_its_code(stand) -> None:
    """Where the variables are set already, setting them is no advice."""

    async def run() -> None:
        async with stand() as at:
            at.trust.command = ("python", "client.py")
            await asyncio.to_thread(shake, at.port, "venue.example", context())
            (notice,) = await at.said(1)
            assert "paperknife has set SSL_CERT_FILE" in notice
            assert "certifi.where()" in notice

    asyncio.run(run())


def test_who_trusts_the_proxy_hears_nothing(stand) -> None:
    """A client that asks for something has taken the certificate, however soon it leaves."""

    async def run() -> None:
        async with stand() as at:
            client = context()
            client.load_verify_locations(at.authority)
            for _ in range(2):
                await asyncio.to_thread(shake, at.port, "venue.example", client, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await at.settled()
            assert [text for text in at.notices if "certificate" in text] == []
            assert len(at.trust.trusting) == 1
            assert at.trust.greeted == {}

    asyncio.run(run())


def test_who_leaves_after_the_handshake_most_likely_does_not_trust(stand, monkeypatch) -> None:
    """Node with TLS 1.2 shakes hands first and looks at the certificate then."""
    monkeypatch.setattr("paperknife.proxy.trust.SOON_SECONDS", 60)

    async def run() -> None:
        async with stand() as at:
            await asyncio.to_thread(shake, at.port, "venue.example", trusting_all())
            (notice,) = await at.said(1)
            assert "left when it had seen paperknife's certificate for venue.example" in notice

    asyncio.run(run())


def test_a_lack_of_ciphers_is_not_taken_for_distrust(stand) -> None:
    """Where trust is not the matter, no certificate is recommended."""

    async def run() -> None:
        async with stand() as at:
            client = context(maximum_version=ssl.TLSVersion.TLSv1_2)
            client.set_ciphers("CAMELLIA256-SHA:@SECLEVEL=0")
            await asyncio.to_thread(shake, at.port, "venue.example", client)
            (notice,) = await at.said(1)
            assert "no cipher for venue.example" in notice
            assert at.authority not in notice

    asyncio.run(run())


CHROME_HELLO = bytes.fromhex(
    "0303" + "11" * 32 + "00"
    "0008" "1a1a" "c02b" "c02f" "cca8"  # a reserved value first, then ordinary cipher suites
    "0100"
    "003a"
    "0000" "0012" "0010" "00" "000d" + b"venue.example".hex() +
    "000a" "0006" "0004" "001d" "0017"
    "000b" "0002" "0100"
    "000d" "000c" "000a" "0403" "0503" "0804" "0401" "0601"
    "3a3a" "0000"
)  # fmt: skip
"""A TLS 1.2 ClientHello (RFC 5246, section 7.4.1.2) with values reserved by RFC 8701, as Chrome sends them."""

UNKNOWN_CA = bytes.fromhex("15" "0303" "0002" "02" "30")  # fmt: skip
"""The alert record of a client that does not know the authority."""


def chrome(port: int) -> None:
    """Greet as Chrome does, and refuse the certificate."""
    handshake = b"\x01" + len(CHROME_HELLO).to_bytes(3, "big") + CHROME_HELLO
    with socket.create_connection(("127.0.0.1", port)) as plain:
        plain.sendall(b"CONNECT venue.example:443 HTTP/1.1\r\n\r\n")
        assert b" 200 " in plain.recv(4096)
        plain.sendall(b"\x16\x03\x01" + len(handshake).to_bytes(2, "big") + handshake)
        assert plain.recv(4096)[:1] == b"\x16", "the proxy shakes hands"
        plain.sendall(UNKNOWN_CA)


def test_a_browser_is_known_by_its_hello(stand) -> None:
    """Chrome's way of trusting a certificate is told with the fingerprint that its command line takes."""

    async def run() -> None:
        async with stand() as at:
            await asyncio.to_thread(chrome, at.port)
            (notice,) = await at.said(1)
            assert "does not trust paperknife's certificate for venue.example" in notice
            assert "--ignore-certificate-errors-spki-list=" in notice
            assert len(notice.partition("spki-list=")[2].split()[0]) == 44

    asyncio.run(run())


def test_hosts_without_end_do_not_fill_the_screen(stand) -> None:
    """A client that tries one name after the other is told of a bounded number."""

    async def run() -> None:
        async with stand() as at:
            for number in range(25):
                await asyncio.to_thread(shake, at.port, f"{chr(97 + number)}.example", context())
            await at.settled()
            assert len(at.notices) == 20

    asyncio.run(run())


def test_a_server_that_the_proxy_does_not_trust_is_told_once(stand, confdir: str) -> None:
    """The user learns how to name the server's authority."""

    async def run() -> None:
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_side.load_cert_chain(f"{confdir}/mitmproxy-ca.pem")  # any certificate that no list of authorities holds
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=server_side)
        port = server.sockets[0].getsockname()[1]
        async with server, stand(f"reverse:wss://localhost:{port}") as at:
            for _ in range(2):
                with pytest.raises(InvalidStatus):
                    async with connect(at.proxy.listening[0].url, proxy=None):
                        pass
            told = [text for text in await at.settled() if "ssl_verify_upstream_trusted_ca" in text]
            assert len(told) == 1
            assert "localhost" in told[0]

    asyncio.run(run())
