"""A short session with the demo's venue as a recording: one of everything that can stand in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.addon.proxy.terminal import EDITOR, Terminal
from websockets.sync.server import ServerConnection

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.packing import pack
from paperknife.recording.writer import encoded
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.traffic import Close, Connection, Handshake, Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
START_NS = 1_900_000_000_000_000_000
"""Some time in March 2030: 17:46:40 UTC."""


@dataclass(frozen=True)
class Tape:
    """Makes items and recordings of them, all with the demo's schema."""

    loaded: Loaded
    api: Api

    def connection(self, number: int = 1, ms: int = 0) -> Connection:
        """A connection that opened `ms` milliseconds after the start."""
        handshake = Handshake((("Host", "venue.example"),), (("Upgrade", "websocket"),))
        return Connection(
            number, "wss://venue.example/v1", "127.0.0.1:51234", START_NS + ms * 10**6, "v1", True, handshake
        )

    def message(
        self, direction: Direction, payload: str, fields: dict[str, object], ms: int = 0, **more: object
    ) -> Message:
        """One envelope, `ms` milliseconds after the start."""
        content = (self.api.client if direction is CLIENT else self.api.server).encode(payload, fields)
        return self.raw(direction, content, ms, **more)

    def raw(self, direction: Direction, content: bytes, ms: int = 0, **more: object) -> Message:
        """Any content."""
        told = {"connection": 1, "opcode": Opcode.BINARY, "reader": self.loaded.protocol.reader()} | more
        return Message(direction=direction, content=content, time_ns=START_NS + ms * 10**6, **told)

    def session(self) -> list[Item]:
        """One of everything."""
        order = {"request_id": 7, "symbol": "ESZ6", "side": "BUY", "quantity": 3}
        changed = self.message(CLIENT, "order", order | {"quantity": 2}, 900, fate=Fate.CHANGED)
        changed.original = self.message(CLIENT, "order", order).content
        login = self.message(CLIENT, "login", {"user": "alice", "password": "*******"}, 1)
        at = login.content.index(b"*******")
        login.masked = ((at, at + 7),)
        return [
            Opened(self.connection()),
            login,
            self.message(SERVER, "login_response", {"result": "OK"}, 3),
            self.message(SERVER, "market_data", {"symbol": "ESZ6", "sequence": 41}, 8),
            self.message(SERVER, "market_data", {"symbol": "NQZ6", "sequence": 42}, 8),
            changed,
            self.message(SERVER, "order_response", {"request_id": 7, "status": "ACCEPTED", "symbol": "ESZ6"}, 902),
            self.message(SERVER, "market_data", {"symbol": "ESZ6", "sequence": 43}, 950, fate=Fate.DROPPED),
            self.raw(SERVER, b'{"hello": "text"}', 951, opcode=Opcode.TEXT),
            self.raw(SERVER, b"\xff\xfe", 952),
            self.raw(CLIENT, b"p", 953, opcode=Opcode.PING),
            Piece(1, SERVER, START_NS + 960 * 10**6, Opcode.BINARY, b"x" * 40, 0, False),
            Piece(1, SERVER, START_NS + 961 * 10**6, Opcode.BINARY, b"y" * 2, 40, False),
            Piece(1, SERVER, START_NS + 962 * 10**6, Opcode.BINARY, b"", 42, True),
            Noticed("Careful with that.", True, START_NS + 970 * 10**6),
            Opened(self.connection(2, 1400), resumed=True),
            self.message(CLIENT, "heartbeat", {"sequence": 1}, 1500, connection=2),
            Closed(self.connection(), Close(1000, "bye", CLIENT, START_NS + 2000 * 10**6)),
        ]

    def plain(self, items: list[Item] | None = None, redact: str = "fields") -> bytes:
        """A recording as it is while it is recorded."""
        encoder = Encoder()
        parts = [encoder.begin({"program": "paperknife 0.1", "redact": redact})]
        parts += (encoded(encoder, item) for item in (self.session() if items is None else items))
        return b"".join(parts)


@pytest.fixture(scope="session")
def tape() -> Tape:
    """Makes recordings."""
    return Tape(load(Reading(schema=(str(given_schema()),))), Api(given_schema()))


@pytest.fixture
def record(tape: Tape, tmp_path: Path) -> Callable[..., Path]:
    """`record(items, packed=True)` writes a recording; the session with one of everything by default."""

    def record(items: list[Item] | None = None, *, packed: bool = True, name: str = "session.mcap") -> Path:
        path = tmp_path / name
        path.write_bytes(tape.plain(items))
        if packed:
            pack(path, path)
        return path

    return record


@pytest.fixture
def received() -> list[bytes]:
    """What has come to the server behind `in_terminal`."""
    return []


@pytest.fixture
def in_terminal(
    served: Callable[..., str], trading: str, environment: dict[str, str], tmp_path: Path, received: list[bytes]
) -> Iterator[Callable[..., Terminal]]:
    """`in_terminal(*words)` is a proxy in a terminal, in front of a server that keeps what comes."""

    def keep(connection: ServerConnection) -> None:
        received.extend(content for content in connection if isinstance(content, bytes))

    started: list[Terminal] = []

    def start(*words: str) -> Terminal:
        command = ["paperknife", "proxy", "--mode", f"reverse:{served(keep)}", "--schema", trading, "-p", "0", *words]
        started.append(Terminal(command, environment | {"EDITOR": EDITOR}, tmp_path))
        return started[-1]

    yield start
    for terminal in started:
        terminal.program.close(force=True)
