"""Where the proxy listens, in words."""

import pytest

from paperknife.proxy.listening import Listening, start_sentence
from paperknife.settings.modes import parse_mode

SENTENCES = [
    ("reverse:wss://h/v1", "127.0.0.1", "Put this URL into the client: ws://127.0.0.1:9/v1 (goes on to wss://h/v1)"),
    ("reverse:ws://h", "127.0.0.1", "Put this URL into the client: ws://127.0.0.1:9/ (goes on to ws://h)"),
    ("reverse:wss://h/v1", "::1", "Put this URL into the client: ws://[::1]:9/v1 (goes on to wss://h/v1)"),
    (
        "reverse:wss://h/v1?a=b&token=geheim",
        "127.0.0.1",
        "Put this URL into the client: ws://127.0.0.1:9/ (goes on to wss://h/v1?a=b&token=[redacted])",
    ),
    ("regular", "127.0.0.1", "Listening at 127.0.0.1:9 (regular proxy): http://127.0.0.1:9"),
    ("upstream:http://p:1", "127.0.0.1", "Listening at 127.0.0.1:9 (upstream proxy): http://127.0.0.1:9"),
]


@pytest.mark.parametrize(("spec", "host", "sentence"), SENTENCES)
def test_a_mode_is_announced_with_what_to_do(spec: str, host: str, sentence: str) -> None:
    """The exact URL for reverse modes, the address for all others; no secret of the mode's query."""
    assert Listening(parse_mode(spec), host, 9).sentence() == sentence


ERRORS = [
    (
        "[Errno 98] HTTP(S) proxy failed to listen on 127.0.0.1:9 with [Errno 98] error while attempting to bind on "
        "address ('127.0.0.1', 9): [errno 98] address already in use\nTry specifying a different port.",
        "The proxy could not listen on 127.0.0.1:9: address already in use. "
        "Choose another port with --listen-port N (0 takes any free one).",
    ),
    (
        "[Errno -2] HTTP(S) proxy failed to listen on no.where:0 with [Errno -2] Name or service not known",
        "The proxy could not listen on no.where:0: Name or service not known.",
    ),
    ("bind(): port must be 0-65535.", "The proxy could not listen: bind(): port must be 0-65535."),
]


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
def test_a_server_that_cannot_listen_is_a_sentence(error: str, sentence: str) -> None:
    """Error numbers and hints that do not fit our command are left out; another port helps where it is in use only."""
    assert start_sentence(OSError(error)) == sentence
