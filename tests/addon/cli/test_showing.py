"""Lines on their way out: the first at once, others soon, none lost."""

import io

from paperknife.cli.showing import FLUSH_S, Outlet, Showing
from paperknife.live.renderer import Renderer, ViewOptions
from paperknife.recording.selection import Selection


class Out(io.StringIO):
    """Notes what is written at once."""

    encoding = "ascii"

    def __init__(self):
        super().__init__()
        self.writes = []

    def write(self, text):
        self.writes.append(text)
        return len(text)


def test_the_first_line_at_once():
    """It does not wait for others; those that come right behind it are written together."""
    out = Out()
    outlet = Outlet(out)
    outlet.write("one\n")
    assert out.writes == ["one\n"]
    for _ in range(100):
        outlet.write("more\n")
    outlet.flush()
    assert "".join(out.writes) == "one\n" + "more\n" * 100
    outlet.flush()
    assert FLUSH_S < 1


def test_what_the_terminal_cannot_show():
    """A character that the encoding does not have is escaped, and no error."""
    out = Out()
    Outlet(out).write("größer\n")
    assert out.writes == ["gr\\xf6\\xdfer\n"]


def test_it_stops_reading(tape):
    """Once enough is shown, or the time range is well over, no further item is asked for."""

    def items():
        yield from tape.session()[:4]
        raise AssertionError

    for most, selection in ((1, Selection()), (None, Selection(end_ns=tape.session()[1].time_ns - 6 * 10**9))):
        showing = Showing(Renderer(ViewOptions(), lambda: 100), Outlet(Out()), selection, most)
        showing.show(items())
        assert showing.shown == (most or 0)
