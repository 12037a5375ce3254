"""The secrets of a handshake: in its URL, its headers and the subprotocols that are offered."""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from paperknife_decoders.redaction.known import KnownSecrets
from paperknife_decoders.secrets import MASK, Secrets

__all__ = ["HEADERS", "PARAMETERS", "HandshakeMask"]

HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-amz-security-token"}
)
"""Headers that hold secrets, besides all whose name, with or without ``x-``, is a secret name."""

PARAMETERS = frozenset({"auth", "key", "sig", "signature", "ticket"})
"""Parameters of a URL that hold secrets besides those with secret names, if they are long enough to be one."""

LEAST_PARAMETER = 8
"""Shorter values of such parameters are left: a `key` may be a word."""

SUBPROTOCOLS = "sec-websocket-protocol"
ADDRESSES = frozenset({"origin", "referer", "location"})
"""Headers that hold a URL."""

SCHEME = re.compile(r"(?P<scheme>[A-Za-z][\w-]*\s+)(?P<credentials>\S.*)", re.DOTALL)
"""Credentials in a header (RFC 9110, section 11.4)."""

JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*|eyJ[\w-]{40,}")
"""A JSON Web Token (RFC 7519), which says itself what it is."""

BEHIND_A_WORD = re.compile(
    r"(?P<word>.*?(?<![a-z0-9])(?:bearer|authorization|auth|token|jwt|api[_-]?key|ticket)"
    r"(?:[._-](?:authorization|bearer|token|[a-z0-9]{1,4}))*[.:=_-])(?P<secret>[^.:=]{6,}.*)",
    re.IGNORECASE | re.DOTALL,
)
"""A subprotocol that carries a credential behind a word, such as ``bearer.`` or Kubernetes'
``base64url.bearer.authorization.k8s.io.``."""

WORDS = frozenset({"bearer", "authorization", "auth", "basic", "ticket"})
"""Offered by themselves these say that the next subprotocol is a credential; so do secret names."""

RANDOM_LENGTH, RANDOM_DIGITS, RANDOM_KINDS = 20, 3, 10
"""What looks drawn by lot: so many characters, digits among them, and different ones."""

COOKIE_ATTRIBUTES = frozenset({"expires", "max-age", "domain", "path", "samesite", "priority"})
"""What stands behind a cookie that is set (RFC 6265, section 4.1)."""

LEAST_COOKIE = 8
"""Values of shorter cookies are masked, and not known as secrets: they are languages and themes."""


@dataclass(frozen=True, slots=True)
class HandshakeMask:
    """Masks handshakes by names and by what is known; each value that it masks is known from then on."""

    known: KnownSecrets
    secrets: Secrets

    def url(self, url: str) -> str:
        """`url` with its secrets masked: a password before the host, secret parameters of the query and the fragment.

        >>> HandshakeMask(KnownSecrets(), Secrets()).url("wss://venue.example/v1?user=a&token=abc")
        'wss://venue.example/v1?user=a&token=[redacted]'
        """
        head, sign, fragment = url.partition("#")
        head, question, query = head.partition("?")
        masked = self.address(head) + question + self.parameters(query) + sign + self.parameters(fragment)
        return self.rest(masked)

    def address(self, head: str) -> str:
        """Scheme, host and path; of what is before the host a password goes."""
        scheme, separator, rest = head.partition("://")
        authority, slash, path = rest.partition("/")
        user, at, host = authority.rpartition("@")
        name, colon, password = user.partition(":")
        if not at or not separator:
            return head
        if colon:
            user = f"{name}:{self.hidden(unquote(password))}"
        elif looks_random(name):
            user = self.hidden(unquote(name))
        return f"{scheme}://{user}@{host}{slash}{path}"

    def parameters(self, query: str) -> str:
        """The values of secret parameters go."""
        return re.sub(r"[^&;]+", lambda part: self.parameter(part[0]), query)

    def parameter(self, part: str) -> str:
        """One ``name=value``."""
        name, equals, value = part.partition("=")
        plain = unquote_plus(name)
        is_credential = plain.lower() in PARAMETERS and len(value) >= LEAST_PARAMETER
        if not value or not (is_credential or self.secrets.hides_name(plain)):
            return part
        self.known.learn(unquote(value))
        return f"{name}{equals}{self.hidden(unquote_plus(value))}"

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers in their order, secrets masked: the scheme of credentials stays, and so do the names of cookies."""
        return tuple((name, self.header(name, value)) for name, value in headers)

    def header(self, name: str, value: str) -> str:
        """The value of one header."""
        key = name.lower()
        if special := SPECIAL.get(key):
            return special(self, value)
        if key in HEADERS or self.secrets.hides_name(key):
            return self.credentials(value)
        return self.rest(value)

    def credentials(self, value: str) -> str:
        """``Bearer abc``: the first word stays."""
        found = SCHEME.fullmatch(value)
        if not found:
            return self.hidden(value) if value else value
        self.known.learn(value)
        return found["scheme"] + self.hidden(found["credentials"])

    def cookies(self, value: str) -> str:
        """``name=value; name=value``: the names stay."""
        return "; ".join(self.cookie(part.strip(), is_first=True) for part in value.split(";"))

    def cookie_set(self, value: str) -> str:
        """One cookie and its attributes."""
        first, *attributes = value.split(";")
        return "; ".join([self.cookie(first, is_first=True), *(self.cookie(part.strip()) for part in attributes)])

    def cookie(self, part: str, *, is_first: bool = False) -> str:
        """One cookie; an attribute of one stays."""
        name, equals, value = part.partition("=")
        if not equals or (not is_first and name.lower() in COOKIE_ATTRIBUTES):
            return part
        content = value.strip('"')
        if len(content) >= LEAST_COOKIE or self.secrets.hides_name(name):
            self.known.learn(content)
            self.known.learn(unquote(content))
        return f"{name}={MASK}" if value else part

    def subprotocols(self, value: str) -> str:
        """The subprotocols that are offered, or the one that is agreed on."""
        shown, is_next = [], False
        for offered in (part.strip() for part in value.split(",")):
            shown.append(self.hidden(offered) if is_next and offered else self.subprotocol(offered))
            is_next = offered.lower() in WORDS or self.secrets.hides_name(offered)
        return ", ".join(shown)

    def subprotocol(self, offered: str) -> str:
        """One subprotocol; the words before a credential stay."""
        if found := BEHIND_A_WORD.fullmatch(offered):
            with contextlib.suppress(ValueError):
                if found["word"].lower().startswith("base64"):
                    self.known.learn(base64.urlsafe_b64decode(found["secret"] + "=="))
            return found["word"] + self.hidden(found["secret"])
        return self.hidden(offered) if looks_random(offered) else self.rest(offered)

    def rest(self, text: str) -> str:
        """What has no secret name: tokens that say what they are, and what is known."""
        return self.known.mask_text(JWT.sub(lambda found: self.hidden(found[0]), text))

    def hidden(self, value: str) -> str:
        """The mask in place of a value that is known from now on."""
        self.known.learn(value)
        return MASK


SPECIAL: dict[str, Callable[[HandshakeMask, str], str]] = {
    "cookie": HandshakeMask.cookies,
    "set-cookie": HandshakeMask.cookie_set,
    SUBPROTOCOLS: HandshakeMask.subprotocols,
    **dict.fromkeys(ADDRESSES, HandshakeMask.url),
}


def looks_random(text: str) -> bool:
    """True for what looks drawn by lot: long, of digits and letters, and not laid out by dots as names are."""
    digits = sum(sign.isdigit() for sign in text)
    letters = sum(sign.isalpha() for sign in text)
    is_plain = "." not in text and letters >= RANDOM_DIGITS and digits >= RANDOM_DIGITS
    return is_plain and len(text) >= RANDOM_LENGTH and len(set(text)) >= RANDOM_KINDS
