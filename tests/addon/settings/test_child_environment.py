"""The environment of a command: whatever finds a proxy or authorities in its environment finds ours."""

import urllib.request

import pytest

from paperknife.settings.child_environment import (
    BUNDLE_VARIABLES,
    URL_VARIABLE,
    Reach,
    Route,
    TrustFiles,
    child_environment,
    route_for,
)
from paperknife.settings.modes import parse_mode

TRUST = TrustFiles("/c/ca.pem", "/t/all.pem", "/t/all.jks")
PROXY = Route(Reach.PROXY, "127.0.0.1", 4000, "http://127.0.0.1:4000")
URL = Route(Reach.URL, "127.0.0.1", 4001, "ws://127.0.0.1:4001/v1")
CAPTURED = Route(Reach.CAPTURED, "127.0.0.1", 4002)

ROUTES = [
    ("regular", Reach.PROXY, "http://127.0.0.1:4000"),
    ("regular@9000", Reach.PROXY, "http://127.0.0.1:4000"),
    ("upstream:http://proxy:3128", Reach.PROXY, "http://127.0.0.1:4000"),
    ("socks5", Reach.SOCKS, "socks5h://127.0.0.1:4000"),
    ("reverse:wss://venue.example/v1", Reach.URL, "ws://127.0.0.1:4000/v1"),
    ("reverse:ws://venue.example", Reach.URL, "ws://127.0.0.1:4000/"),
    ("transparent", Reach.CAPTURED, ""),
    ("local:curl", Reach.CAPTURED, ""),
    ("wireguard", Reach.CAPTURED, ""),
]


@pytest.mark.parametrize(("spec", "reach", "url"), ROUTES)
def test_each_mode_has_its_route(spec: str, reach: Reach, url: str) -> None:
    """The mode decides what a client is given."""
    assert route_for(parse_mode(spec), "127.0.0.1", 4000) == Route(reach, "127.0.0.1", 4000, url)


def test_an_ipv6_address_is_bracketed() -> None:
    """A URL with an IPv6 host is one."""
    assert route_for(parse_mode("regular"), "::1", 4000).url == "http://[::1]:4000"


@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY", "all_proxy", "WSS_PROXY"])
def test_a_proxy_of_the_users_is_replaced(name: str) -> None:
    """The command's connections come to us, and no list of exceptions leads around us."""
    found = child_environment({name: "http://old:1", "no_proxy": "a", "NO_PROXY": "b", "HOME": "/h"}, [PROXY], TRUST)
    assert found[name] == found[name.lower()] == found[name.upper()] == PROXY.url
    assert found["HOME"] == "/h"
    assert "no_proxy" not in found
    assert "NO_PROXY" not in found


def test_python_finds_the_proxy_for_loopback_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library, which websockets and aiohttp ask, sees the proxy and no bypass."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in child_environment({}, [PROXY], TRUST).items():
        monkeypatch.setenv(name, value)
    assert urllib.request.getproxies_environment()["https"] == PROXY.url
    assert not urllib.request.proxy_bypass_environment("127.0.0.1")


def test_ws_proxy_is_not_set() -> None:
    """The one client that reads it would send GET ws://, which mitmproxy refuses; it is to work rather than be seen."""
    found = child_environment({"ws_proxy": "http://old:1", "WS_PROXY": "http://old:1"}, [PROXY], TRUST)
    assert not {"ws_proxy", "WS_PROXY"} & set(found)


def test_authorities_are_a_bundle_in_every_variable() -> None:
    """No variable that replaces a client's authorities names the proxy's alone."""
    found = child_environment({}, [PROXY], TRUST)
    assert {found[name] for name in BUNDLE_VARIABLES} == {TRUST.bundle}
    assert TRUST.authority not in found.values()


def test_java_options_of_the_users_stay_in_front() -> None:
    """A JVM takes the last of two options, so ours follow; each is one word, quoted where it holds a space."""
    trust = TrustFiles("/c/ca.pem", "/a b/all.pem", "/a b/all.jks")
    options = child_environment({"JAVA_TOOL_OPTIONS": "-Xmx1g"}, [PROXY], trust)["JAVA_TOOL_OPTIONS"]
    assert options.startswith("-Xmx1g -Dhttp.proxyHost=127.0.0.1 ")
    assert '"-Djavax.net.ssl.trustStore=/a b/all.jks"' in options


def test_socks_leaves_http_variables_unset() -> None:
    """A client that finds http_proxy would speak HTTP to a SOCKS proxy."""
    socks = Route(Reach.SOCKS, "127.0.0.1", 4000, "socks5h://127.0.0.1:4000")
    found = child_environment({"http_proxy": "http://old:1"}, [socks], TRUST)
    assert "http_proxy" not in found
    assert found["all_proxy"] == found["ALL_PROXY"] == found["socks_proxy"] == socks.url
    assert "-DsocksProxyPort=4000" in found["JAVA_TOOL_OPTIONS"]


def test_reverse_needs_a_url_and_nothing_else() -> None:
    """With a URL of its own the client needs neither proxy nor certificate."""
    assert child_environment({"HOME": "/h"}, [URL], TRUST) == {"HOME": "/h", URL_VARIABLE: URL.url}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "localhost,127.0.0.1,::1"),
        ({"no_proxy": "a.example"}, "a.example,localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "localhost,127.0.0.1,::1"}, "localhost,127.0.0.1,::1"),
    ],
)
def test_reverse_is_reached_around_a_proxy_of_the_users(before: dict[str, str], after: str) -> None:
    """A company's proxy cannot reach our loopback address, so the client is told to go there directly."""
    found = child_environment({"HTTPS_PROXY": "http://corp:1", **before}, [URL], None)
    assert (found["no_proxy"], found["NO_PROXY"]) == (after, after)
    assert found["HTTPS_PROXY"] == "http://corp:1"


def test_captured_connections_need_trust_alone() -> None:
    """Where the system sends connections to us, a proxy variable would send them here twice."""
    found = child_environment({}, [CAPTURED], TRUST)
    assert found["SSL_CERT_FILE"] == TRUST.bundle
    assert not {"http_proxy", "all_proxy", URL_VARIABLE} & set(found)


def test_the_users_environment_is_not_changed() -> None:
    """The function is pure."""
    base = {"no_proxy": "a"}
    child_environment(base, [PROXY, URL], TRUST)
    assert base == {"no_proxy": "a"}
