"""The envelopes of recordings, as bytes."""

from __future__ import annotations

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, Line, plain, write

from paperknife.cli.failure import Failure
from paperknife.cli.specimens import Specimens
from paperknife_decoders.message import Fate, Opcode


@pytest.fixture
def day(tmp_path):
    """A recording with one of each kind."""
    line = Line()
    items = [
        line.opened(),
        line.raw(1, CLIENT, b"\x08\x01"),
        line.raw(2, SERVER, b"\x08\x02", fate=Fate.CHANGED, original=b"\x08\x03"),
        line.raw(3, SERVER, b"\x08\x04", fate=Fate.DROPPED),
        line.raw(4, SERVER, b"\x08\x05", fate=Fate.INJECTED),
        line.raw(5, SERVER, b"hello", Opcode.TEXT),
        line.raw(6, SERVER, b"{}"),
        line.raw(7, CLIENT, b"", Opcode.PING),
        line.raw(8, CLIENT, b""),
        line.closed(9),
    ]
    return write(tmp_path / "day.mcap", items), plain(tmp_path / "open.mcap", items)


EXPECTED = [(CLIENT, b"\x08\x01"), (SERVER, b"\x08\x03"), (SERVER, b"\x08\x04"), (CLIENT, b"")]


def test_what_peers_sent(day, capsys):
    """Messages are as their sender sent them; what came from neither peer, texts and pings are none."""
    specimens = Specimens([str(day[0])])
    assert list(specimens) == EXPECTED
    assert specimens.texts == {SERVER: 2}
    assert capsys.readouterr().err == ""


def test_again(day, capsys):
    """The files can be read once more; what is wrong with one of them is told once."""
    specimens = Specimens([str(path) for path in day])
    assert list(specimens) == EXPECTED * 2
    assert capsys.readouterr().err.count("has no end") == 1
    assert list(specimens) == EXPECTED * 2
    assert capsys.readouterr().err == ""
    assert specimens.texts == {SERVER: 4}
    assert (specimens.is_read_once, Specimens(["-"]).is_read_once) == (False, True)


def test_no_recording(tmp_path):
    """It ends the command with a sentence."""
    with pytest.raises(Failure, match=r"A recording was expected at .*gone\.mcap"):
        list(Specimens([str(tmp_path / "gone.mcap")]))
