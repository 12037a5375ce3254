"""Says what to do when a TLS handshake fails for want of trust: to that kind of client, or to the proxy, and once."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mitmproxy import connection, ctx, http, tcp, tls

from paperknife.proxy.client_process import Process, find_process
from paperknife.settings.client_kinds import Kind, kind_of_command, kind_of_hello, kind_of_program, trust_advice
from paperknife_decoders.printable import elide, printable

__all__ = ["Trust", "authority_path", "fault_of"]

AUTHORITY = "mitmproxy-ca-cert.pem"
"""The file in mitmproxy's configuration folder that clients have to trust."""

MOST_NOTICES = 20
"""Kinds of clients and hosts that are told of in one run; a client may try names without end."""

MOST_HELLOS = 1_000
"""ClientHello shapes that are remembered as those of clients that trust the proxy."""

SOON_SECONDS = 2.0
"""A client that ends its connection so soon after the handshake, having asked for nothing, has seen our certificate and
left. Node does so when it speaks TLS 1.2: it looks at the certificate only then."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong with a handshake: what the client did, and what helps.

    `remedy` is None where it is a matter of trust, and the advice depends on the kind of client.
    """

    says: str
    remedy: str | None = None


PLAIN_WAY = "It can speak plain ws:// to paperknife: --mode reverse:wss://SERVER/PATH."

DISTRUST = Fault("does not trust paperknife's certificate for {host}.")
LEFT = Fault("left when it had seen paperknife's certificate for {host}; most likely it does not trust it.")
EXPIRED = Fault("takes paperknife's certificate for {host} for expired.", "Compare the clocks of both machines.")
VERSION = Fault("offers no TLS version for {host} that mitmproxy takes, which is 1.2 or later.", PLAIN_WAY)
CIPHERS = Fault(
    "offers no cipher for {host} that mitmproxy takes.", f"Try --set ciphers_client=ALL:@SECLEVEL=0. {PLAIN_WAY}"
)
UNKNOWN = Fault("could not agree on TLS with paperknife for {host}: {error}")

FAULTS: tuple[tuple[str, Fault | None], ...] = (
    ("closed early|Cannot parse ClientHello", None),
    ("certificate expired", EXPIRED),
    ("disconnected during the handshake|connection closed", LEFT),
    ("unknown ca|bad certificate|certificate unknown|does not trust", DISTRUST),
    ("unsupported protocol|agree on a TLS version", VERSION),
    ("no shared cipher", CIPHERS),
    ("", UNKNOWN),
)
"""By what stands in mitmproxy's words for the error; the first found counts. None: nothing for a user to mend."""


def fault_of(error: str) -> Fault | None:
    """What an error of mitmproxy's about a client's handshake means."""
    return next(fault for pattern, fault in FAULTS if re.search(pattern, error))


def authority_path(confdir: str) -> Path:
    """Where mitmproxy keeps the certificate of its authority."""
    return Path(confdir).expanduser() / AUTHORITY


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who a TLS client seems to be. `shape` is what its ClientHello has in common with all of its like."""

    kind: Kind
    process: Process | None
    shape: tuple[int, ...]

    def __str__(self) -> str:
        """The client at the start of a sentence."""
        if self.process is not None:
            return f"{elide(self.process.name, 40)} (process {self.process.pid})"
        return "The client" if self.kind is Kind.OTHER else f"The client ({self.kind.value})"


class Trust:
    """A mitmproxy addon. `notice` is called with sentences for the user and whether they are a warning.

    `command` is the command that paperknife itself has started and prepared, if any. `clients` counts the connections
    that clients have made.
    """

    def __init__(self, notice: Callable[[str, bool], None], command: Sequence[str] = ()) -> None:
        self.notice = notice
        self.command = tuple(command)
        self.clients = 0
        self.greeted: dict[str, Greeting] = {}
        self.trusting: set[tuple[int, ...]] = set()
        self.told: set[tuple[Kind, str, str | None]] = set()
        self.advised: set[Kind] = set()
        self.doubted: set[str] = set()

    # mitmproxy's hooks

    def client_connected(self, client: connection.Client) -> None:
        """Count it."""
        self.clients += 1

    def tls_clienthello(self, data: tls.ClientHelloData) -> None:
        """Find out who this is while it waits for an answer; afterwards its socket may be gone."""
        client = data.context.client
        self.greeted[client.id] = self.greeting(client, data.client_hello)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """What asks for something has taken the certificate."""
        self.trusted(flow.client_conn)

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        """What asks for something has taken the certificate."""
        self.trusted(flow.client_conn)

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """Say what to do."""
        client = data.context.client
        greeting = self.greeted.pop(client.id, None)
        fault = fault_of(client.error or "")
        if greeting is not None and fault is not None:
            address = data.context.server.address
            self.tell(greeting, fault, client, address[0] if address else "")

    def tls_failed_server(self, data: tls.TlsData) -> None:
        """Say how to have the proxy trust a server of one's own."""
        found = re.search(r"certificate verify failed: (.*)", data.conn.error or "", re.IGNORECASE)
        host = elide(printable(data.conn.sni or "the server"), 80)
        if found is None or host in self.doubted or len(self.doubted) >= MOST_NOTICES:
            return
        self.doubted.add(host)
        self.notice(
            f"mitmproxy does not trust the certificate of {host}: {elide(printable(found[1]), 100)}. Name its "
            "authority with --set ssl_verify_upstream_trusted_ca=FILE, or take any with --set ssl_insecure=true.",
            True,
        )

    def client_disconnected(self, client: connection.Client) -> None:
        """Forget it; if it left right after the handshake, say what to do."""
        greeting = self.greeted.pop(client.id, None)
        if greeting is None or client.timestamp_tls_setup is None or client.timestamp_end is None:
            return
        if client.timestamp_end - client.timestamp_tls_setup < SOON_SECONDS and greeting.kind is not Kind.CHROMIUM:
            # Chrome and its like connect in advance, and leave unused connections.
            self.tell(greeting, LEFT, client)

    # what they need

    def greeting(self, client: connection.Client, hello: tls.ClientHello) -> Greeting:
        """Who sent this ClientHello: by its process, by the command that was started, by what it offers."""
        suites, extensions = hello.cipher_suites, [number for number, _ in hello.extensions]
        kind = kind_of_hello(suites, extensions)
        shape = (len(suites), *suites, *extensions)
        if kind is Kind.CHROMIUM or shape in self.trusting or not ip_address(client.peername[0]).is_loopback:
            return Greeting(kind, None, shape)
        process = find_process(client.peername[:2], client.sockname[:2])
        guesses = (kind_of_program(process.name) if process else Kind.OTHER, kind_of_command(self.command), kind)
        return Greeting(next((guess for guess in guesses if guess is not Kind.OTHER), kind), process, shape)

    def trusted(self, client: connection.Client) -> None:
        """Remember what clients look like that trust the proxy, so that nobody looks for their processes again."""
        greeting = self.greeted.pop(client.id, None)
        if greeting is not None and len(self.trusting) < MOST_HELLOS:
            self.trusting.add(greeting.shape)

    def tell(self, greeting: Greeting, fault: Fault, client: connection.Client, server: str = "") -> None:
        """Say what is wrong and what helps: once for a kind of client and a host, with the advice once for a kind."""
        kind = greeting.kind
        host = elide(printable(client.sni or server or "a server that it does not name"), 80)
        topic = (kind, host, fault.remedy)
        if topic in self.told or len(self.told) >= MOST_NOTICES:
            return
        remedy = fault.remedy
        if remedy is None:
            remedy = "The advice above holds for it too." if kind in self.advised else self.advice(kind)
            self.advised.add(kind)
        self.told.add(topic)
        error = elide(printable(client.error or ""), 200)
        self.notice(f"{greeting} {fault.says.format(host=host, error=error)} {remedy}", True)

    def advice(self, kind: Kind) -> str:
        """How a client of this kind is made to trust the proxy."""
        authority = authority_path(ctx.options.confdir)
        fingerprint = key_fingerprint(authority) if kind is Kind.CHROMIUM else ""
        return trust_advice(kind, str(authority), fingerprint, prepared=bool(self.command))


def key_fingerprint(authority: Path) -> str:
    """The base64 SHA-256 of a certificate's public key, as Chromium takes it on its command line."""
    key = x509.load_pem_x509_certificate(authority.read_bytes()).public_key()
    return base64.b64encode(
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()
