"""The live view as a consumer: what is shown, hidden, counted, and that it never blocks."""

import io
import json
import os
import re
import threading

import pytest

from paperknife.live.printer import Limits
from paperknife.live.tally import Tally
from paperknife.live.view import LiveView, ViewOptions
from paperknife.traffic import Batch, Close, Connection, Piece
from paperknife_decoders.expression import compile_expression
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import NO_SECRETS
from paperknife_decoders.steps import Opened

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
PAYLOADS = [
    "login",
    "login_response",
    "subscribe",
    "subscribe_response",
    "market_data",
    "order",
    "order_response",
    "heartbeat",
    "(nothing set)",
]


def show(options, feed):
    """What the view prints of what `feed` sends it; nothing may be lost."""
    out = io.StringIO()
    view = LiveView(options, out)
    feed(view)
    assert view.finish() == 0
    return out.getvalue()


def without_news(text):
    """The lines but for those that tell what the schema lacks."""
    return [line for line in text.splitlines() if not re.search(r"which the schema|schema drift|schema lacks", line)]


def payloads(text):
    """The payload column of messages."""
    return re.findall(r"^\S+ #\d+ +(?:->|<-) (\(.*?\)|\w+)", text, re.MULTILINE)


def compiled(venue, text):
    return compile_expression(text, venue.protocol.client.descriptor, venue.protocol.server.descriptor)


def test_shows_everything_in_order(play):
    """Connections, notices and messages appear as they came."""
    text = show(ViewOptions(), play)
    assert payloads(text) == PAYLOADS
    lines = without_news(text)
    assert len(lines) == 3 + len(PAYLOADS)
    assert "opened" in lines[0]
    assert "* Schema: 34 messages in 6 files." in lines[1]
    assert "1000 normal closure by the client, after 3.0 s, -> 4 <- 5 messages" in lines[-1]


@pytest.mark.parametrize(
    ("where", "hide", "expected"),
    [
        ("order", (), ["order"]),
        ("order.quantity > 5", (), []),
        ("direction == server", ("heartbeat",), [PAYLOADS[index] for index in (1, 3, 4, 6, 8)]),
        (None, ("heartbeat", "market_data", "size < 30"), ["order", "order_response", "(nothing set)"]),
    ],
)
def test_expressions(play, venue, where, hide, expected):
    """`where` picks, each of `hide` leaves out; connections and notices are always shown."""
    options = ViewOptions(where=where and compiled(venue, where), hide=tuple(compiled(venue, text) for text in hide))
    text = show(options, play)
    assert payloads(text) == expected
    assert len(without_news(text)) == 3 + len(expected)


def test_new_expressions_take_over(venue):
    """Expressions that were compiled anew hold for what comes after them."""
    out = io.StringIO()
    view = LiveView(ViewOptions(), out)
    view.use_expressions(compiled(venue, "heartbeat"))
    view.messages(venue.conversation())
    assert view.finish() == 0
    assert payloads(out.getvalue()) == ["heartbeat"]


def test_heartbeats_can_be_left_out(venue):
    """Without heartbeats neither heartbeat payloads nor pings and pongs are shown; a close frame is part of the end."""
    frames = [venue.message(CLIENT, b"", opcode) for opcode in (Opcode.PING, Opcode.PONG, Opcode.CLOSE)]
    batch = [*venue.conversation(), *frames]
    assert payloads(show(ViewOptions(heartbeats=True), lambda view: view.messages(batch)))[7:] == [
        "heartbeat",
        "(nothing set)",
        "ping",
        "pong",
    ]
    assert payloads(show(ViewOptions(heartbeats=False), lambda view: view.messages(batch)))[7:] == [
        "(nothing set)",
    ]


@pytest.mark.parametrize("form", ["line", "json"])
@pytest.mark.parametrize("whole", [True, False])
def test_control_frames_are_no_messages(venue, form, whole):
    """The line of a closed connection counts messages: what a ping or a close frame is counted as elsewhere, too."""
    opcodes = [Opcode.BINARY, Opcode.PING, Opcode.TEXT, Opcode.PONG, Opcode.CLOSE]
    contents = [b"", b"", b"x", b"", b"\x03\xe8"]

    def feed(view):
        for direction in (CLIENT, SERVER):
            batch = Batch(1, direction, 0, opcodes, contents, venue.reader)
            view.messages(batch if whole else batch.messages)
        view.closed(Connection(1, "ws://h/", "h:1", 0), Close(1000, "", CLIENT, 0))

    closed = show(ViewOptions(format=form), feed).splitlines()[-1]
    if form == "json":
        assert json.loads(closed)["messages"] == {"client": 2, "server": 2}
    else:
        assert closed.endswith("-> 2 <- 2 messages")


def test_latency_of_answers(play):
    """A response tells how long it took since its request, unless nobody wants to know."""
    lines = [line for line in show(ViewOptions(), play).splitlines() if "order_response" in line]
    assert "+3.0 ms" in lines[0]
    assert "+" not in show(ViewOptions(correlate=False), play)


def test_answers_are_told_though_the_request_is_hidden(play, venue):
    """What is hidden still counts as a request."""
    options = ViewOptions(where=compiled(venue, "order_response"), format="json")
    (found,) = [json.loads(line) for line in without_news(show(options, play)) if "order_response" in line]
    assert found["answers"] == {"payload": "order", "latency_ms": 3.0, "first": True}


def test_connections_are_kept_apart(venue):
    """An answer on one connection is none to a request on another."""
    order = {"request_id": 7}
    batch = [
        venue.message(CLIENT, venue.encode(CLIENT, "order", order), connection=1),
        venue.message(SERVER, venue.encode(SERVER, "order_response", order), connection=2, ms=5),
    ]
    assert "ms" not in show(ViewOptions(), lambda view: [view.messages([message]) for message in batch])


def test_secrets(play):
    """Secrets are masked by the protocol's rules, unless the options have other ones."""
    assert "hunter2" not in show(ViewOptions(), play)
    assert "hunter2" in show(ViewOptions(secrets=NO_SECRETS), play)


def test_json_is_one_object_a_line(play):
    """JSON lines are read by any program, one object each: events and envelopes."""
    found = [json.loads(line) for line in without_news(show(ViewOptions(format="json", colour=True), play))]
    assert [each["event"] for each in found if "event" in each] == ["opened", "notice", "closed"]
    assert [each["payload"] for each in found if "event" not in each] == [*PAYLOADS[:-1], None]


def test_verbose_shows_the_tree(venue):
    """With `verbose` the whole message stands below its line, indented."""
    text = show(ViewOptions(verbose=True), lambda view: view.messages([venue.order(symbol="ESZ6")]))
    first, *rest = text.splitlines()
    assert payloads(first) == ["order"]
    assert any("ESZ6" in line for line in rest)
    assert all(line.startswith(" " * 13) for line in rest)


@pytest.mark.parametrize("form", ["line", "yaml", "json"])
@pytest.mark.parametrize("verbose", [False, True])
def test_a_peers_control_characters_never_get_through(venue, form, verbose):
    """Whatever a peer sends, and wherever, the terminal gets printable characters and line feeds only."""
    evil = "\x1b[2J\x07\x9b31m\u202e\r\x00\x7f"
    batch = [
        venue.message(CLIENT, evil.encode(), Opcode.TEXT),
        venue.message(CLIENT, json.dumps({evil: evil}, ensure_ascii=False).encode(), Opcode.TEXT),
        venue.message(CLIENT, evil.encode(), Opcode.PING),
        venue.message(CLIENT, b"\xff" + evil.encode()),
        venue.message(CLIENT, b"\x7a\x20" + (evil * 4).encode()[:32]),
        venue.order(symbol=evil, client_tag=evil, labels={evil: evil}),
    ]

    def feed(view):
        view.messages(batch)
        view.notice(evil, warning=True)

    text = show(ViewOptions(format=form, verbose=verbose), feed)
    assert [char for char in text if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("form", ["line", "yaml", "json"])
def test_odd_messages_are_shown(venue, form):
    """Every kind of message that does not decode is shown, and nothing is lost."""
    contents = [b"", b"\x00", b"\xff" * 200, b"\x08\x96\x01", b"\x1a\x03abc", b"\x0b" * 10_000, b"x" * 100_000]
    batch = [
        venue.message(direction, content, opcode)
        for content in contents
        for direction in Direction
        for opcode in (Opcode.BINARY, Opcode.TEXT)
    ]
    text = show(ViewOptions(format=form, width=80), lambda view: view.messages(batch))
    assert "could not be shown" not in text
    if form == "line":
        assert sum(" #1 " in line for line in text.splitlines()) == len(batch)
        assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("form", ["line", "json"])
def test_what_the_schema_lacks_is_told_once(play, form):
    """A field that the schema does not have is told below the first message that is shown with it."""
    text = show(ViewOptions(format=form), lambda view: (play(view), play(view)))
    assert text.count("The server sends field 12 in order_response, which the schema lacks.") == 1


def test_what_is_not_shown_tells_no_news(play, venue):
    """Nothing is looked through that nobody wants to see."""
    assert "lacks" not in show(ViewOptions(where=compiled(venue, "login")), play)


class Cutter:
    """A step that opens a message into parts of four bytes."""

    name = "cutter"

    def open(self, data, context):
        return Opened(tuple(data[index : index + 4] for index in range(0, len(data), 4)), b"".join)


@pytest.mark.parametrize(("content", "labels"), [(b"", ["(empty)"]), (b"\x08\x01\x10\x02" * 3, ["(wire)"] * 3)])
def test_messages_with_none_or_several_envelopes(venue, content, labels):
    """A message that holds several envelopes has a line for each; one that holds none still has a line."""
    reader = Protocol(steps=(Cutter(),)).reader()
    text = show(ViewOptions(), lambda view: view.messages([venue.message(CLIENT, content, reader=reader)]))
    assert [line.split("-> ")[1].split()[0] for line in text.splitlines()] == labels
    if len(labels) > 1:
        assert text.splitlines()[1].lstrip().startswith("2/3 #1 ->")


class Faulty:
    """A reader with a fault."""

    protocol = Protocol()

    def read(self, direction, opcode, content, before):
        raise KeyError("a fault of ours")


def test_a_fault_of_ours_costs_one_line(venue):
    """A message that we fail to show becomes a warning with its bytes, and the next ones are shown."""
    batch = [venue.message(CLIENT, b"\x01\x02", reader=Faulty()), venue.order()]
    out = io.StringIO()
    view = LiveView(ViewOptions(), out, tally=Tally())
    view.messages(batch)
    assert view.finish() == 0
    text = out.getvalue()
    count, first, second = text.splitlines()
    assert "The count of messages ends here: KeyError('a fault of ours')" in count
    assert "KeyError: 'a fault of ours'" in first
    assert "0102" in first
    assert payloads(second) == ["order"]


def test_empty_batches_are_nothing():
    """A batch without messages leaves no trace."""
    assert show(ViewOptions(), lambda view: view.messages([])) == ""


@pytest.fixture
def stalled():
    """A pipe that nobody reads, already full."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, bytes(65536))
    except BlockingIOError:
        os.set_blocking(write, True)
    with os.fdopen(write, "w") as out:
        yield out
        os.close(read)


def test_a_stalled_reader_stops_nobody(venue, stalled):
    """With a reader that stalls, messages pass by, are counted as lost, and the tally still counts all of them."""
    tally = Tally()
    options = ViewOptions(format="json", limits=Limits(lines=100, stall_s=0.05))
    view = LiveView(options, stalled, tally=tally)
    for _ in range(500):
        view.messages([venue.order()])
    assert view.finish() == 500
    assert tally.summary_text().startswith("-> 500 messages")


def test_a_closed_pipe_ends_the_view_alone(venue):
    """When the reader goes away the command is told; messages go on passing and being counted."""
    read, write = os.pipe()
    broken = threading.Event()
    tally = Tally()
    with os.fdopen(write, "w") as out:
        view = LiveView(ViewOptions(), out, tally=tally, on_broken=lambda error: broken.set())
        os.close(read)
        view.messages([venue.order()])
        assert broken.wait(60)
        view.messages([venue.order()])
        assert view.finish() == 0
    assert tally.summary_text().startswith("-> 2 messages")


def test_the_tally_sees_all_that_is_shown(play):
    """A tally behind the view counts what one beside it would."""
    beside, behind = Tally(), Tally()
    play(beside)
    view = LiveView(ViewOptions(), io.StringIO(), tally=behind)
    play(view)
    view.finish()
    assert behind.summary_text() == beside.summary_text()


@pytest.mark.parametrize(
    ("form", "said"), [("line", "(12 B, beyond the limit"), ("json", '"size":12'), ("yaml", "12 B")]
)
def test_a_message_beyond_the_limit_is_said_once(form, said):
    """A message that passes in pieces is one line, with its size, when its last piece has passed; the tally has it."""
    tally, out = Tally(), io.StringIO()
    view = LiveView(ViewOptions(format=form), out, tally=tally)
    view.piece(Piece(1, Direction.CLIENT, 0, Opcode.BINARY, bytes(12), 0, last=False))
    view.piece(Piece(1, Direction.CLIENT, 1, Opcode.BINARY, b"", 12, last=True))
    assert view.finish() == 0
    assert out.getvalue().count("\n") == 1
    assert said in out.getvalue()
    assert "! 1 message beyond the limit passed without being decoded" in tally.summary_text()
    assert tally.summary_text().startswith("-> 1 message (12 B)")
