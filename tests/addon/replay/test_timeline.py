"""The recorded connections of a session, and what was said on each."""

from pathlib import Path

import pytest
from tests.addon.recording.sessions import CLIENT, MS, SERVER, START_NS, Line, plain, trading_day, write

from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.reading import RecordingError
from paperknife.replay.timeline import Recorded, Session, as_client_saw, as_server_saw, path_of
from paperknife.traffic import Connection, Handshake, Piece
from paperknife_decoders.message import Fate, Message, Opcode


def connection(number: int, url: str, extensions: str = "") -> Connection:
    shake = Handshake((), (("sec-websocket-extensions", extensions),) if extensions else ())
    return Connection(number, url, "127.0.0.1:5001", START_NS, handshake=shake)


def session(path: Path, *urls: str) -> Session:
    return Session([write(path, [Opened(connection(at, url)) for at, url in enumerate(urls, 1)])])


TAKEN = [
    (["ws://v/a"], ["/a", "/a", "/b"], [1, 1, 1]),
    (["ws://v/a", "ws://v/b"], ["/b", "/a", "/b"], [2, 1, 2]),
    (["ws://v/a", "ws://v/b", "ws://v/a"], ["/a", "/a", "/a", "/a"], [1, 3, 1, 3]),
    (["ws://v/a?x=1", "ws://v/b"], ["/a", "/c"], [1, None]),
    (["wss://v", "ws://v/b"], ["/"], [1]),
    ([], ["/"], [None]),
]


@pytest.mark.parametrize(("urls", "asked", "numbers"), TAKEN)
def test_a_live_connection_gets_the_next_recorded_one_of_its_path(tmp_path, urls, asked, numbers) -> None:
    """In their order, from the first again after the last; the only one of a recording is for every path."""
    path = tmp_path / "s.mcap"
    found = session(path, *urls) if urls else Session([write(path, [Noticed("nothing", False, START_NS)])])
    taken = [found.take(path) for path in asked]
    assert [None if each is None else each.number for each in taken] == numbers


PATHS = [("ws://v/a/b?c=d", "/a/b"), ("/v1?token=x", "/v1"), ("wss://v", "/"), ("", "/")]


@pytest.mark.parametrize(("url", "path"), PATHS)
def test_the_path_is_without_the_query(url, path) -> None:
    """At least a slash."""
    assert path_of(url) == path


def test_what_each_side_saw(tmp_path) -> None:
    """The client sent what was dropped, and did not send what was injected; and the other way round."""
    line = Line()
    acts = [
        line.raw(10, direction, f"{direction.value} {fate.value}".encode(), fate=fate)
        for direction in (CLIENT, SERVER)
        for fate in (Fate.PASSED, Fate.DROPPED, Fate.INJECTED)
    ]
    found = Session([write(tmp_path / "s.mcap", [line.opened(), *acts])])
    seen = {
        choose: [act.content.decode() for act in found.acts(1, choose)] for choose in (as_client_saw, as_server_saw)
    }
    assert seen[as_client_saw] == ["client passed", "client dropped", "server passed", "server injected"]
    assert seen[as_server_saw] == ["client passed", "client injected", "server passed", "server dropped"]


def test_acts_are_of_one_connection_without_control_frames(tmp_path) -> None:
    """Messages that were recorded in pieces are whole again, and the end comes last."""
    line, other = Line(), Line(2)
    pieces = [
        Piece(1, SERVER, START_NS, Opcode.TEXT, b"ab", 0, False),
        Piece(1, SERVER, START_NS, Opcode.TEXT, b"c", 2, False),
        Piece(1, SERVER, START_NS, Opcode.TEXT, b"", 3, True),
    ]
    items = [
        line.opened(),
        other.opened(),
        other.raw(1, CLIENT, b"other"),
        line.raw(2, CLIENT, b"", Opcode.PING),
        *pieces,
        line.closed(30),
        line.raw(40, CLIENT, b"behind the end"),
    ]
    (whole, end) = Session([write(tmp_path / "s.mcap", items)]).acts(1, as_client_saw)
    assert isinstance(whole, Message)
    assert (whole.content, whole.opcode) == (b"abc", Opcode.TEXT)
    assert isinstance(end, Closed)


def test_several_files_are_one_session(tmp_path) -> None:
    """A connection that goes on in the next file is the same one."""
    line = Line()
    first = write(tmp_path / "1.mcap", [line.opened(), line.raw(1, CLIENT, b"one")])
    second = write(tmp_path / "2.mcap", [Opened(line.connection, resumed=True), line.raw(2, CLIENT, b"two")])
    found = Session([first, second])
    assert [each.number for each in found.connections()] == [1]
    assert [act.content for act in found.acts(1, as_client_saw)] == [b"one", b"two"]


def test_it_begins_with_what_holds_by_then(tmp_path) -> None:
    """The login and the subscription, at the time at which it begins."""
    found = Session([write(tmp_path / "s.mcap", trading_day())])
    start_ns = START_NS + 105 * MS
    acts = list(found.acts(1, as_client_saw, start_ns))
    held = [act.envelopes[0].payload for act in acts if isinstance(act, Message) and act.time_ns == start_ns]
    assert {"login", "subscribe"} <= set(held)
    assert all(act.time_ns >= start_ns for act in acts)


def test_a_cut_file_is_told_of_once(tmp_path) -> None:
    """And read up to the cut; what is no recording is an error."""
    path = plain(tmp_path / "s.mcap", trading_day())
    path.write_bytes(path.read_bytes()[:-30])
    found = Session([path])
    for _ in range(2):
        assert list(found.acts(1, as_client_saw))
    assert len(found.faults) == 1
    path.write_bytes(b"no recording")
    with pytest.raises(RecordingError):
        Session([path]).connections()


@pytest.mark.parametrize(("extensions", "is_compressed"), [("", False), ("permessage-deflate; x", True), ("x", False)])
def test_compression_stands_in_the_handshake(extensions, is_compressed) -> None:
    """In the server's answer (RFC 7692)."""
    assert Recorded(connection(1, "ws://v/", extensions)).is_compressed is is_compressed
