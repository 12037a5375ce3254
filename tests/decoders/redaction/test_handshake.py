"""Secrets of handshakes."""

from __future__ import annotations

import pytest

from paperknife_decoders.redaction.handshake import HandshakeMask
from paperknife_decoders.redaction.known import KnownSecrets
from paperknife_decoders.secrets import MASK, Secrets

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"

KUBERNETES = "base64url.bearer.authorization.k8s.io."


def mask() -> HandshakeMask:
    return HandshakeMask(KnownSecrets(), Secrets())


@pytest.mark.parametrize(
    ("url", "expected", "learned"),
    [
        ("wss://h/v1", "wss://h/v1", ""),
        ("wss://h/v1?a=b", "wss://h/v1?a=b", ""),
        ("wss://h/v1?user=a&token=abcdef", f"wss://h/v1?user=a&token={MASK}", "abcdef"),
        ("wss://h/v1?x-api-key=a%2Fb%2Fcd+e", f"wss://h/v1?x-api-key={MASK}", "a/b/cd e"),
        ("wss://h/#access_token=abcdef", f"wss://h/#access_token={MASK}", "abcdef"),
        ("wss://u:pass%20word@h/", f"wss://u:{MASK}@h/", "pass word"),
        (f"wss://h/{JWT}/x?q={JWT}", f"wss://h/{MASK}/x?q={MASK}", JWT),
        ("wss://h/v1?api%5Fkey=abcdef", f"wss://h/v1?api%5Fkey={MASK}", "abcdef"),
        ("wss://h/v1?key=AIza-0123456&key=ES", f"wss://h/v1?key={MASK}&key=ES", "AIza-0123456"),
        ("wss://user@h", "wss://user@h", ""),
        ("wss://h/a:b@c", "wss://h/a:b@c", ""),
        ("wss://h/?token=", "wss://h/?token=", ""),
        ("wss://h/?token", "wss://h/?token", ""),
        ("", "", ""),
    ],
)
def test_urls(url: str, expected: str, learned: str) -> None:
    """Passwords, secret parameters and tokens go, and are known from then on."""
    masked = mask()
    assert masked.url(url) == expected
    assert not learned or learned.encode() in masked.known


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", "Bearer abcdef", f"Bearer {MASK}"),
        ("authorization", "abcdef", MASK),
        ("Proxy-Authorization", "Basic YTpi", f"Basic {MASK}"),
        ("X-Api-Key", "abcdef", MASK),
        ("X-Auth-Token", "abcdef", MASK),
        ("Cookie", "sid=abcdefgh; lang=de", f"sid={MASK}; lang={MASK}"),
        ("Set-Cookie", "sid=abcdefgh; Path=/; HttpOnly", f"sid={MASK}; Path=/; HttpOnly"),
        ("Origin", "https://u:pw1@h/?token=x", f"https://u:{MASK}@h/?token={MASK}"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Host", "venue.example", "venue.example"),
        ("X-Instrument-Token", "EURUSD", "EURUSD"),
        ("X-Other", f"a {JWT}", f"a {MASK}"),
        ("Authorization", "", ""),
    ],
)
def test_headers(name: str, value: str, expected: str) -> None:
    """What the headers of credentials hold goes; schemes and the names of cookies stay."""
    assert mask().headers([(name, value)]) == ((name, expected),)


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ("graphql-transport-ws", "graphql-transport-ws"),
        ("v12.stomp, v11.stomp", "v12.stomp, v11.stomp"),
        ("", ""),
        ("access_token, abcdef", f"access_token, {MASK}"),
        ("graphql-ws, bearer, abc", f"graphql-ws, bearer, {MASK}"),
        ("bearer.abcdefgh", f"bearer.{MASK}"),
        (f"chat, {JWT}", f"chat, {MASK}"),
        (f"{KUBERNETES}QUJDREVGRw, v4.channel.k8s.io", f"{KUBERNETES}{MASK}, v4.channel.k8s.io"),
        ("x1, k9f8e7d6c5b4a3k2j1h0", f"x1, {MASK}"),
        ("com.example.protocol.v1.2023", "com.example.protocol.v1.2023"),
    ],
)
def test_subprotocols(offered: str, expected: str) -> None:
    """Credentials that are offered as a subprotocol go, the names of real ones stay."""
    assert mask().subprotocols(offered) == expected


def test_an_encoded_credential_is_known_as_it_is() -> None:
    """What a subprotocol says to be base64 is known decoded too."""
    masked = mask()
    masked.subprotocols(f"{KUBERNETES}QUJDREVGRw")
    assert b"ABCDEFG" in masked.known


def test_what_is_known_goes_everywhere() -> None:
    """A value that was a secret in one header is one in every other place."""
    masked = mask()
    assert masked.header("Authorization", "Bearer abc-def-ghi") == f"Bearer {MASK}"
    assert masked.header("X-Debug", "for abc-def-ghi") == f"for {MASK}"
    assert masked.url("wss://h/abc-def-ghi/") == f"wss://h/{MASK}/"
    assert masked.subprotocols("abc-def-ghi") == MASK
