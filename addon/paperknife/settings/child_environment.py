"""The environment of a command that paperknife runs: how its clients find the proxy, and why they trust it.

There is no one variable that all clients honour, so all that are known are set; the ones that replace a client's list
of authorities name a bundle of the system's and the proxy's, never the proxy's alone.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paperknife.settings.modes import Mode

__all__ = ["BUNDLE_VARIABLES", "URL_VARIABLE", "Reach", "Route", "TrustFiles", "child_environment", "route_for"]

URL_VARIABLE = "PAPERKNIFE_URL"
"""In reverse mode: the URL for the client, which is what ``{url}`` in the command's arguments becomes too."""

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "wss_proxy")
"""Each is set in lower and in upper case. Not `ws_proxy`: of the clients tried, aiohttp alone reads it, and then sends
``GET ws://...``, which mitmproxy refuses; without it aiohttp's plain ws:// connects directly and works."""

SOCKS_VARIABLES = ("all_proxy", "socks_proxy")

DIRECT_VARIABLES = ("no_proxy", "ws_proxy")
"""Taken out, in both cases of letters: whatever the command connects to goes through the proxy, loopback included."""

LOOPBACK = "localhost,127.0.0.1,::1"

BUNDLE_VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL, and so Python's ssl, Ruby, PHP; Go; .NET on Linux; rustls-native-certs
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "WEBSOCKET_CLIENT_CA_BUNDLE",  # Python's websocket-client
    "NODE_EXTRA_CA_CERTS",
    "DENO_CERT",
    "AWS_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "CARGO_HTTP_CAINFO",
    "PIP_CERT",
    "NIX_SSL_CERT_FILE",
)
"""Variables that name a PEM file of trusted authorities."""


class Reach(enum.Enum):
    """How a client gets to the proxy."""

    PROXY = "an HTTP proxy"
    SOCKS = "a SOCKS5 proxy"
    URL = "a URL of its own in place of the server's"
    CAPTURED = "not of its own accord: the system sends its connections here"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to the proxy: how, and where. `url` is what the client is given; empty for `Reach.CAPTURED`."""

    reach: Reach
    host: str
    port: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class TrustFiles:
    """Paths of what a client needs to trust the proxy.

    `bundle` holds the system's authorities and the proxy's as PEM; `java_store` the same as a Java key store, with no
    password needed to read it; `authority` the proxy's alone as PEM.
    """

    authority: str
    bundle: str
    java_store: str


REACHES = {
    "regular": Reach.PROXY,
    "upstream": Reach.PROXY,
    "socks5": Reach.SOCKS,
    "reverse": Reach.URL,
}
"""By the first word of a proxy mode; all others capture connections."""


def route_for(mode: Mode, host: str, port: int) -> Route:
    """How a client gets to a proxy of this mode that listens at `host` and `port`."""
    reach = REACHES.get(mode.spec.partition("@")[0].partition(":")[0].lower(), Reach.CAPTURED)
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    urls = {
        Reach.PROXY: f"http://{address}",
        Reach.SOCKS: f"socks5h://{address}",
        Reach.URL: f"ws://{address}{mode.client_path()}",
        Reach.CAPTURED: "",
    }
    return Route(reach, host, port, urls[reach])


def child_environment(base: Mapping[str, str], routes: Sequence[Route], trust: TrustFiles | None) -> dict[str, str]:
    """`base` with what the command's clients need to go through the proxy by `routes`, and to trust it.

    The first route of a kind counts. `trust` is not needed where all routes are URLs: the client then speaks plain ws://.
    """
    found = dict(base)
    first = {route.reach: route for route in reversed(routes)}
    if through := first.get(Reach.PROXY) or first.get(Reach.SOCKS):
        set_proxy(found, through)
    elif Reach.URL in first:
        keep_loopback_direct(found)
    if Reach.URL in first:
        found[URL_VARIABLE] = first[Reach.URL].url
    if trust is not None and set(first) != {Reach.URL}:
        found.update(dict.fromkeys(BUNDLE_VARIABLES, trust.bundle))
        add_java_options(
            found, [f"-Djavax.net.ssl.trustStore={trust.java_store}", "-Djavax.net.ssl.trustStoreType=JKS"]
        )
    return found


def set_proxy(environment: dict[str, str], route: Route) -> None:
    """Send all that honours a proxy setting to `route`."""
    for name in DIRECT_VARIABLES:
        environment.pop(name, None)
        environment.pop(name.upper(), None)
    names = SOCKS_VARIABLES if route.reach is Reach.SOCKS else PROXY_VARIABLES
    for name in {*PROXY_VARIABLES, *SOCKS_VARIABLES}:
        for spelled in (name, name.upper()):
            environment.pop(spelled, None)
            if name in names:
                environment[spelled] = route.url
    if route.reach is Reach.SOCKS:
        java = [f"-DsocksProxyHost={route.host}", f"-DsocksProxyPort={route.port}", "-DsocksNonProxyHosts="]
    else:
        environment["NODE_USE_ENV_PROXY"] = "1"
        java = [
            f"-D{kind}.proxy{what}"
            for kind in ("http", "https")
            for what in (f"Host={route.host}", f"Port={route.port}")
        ]
        java.append("-Dhttp.nonProxyHosts=")  # by default Java connects to loopback addresses directly
    add_java_options(environment, java)


def keep_loopback_direct(environment: dict[str, str]) -> None:
    """In reverse mode the client is to come to us directly, also where the user's environment names another proxy."""
    if not any(environment.get(name) or environment.get(name.upper()) for name in PROXY_VARIABLES):
        return
    for name in ("no_proxy", "NO_PROXY"):
        before = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
        environment[name] = before if LOOPBACK in before else ",".join(filter(None, [before, LOOPBACK]))


def add_java_options(environment: dict[str, str], options: Sequence[str]) -> None:
    """Append to JAVA_TOOL_OPTIONS, which every JVM reads; of options given twice the last one counts."""
    quoted = [f'"{option}"' if " " in option else option for option in options]
    environment["JAVA_TOOL_OPTIONS"] = " ".join(filter(None, [environment.get("JAVA_TOOL_OPTIONS", ""), *quoted]))
