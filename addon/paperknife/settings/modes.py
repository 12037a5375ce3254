"""Proxy modes: what mitmproxy takes, and what it lacks for WebSockets.

mitmproxy knows neither `ws` nor `wss`, nor a path, in ``reverse:``. So ``reverse:wss://venue.example/v1`` becomes the
mode ``reverse:https://venue.example`` and a path that a request for ``/`` is sent to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Mode", "ModeError", "join_path", "parse_mode"]

SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
"""Schemes that may stand in ``reverse:``, and mitmproxy's name for each."""

LISTEN_AT = re.compile(r"@(?P<at>(?:(?:\[[0-9a-fA-F:]+\]|[^@/:\[\]]*):)?\d+)$")
"""What follows the last ``@`` of a mode where it is a port, or a host and a port."""


class ModeError(ValueError):
    """A mode that cannot work, in one sentence."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One proxy mode.

    `spec` is what mitmproxy is given. `path` is where a request for ``/`` goes in reverse mode (empty: to ``/``).
    `target` is the URL that the user gave, in ``ws``/``wss`` terms, for reverse modes.
    """

    spec: str
    path: str = ""
    target: str = ""

    def client_path(self) -> str:
        """The path that belongs into the client's URL.

        A query, which may hold a token, is left to the mode: a request for ``/`` is given it.
        """
        return "/" if "?" in self.path else self.path or "/"


def parse_mode(spec: str) -> Mode:
    """Translate one ``--mode`` of the user. Modes other than ``reverse:`` with a known scheme pass as they are.

    Raises `ModeError` where nothing sensible can be meant.
    """
    kind, colon, rest = spec.partition(":")
    if kind in SCHEMES and rest.startswith("//"):
        raise ModeError(f"A proxy mode was expected and a URL was found: {spec!r}. Write --mode reverse:{spec}")
    if kind.lower() != "reverse" or not colon:
        return Mode(spec)
    at = LISTEN_AT.search(rest)
    url, listen = (rest[: at.start()], f"@{at['at']}") if at else (rest, "")
    scheme, _, address = url.partition("://") if "://" in url else ("https", "", url)  # https is mitmproxy's default
    if scheme.lower() not in SCHEMES:
        return Mode(spec)
    authority, slash, path = address.partition("/")
    if "?" in authority:
        authority, _, query = authority.partition("?")
        slash, path = "/", f"?{query}"
    if not authority:
        raise ModeError(f"A host was expected after {scheme}:// in --mode {spec}, as in reverse:wss://venue.example/v1")
    if "@" in authority:
        raise ModeError(f"A user and password were found in --mode {spec}; send them from the client instead.")
    if "#" in path:
        path = path.partition("#")[0]
    full_path = "" if path == "" else f"{slash}{path}"
    plain = SCHEMES[scheme.lower()]
    socket_scheme = "wss" if plain == "https" else "ws"
    return Mode(f"reverse:{plain}://{authority}{listen}", full_path, f"{socket_scheme}://{authority}{full_path}")


def join_path(requested: str, path: str) -> str:
    """The path to ask the server for, when the client asked for `requested` and the mode names `path`.

    ``/`` becomes `path`, with the client's query kept; any other path passes as it is.

    >>> join_path("/?token=x", "/v1"), join_path("/v2", "/v1")
    ('/v1?token=x', '/v2')
    """
    bare, question, query = requested.partition("?")
    if not path or bare != "/":
        return requested
    if not question:
        return path
    return f"{path}{'&' if '?' in path else '?'}{query}"
