"""Kinds of clients: how to recognise one, and how to make it trust the proxy or go through it.

What is said here of a kind was seen with it or stands in its own documentation. The sentences are there to be pasted.
"""

from __future__ import annotations

import enum
import re
import shlex
from collections.abc import Sequence
from pathlib import PurePath

__all__ = ["Kind", "kind_of_command", "kind_of_hello", "kind_of_program", "trust_advice", "unseen_advice"]


class Kind(enum.Enum):
    """A family of clients that find their authorities in the same place. The value is its name in a sentence."""

    PYTHON = "Python"
    NODE = "Node"
    BUN = "Bun"
    DENO = "Deno"
    JAVA = "Java"
    DOTNET = ".NET"
    GO = "Go"
    CURL = "curl"
    CHROMIUM = "Chrome, Edge, Electron or Safari"
    FIREFOX = "Firefox"
    OTHER = "the client"


PROGRAMS: tuple[tuple[str, Kind], ...] = (
    (r"python[\d.]*|pypy[\d.]*|uv|uvx|poetry|pytest|ipython|jupyter.*|hatch|pdm|websockets|wsdump", Kind.PYTHON),
    (r"node|nodejs|npm|npx|yarn|pnpm|tsx|ts-node|wscat", Kind.NODE),
    (r"bunx?", Kind.BUN),
    (r"deno", Kind.DENO),
    (r"java|javaw|mvn|mvnw|gradle|gradlew|kotlin|scala|sbt|jshell", Kind.JAVA),
    (r"dotnet", Kind.DOTNET),
    (r"go", Kind.GO),
    (r"curl", Kind.CURL),
    (
        r"chrome|chromium.*|google-chrome.*|msedge|microsoft-edge.*|brave.*|electron|opera|vivaldi.*|code|slack",
        Kind.CHROMIUM,
    ),
    (r"firefox.*|librewolf|thunderbird", Kind.FIREFOX),
)
"""Names of programs, as patterns for the whole name, in any case of letters, without a trailing ``.exe``."""


def kind_of_program(name: str) -> Kind:
    """The kind of a program by its name or path; `OTHER` where it is none of the known ones."""
    stem = PurePath(name.replace("\\", "/")).name.lower().removesuffix(".exe")
    return next((kind for pattern, kind in PROGRAMS if re.fullmatch(pattern, stem)), Kind.OTHER)


WRAPPERS = frozenset(["env", "time", "nice", "nohup", "timeout", "sudo", "stdbuf", "xvfb-run", "exec"])
"""Commands that run the command in their arguments."""


def kind_of_command(command: Sequence[str]) -> Kind:
    """The kind of the client that a command line starts, as far as its words tell."""
    for word in command:
        kind = kind_of_program(word)
        if kind is not Kind.OTHER:
            return kind
        if PurePath(word).name not in WRAPPERS and not re.match(r"-|\w+=|\d", word):
            break
    return Kind.OTHER


DELEGATED_CREDENTIAL = 34
"""A TLS extension (RFC 9345) that Firefox sends, and of the other kinds here none."""


def kind_of_hello(cipher_suites: Sequence[int], extensions: Sequence[int]) -> Kind:
    """The kind of a TLS client by its ClientHello; `OTHER` for the many that look alike."""
    if any(is_grease(suite) for suite in cipher_suites):
        return Kind.CHROMIUM
    return Kind.FIREFOX if DELEGATED_CREDENTIAL in extensions else Kind.OTHER


def is_grease(value: int) -> bool:
    """True for 0x0A0A, 0x1A1A ... 0xFAFA, reserved values that a client offers to keep servers tolerant (RFC 8701)."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


TRUST: dict[Kind, str] = {
    Kind.PYTHON: "Start it with SSL_CERT_FILE={ca} (ssl, websockets, aiohttp), REQUESTS_CA_BUNDLE={ca} (requests) or "
    "WEBSOCKET_CLIENT_CA_BUNDLE={ca} (websocket-client).",
    Kind.NODE: "Start it with NODE_EXTRA_CA_CERTS={ca}, which Node reads when it starts: process.env in code is too "
    "late.",
    Kind.BUN: "Start it with NODE_EXTRA_CA_CERTS={ca}.",
    Kind.DENO: "Start it with DENO_CERT={ca}.",
    Kind.JAVA: "Make a trust store with keytool -importcert -noprompt -alias mitmproxy -file {ca} -keystore "
    "mitmproxy.p12 -storetype PKCS12 -storepass changeit and start it with -Djavax.net.ssl.trustStore=mitmproxy.p12 "
    "-Djavax.net.ssl.trustStorePassword=changeit.",
    Kind.DOTNET: "On Linux start it with SSL_CERT_FILE={ca}; on Windows and macOS add {ca} to the trusted roots of the "
    "user.",
    Kind.GO: "On Linux start it with SSL_CERT_FILE={ca}; on Windows and macOS add {ca} to the trusted roots of the "
    "user.",
    Kind.CURL: "Add --cacert {ca}, or start it with CURL_CA_BUNDLE={ca}.",
    Kind.CHROMIUM: "Chrome and Edge: import {ca} in the settings (search there for certificates) as an authority, or "
    "start one with --ignore-certificate-errors-spki-list={spki} --user-data-dir=DIR, DIR being new. Safari: add it to "
    "the keychain and mark it as always trusted. A phone: open http://mitm.it through the proxy.",
    Kind.FIREFOX: "Import {ca} on about:preferences#privacy, View Certificates, Authorities, for websites.",
    Kind.OTHER: "Give it {ca} as a trusted authority: SSL_CERT_FILE={ca} for most that use OpenSSL, "
    "NODE_EXTRA_CA_CERTS={ca} for Node, the settings of a browser; a phone fetches it from http://mitm.it through the "
    "proxy.",
}

GIVEN: dict[Kind, str] = {
    Kind.PYTHON: "paperknife has set SSL_CERT_FILE and its like for it, so its code makes a choice of its own: look "
    "there for certifi.where(), cafile= or an SSLContext, and give it {ca} too.",
    Kind.NODE: "paperknife has set NODE_EXTRA_CA_CERTS for it, so its code makes a choice of its own: look there for "
    "the option ca, and add {ca} to it.",
    Kind.JAVA: "paperknife has set javax.net.ssl.trustStore for it in JAVA_TOOL_OPTIONS, so its code or its command "
    "line makes a choice of its own: look there for an SSLContext or another trustStore.",
    Kind.OTHER: "paperknife has set SSL_CERT_FILE and its like for it, so it looks elsewhere: it may have an option "
    "for a file of authorities, and that is {ca}.",
}
"""In place of `TRUST`, for a command that `paperknife run` has prepared; kinds that are not here need `TRUST` still."""

WAY_WITHOUT = (
    "With --mode reverse:wss://SERVER/PATH the client speaks plain ws:// to paperknife and needs none of this."
)


def trust_advice(kind: Kind, authority: str, fingerprint: str, *, prepared: bool = False) -> str:
    """Sentences that say how a client of this kind is made to trust the proxy.

    `authority` is the path of the proxy's certificate, `fingerprint` the base64 SHA-256 of its public key. `prepared`
    says that the client was started by `paperknife run`, which has set the variables already.
    """
    text = GIVEN.get(kind, TRUST[kind]) if prepared else TRUST[kind]
    return f"{text.format(ca=shlex.quote(authority), spki=fingerprint)} {WAY_WITHOUT}"


UNSEEN: dict[Kind, str] = {
    Kind.PYTHON: "websockets takes proxy variables from version 15 on, aiohttp with trust_env=True only.",
    Kind.NODE: "The ws package goes through a proxy only with an agent that its code gives it, the built-in WebSocket "
    "only in recent releases of Node 22 and later.",
    Kind.BUN: "Bun's WebSocket goes through a proxy only with the option proxy that its code gives it.",
    Kind.GO: "A Dialer of one's own takes proxy variables only with Proxy: http.ProxyFromEnvironment, and none does "
    "for loopback addresses.",
    Kind.CHROMIUM: "Browsers take --proxy-server={proxy}, and --proxy-bypass-list='<-loopback>' for loopback "
    "addresses.",
    Kind.FIREFOX: "Firefox takes its own settings: about:preferences, Network Settings, HTTPS proxy {proxy}.",
}


def unseen_advice(kind: Kind, proxy: str) -> str:
    """Sentences for when a command has ended and nothing of it came through the proxy at `proxy`."""
    hint = UNSEEN.get(kind, "Not every WebSocket client takes a proxy from its environment.")
    return (
        f"{hint.format(proxy=proxy)} This asks nothing of the client but to take a URL: "
        "paperknife run --mode reverse:wss://SERVER/PATH -- COMMAND {url}"
    )
