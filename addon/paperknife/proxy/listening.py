"""Where a running mitmproxy listens, in the words that a user needs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mitmproxy.addons.proxyserver import Proxyserver

from paperknife.settings.modes import Mode
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction import HandshakeMask, KnownSecrets
from paperknife_decoders.secrets import Secrets

__all__ = ["Listening", "StartError", "find_listening"]

NOISE = re.compile(r"\[Errno [^]]*\] |error while attempting to bind on address \([^)]*\): ", re.IGNORECASE)
"""What says nothing to the user."""

FAILED = re.compile(r".* failed to listen on (?P<address>\S+) with (?P<reason>.*)")
"""What mitmproxy makes of an `OSError`."""

EVERYWHERE = ("0.0.0.0", "::", "")


class StartError(Exception):
    """The proxy could not be started, in one sentence."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where one mode listens. `host` can be connected to from this machine; `mode` is what the user asked for."""

    mode: Mode
    host: str
    port: int

    @property
    def url(self) -> str:
        """The URL to put into the client for a reverse mode, the proxy's own address for every other."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.mode.target:
            return f"ws://{host}:{self.port}{self.mode.client_path()}"
        return f"http://{host}:{self.port}"

    def sentence(self) -> str:
        """What to do with it."""
        if self.mode.target:
            target = printable(HandshakeMask(KnownSecrets(), Secrets()).url(self.mode.target))
            return f"Put this URL into the client: {self.url} (goes on to {target})"
        kind = self.mode.spec.partition(":")[0].partition("@")[0]
        return f"Listening at {self.host}:{self.port} ({kind} proxy): {self.url}"


def find_listening(server: Proxyserver, modes: Iterable[Mode]) -> tuple[Listening, ...]:
    """Where each of `modes` listens, or all that run. Raises `StartError` where one could not be started."""
    modes = tuple(modes) or tuple(Mode(instance.mode.full_spec) for instance in server.servers)
    running = {instance.mode.full_spec for instance in server.servers}
    found = []
    for mode in modes:
        if mode.spec not in running:  # the option --no-server
            continue
        instance = server.servers[mode.spec]
        if instance.last_exception is not None:
            raise StartError(start_sentence(instance.last_exception))
        addresses = [address for address in instance.listen_addrs if address]
        if addresses:
            host, port = addresses[0][:2]
            found.append(Listening(mode, "127.0.0.1" if host in EVERYWHERE else host, port))
    return tuple(found)


def start_sentence(error: BaseException) -> str:
    """Why a server could not listen, and what to do."""
    reason, where = NOISE.sub("", str(error).partition("\n")[0]).rstrip("."), ""
    if failed := FAILED.fullmatch(reason):
        where, reason = f" on {failed['address']}", failed["reason"]
    hint = " Choose another port with --listen-port N (0 takes any free one)." if "in use" in reason else ""
    return f"The proxy could not listen{where}: {reason}.{hint}"
