"""From a source to items: secrets masked, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.recording.exchange.sources import Session, Told
from paperknife.recording.items import Closed, Opened
from paperknife.settings.reading import Reading
from paperknife.traffic import Close, Connection, Handshake
from paperknife_decoders.message import Direction, Message, Opcode

CLIENT, SERVER = Direction
SECRET = "s3cr3t-v4lue-0815"
OTHER = "an-0ther-one"


@dataclass
class Held:
    """A source in memory."""

    sessions: list[Session]
    told: list[Told]

    def messages(self):
        return iter(self.told)

    def notes(self):
        return ()


def connection(number: int, time_ns: int, **more) -> Connection:
    """A connection to some venue."""
    return Connection(number, more.pop("url", "wss://venue.example/v1"), "", time_ns, **more)


def test_the_order_of_time(brought):
    """A connection is opened before its first message and closed after its last, whatever the times in the file say;
    one of which the file does not tell how it ended stays open."""
    sessions = [
        Session(connection(1, 50), Close(1000, "", None, 60)),
        Session(connection(2, 10)),
    ]
    told = [
        Told(0, CLIENT, Opcode.BINARY, 40, b"a"),
        Told(0, SERVER, Opcode.BINARY, 70, b"b"),
        Told(1, CLIENT, Opcode.BINARY, 20, b"c"),
        Told(1, CLIENT, Opcode.BINARY, 40, b"d"),
    ]
    kinds = []
    for item in brought(Held(sessions, told)):
        match item:
            case Opened():
                kinds.append(f"open {item.connection.number}")
            case Closed():
                kinds.append(f"close {item.connection.number}")
            case Message():
                kinds.append(item.content.decode())
    assert kinds == ["open 2", "c", "open 1", "a", "d", "b", "close 1"]


def secretive(session) -> Held:
    """A login whose password comes again in a later message, and secrets in the handshake."""
    login = session.api.client.encode("login", {"user": "alice", "password": SECRET})
    handshake = Handshake((("Authorization", f"Bearer {SECRET}x"), ("Host", "venue.example")), ())
    opened = connection(1, 1, url=f"wss://venue.example/v1?token={SECRET}y", handshake=handshake)
    return Held(
        [Session(opened, Close(1000, f"bad {SECRET}, token={OTHER}", SERVER, 9))],
        [
            Told(0, CLIENT, Opcode.BINARY, 2, login, original=login + b"\x40\x01"),
            Told(0, SERVER, Opcode.TEXT, 3, f"hello {SECRET}, {SECRET}x, {SECRET}y".encode()),
        ],
    )


def test_secrets_do_not_come_along(session, brought):
    """Named fields, handshakes and every later occurrence of a value once known are masked, in equal length."""
    source = secretive(session)
    items = brought(source)
    shown = repr([(item.content, item.original) if isinstance(item, Message) else item for item in items])
    assert not [secret for secret in (SECRET, OTHER) if secret in shown]
    login, hello = (item for item in items if isinstance(item, Message))
    assert len(login.content) == len(source.told[0].content)
    assert login.masked
    assert hello.content.startswith(b"hello ***")


def test_off_is_off(session, brought):
    """Where the user says so, nothing is masked."""
    source = secretive(session)
    items = brought(source, Reading(redact="off"))
    assert [item.content for item in items if isinstance(item, Message)] == [told.content for told in source.told]
    assert items[0] == Opened(source.sessions[0].connection)


def test_a_url_is_safe_to_show(brought):
    """Control characters in a URL are escaped, as in what the proxy sees."""
    (opened,) = brought(Held([Session(connection(1, 1, url="wss://x/\x1b[2J"))], []))
    assert opened.connection.url == "wss://x/\\x1b[2J"
