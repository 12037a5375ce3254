"""Lines for what is no message."""

from dataclasses import astuple

import pytest

from paperknife.live.events import Closed, Control, Notice, Opened, Oversize, close_meaning, event_text, missed_text
from paperknife.live.layout import Columns
from paperknife.traffic import Close, Connection, Piece
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.paint import ANSI, PLAIN
from paperknife_decoders.protocol import Protocol

NOON = 1_900_000_000_482_000_000
CONNECTION = Connection(1, "wss://venue.example/v1", "127.0.0.1:51234", NOON)
READER = Protocol().reader()


def control(opcode, content):
    return Control(Message(1, Direction.SERVER, NOON, opcode, content, READER))


def closed(code, reason="", by=None, after_s=2):
    return Closed(CONNECTION, Close(code, reason, by, NOON + after_s * 10**9), 3, 1234)


LINES = [
    (Opened(CONNECTION), "17:46:40.482 #1 -- opened          wss://venue.example/v1  from 127.0.0.1:51234"),
    (
        Opened(Connection(12, "ws://h/?\x1b[2J", "c", NOON, "trading.v1", read=False)),
        "17:46:40.482 #12 -- opened          ws://h/?\\x1b[2J  subprotocol trading.v1, from c, "
        "matches no protocol: passes unread",
    ),
    (Opened(Connection(1, "wss://h/", "", NOON)), "17:46:40.482 #1 -- opened          wss://h/"),
    (
        closed(1000, by=Direction.CLIENT),
        "17:46:42.482 #1 -- closed          1000 normal closure by the client, after 2.0 s, -> 3 <- 1,234 messages",
    ),
    (
        closed(4000, "bad key\x1b]0;owned\x07", Direction.SERVER, 200),
        '17:50:00.482 #1 -- closed          4000 a code of the application "bad key\\x1b]0;owned\\x07" by the server, '
        "after 3m20s, -> 3 <- 1,234 messages",
    ),
    (
        closed(1006, by=Direction.SERVER),
        "17:46:42.482 #1 -- closed          1006 no close frame: broken off by the server, after 2.0 s, "
        "-> 3 <- 1,234 messages",
    ),
    (
        closed(1006, "paperknife ended"),
        "17:46:42.482 #1 -- closed          1006 no close frame: paperknife ended, after 2.0 s, -> 3 <- 1,234 messages",
    ),
    (control(Opcode.PING, b"hi\x1b\xff"), "17:46:40.482 #1 <- ping            hi\\x1b\\xff"),
    (control(Opcode.PONG, b""), "17:46:40.482 #1 <- pong"),
    (control(Opcode.CLOSE, b"\x03\xe9bye"), "17:46:40.482 #1 <- close           1001 going away bye"),
    (control(Opcode.CLOSE, b"\x03"), "17:46:40.482 #1 <- close           \\x03"),
    (
        Oversize(Piece(1, Direction.SERVER, NOON, Opcode.BINARY, b"", 16_800_000, last=True)),
        "17:46:40.482 #1 <- binary          (17 MB, beyond the limit: not decoded)",
    ),
    (Notice("Schema: 3 files.", False, NOON), "17:46:40.482 * Schema: 3 files."),
    (
        Notice("a.proto:1:2: bad\x07\nb.proto:3:4: worse", True, NOON),
        "17:46:40.482 ! a.proto:1:2: bad\\x07\n               b.proto:3:4: worse",
    ),
]


@pytest.mark.parametrize(("event", "line"), LINES)
def test_event_text(event, line):
    """Each event has its line; nothing of it is cut off, and no control character of a peer gets through."""
    assert event_text(event, Columns(), 160) == line


def test_long_events_are_wrapped():
    """At 80 columns what does not fit goes on in the next line, below its beginning, and no word is broken."""
    event = closed(1000, "done", by=Direction.CLIENT)
    assert event_text(event, Columns(), 80).splitlines() == [
        '17:46:42.482 #1 -- closed          1000 normal closure "done" by the client,',
        "                                   after 2.0 s, -> 3 <- 1,234 messages",
    ]
    url = "wss://venue.example/" + "x" * 80
    lines = event_text(Opened(Connection(1, url, "c", NOON)), Columns(), 80).splitlines()
    assert [line.strip() for line in lines] == [f"17:46:40.482 #1 -- opened          {url}", "from c"]
    notice = Notice("Schema: 33 messages in 6 files; client sends trading.v1.ClientMessage.", False, NOON)
    assert event_text(notice, Columns(), 64).splitlines() == [
        "17:46:40.482 * Schema: 33 messages in 6 files; client sends",
        "               trading.v1.ClientMessage.",
    ]


@pytest.mark.parametrize("event", [event for event, _ in LINES])
def test_events_in_colour_say_the_same(event):
    """Colours add nothing but colours."""
    text = event_text(event, Columns(), 80, ANSI)
    for role in filter(None, astuple(ANSI)):
        text = text.replace(role, "")
    assert text == event_text(event, Columns(), 80, PLAIN)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (1000, "normal closure"),
        (1006, "no close frame"),
        (1011, "internal error"),
        (3000, "a code of a library or framework"),
        (4999, "a code of the application"),
        (0, "not a code that RFC 6455 allows"),
        (1004, "not a code that RFC 6455 allows"),
        (65535, "not a code that RFC 6455 allows"),
    ],
)
def test_close_meaning(code, meaning):
    """Every close code is put in words."""
    assert close_meaning(code) == meaning


def test_orderly_ends_are_not_marked():
    """Only what is no orderly end has the colour of marks."""
    assert ANSI.mark not in event_text(closed(1000), Columns(), 80, ANSI)
    assert ANSI.mark in event_text(closed(1006), Columns(), 80, ANSI)


def test_narrow_terminals_get_a_short_clock():
    """Below 64 columns the milliseconds go."""
    assert event_text(Notice("x", False, NOON), Columns(), 40) == "17:46:40 * x"


def test_missed():
    """Lines that were left out are counted."""
    assert missed_text(12_345) == "! 12,345 lines not shown"
