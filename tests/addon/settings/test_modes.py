"""Proxy modes as a user writes them, and what mitmproxy is given."""

import pytest
from mitmproxy.proxy.mode_specs import ProxyMode

from paperknife.settings.modes import Mode, ModeError, join_path, parse_mode

TRANSLATED = [
    ("regular", Mode("regular")),
    ("regular@9000", Mode("regular@9000")),
    ("socks5", Mode("socks5")),
    ("upstream:http://proxy:3128", Mode("upstream:http://proxy:3128")),
    ("reverse:tls://h:1", Mode("reverse:tls://h:1")),
    ("reverse:wss://h", Mode("reverse:https://h", "", "wss://h")),
    ("reverse:ws://h", Mode("reverse:http://h", "", "ws://h")),
    ("reverse:WSS://h/v1", Mode("reverse:https://h", "/v1", "wss://h/v1")),
    ("reverse:wss://h:8443/v1", Mode("reverse:https://h:8443", "/v1", "wss://h:8443/v1")),
    ("reverse:wss://h/v1/?a=b&c=d", Mode("reverse:https://h", "/v1/?a=b&c=d", "wss://h/v1/?a=b&c=d")),
    ("reverse:wss://h?token=1", Mode("reverse:https://h", "/?token=1", "wss://h/?token=1")),
    ("reverse:wss://h/", Mode("reverse:https://h", "", "wss://h")),
    ("reverse:https://h/v1", Mode("reverse:https://h", "/v1", "wss://h/v1")),
    ("reverse:wss://[::1]:9001/v1", Mode("reverse:https://[::1]:9001", "/v1", "wss://[::1]:9001/v1")),
    ("reverse:wss://h/v1@9000", Mode("reverse:https://h@9000", "/v1", "wss://h/v1")),
    ("reverse:wss://h:1/v1@127.0.0.1:9000", Mode("reverse:https://h:1@127.0.0.1:9000", "/v1", "wss://h:1/v1")),
    (
        "reverse:wss://h/user@example.com/x",
        Mode("reverse:https://h", "/user@example.com/x", "wss://h/user@example.com/x"),
    ),
    ("reverse:h/v1", Mode("reverse:https://h", "/v1", "wss://h/v1")),
    ("reverse:h:8443@9000", Mode("reverse:https://h:8443@9000", "", "wss://h:8443")),
    ("reverse:wss://h/v1#part", Mode("reverse:https://h", "/v1", "wss://h/v1")),
]


@pytest.mark.parametrize(("spec", "mode"), TRANSLATED)
def test_a_mode_becomes_one_that_mitmproxy_parses(spec: str, mode: Mode) -> None:
    """mitmproxy accepts every translated mode, and the path and target are kept beside it."""
    assert parse_mode(spec) == mode
    ProxyMode.parse(mode.spec)


@pytest.mark.parametrize(
    "spec", ["wss://h/v1", "ws://h", "reverse:wss://", "reverse:wss:///v1", "reverse:wss://u:p@h/v1"]
)
def test_a_mode_that_cannot_work_is_a_sentence(spec: str) -> None:
    """A mode that nothing sensible can be meant by is refused with what to write instead."""
    with pytest.raises(ModeError, match=r"expected|found"):
        parse_mode(spec)


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("reverse:wss://h/v1", "/v1"),
        ("reverse:wss://h", "/"),
        ("reverse:wss://h/v1?token=geheim", "/"),
        ("regular", "/"),
    ],
)
def test_the_clients_path_holds_no_query(spec: str, path: str) -> None:
    """A token in it is not for the client's URL; a request for / is given it."""
    assert parse_mode(spec).client_path() == path


@pytest.mark.parametrize(
    ("requested", "path", "joined"),
    [
        ("/", "", "/"),
        ("/", "/v1", "/v1"),
        ("/?a=b", "/v1", "/v1?a=b"),
        ("/?a=b", "/v1?c=d", "/v1?c=d&a=b"),
        ("/v2", "/v1", "/v2"),
        ("/v1", "/v1", "/v1"),
        ("//", "/v1", "//"),
    ],
)
def test_only_the_root_is_sent_to_the_modes_path(requested: str, path: str, joined: str) -> None:
    """A request for / goes to the path of the mode, any other path passes as it is."""
    assert join_path(requested, path) == joined
