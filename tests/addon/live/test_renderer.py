"""What passes as text, without a queue: the same for the live view and for recordings."""

import pytest

from paperknife.live.events import Closed, Opened
from paperknife.live.renderer import Renderer, ViewOptions
from paperknife.traffic import Close, Connection
from paperknife_decoders.expression import compile_expression
from paperknife_decoders.message import Direction, Fate, Opcode

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def compiled(venue, text):
    """An expression over the venue's messages."""
    return compile_expression(text, venue.protocol.client.descriptor, venue.protocol.server.descriptor)


def texts(renderer, messages, **options):
    """All of what is shown."""
    return "".join(text for message in messages for text in renderer.message(message, **options))


def test_a_part_that_is_not_shown_is_remembered(venue):
    """A response tells its latency also where its request was only noted."""
    renderer = Renderer(ViewOptions(), lambda: 120)
    *before, response = venue.conversation()[:7]
    assert texts(renderer, before, show=False) == ""
    assert "+3.0 ms" in texts(renderer, [response])


def test_the_end_of_a_connection_forgets_its_requests(venue):
    """The next connection with this number starts anew."""
    renderer = Renderer(ViewOptions(), lambda: 120)
    *before, response = venue.conversation()[:7]
    connection = Connection(1, "ws://h/", "c", 0)
    assert "opened" in renderer.event(Opened(connection))
    texts(renderer, before)
    renderer.event(Closed(connection, Close(1000, "", None, 0), 1, 2))
    assert "ms" not in texts(renderer, [response])


@pytest.mark.parametrize(("fate", "mark"), [(fate, fate.value) for fate in Fate if fate is not Fate.PASSED])
def test_fates(venue, fate, mark):
    """What we did to a message stands among its marks."""
    message = venue.order()
    assert "!" not in texts(Renderer(ViewOptions(), lambda: 120), [message])
    message.fate = fate
    assert f"! {mark}" in texts(Renderer(ViewOptions(), lambda: 120), [message])


def test_other_expressions(venue):
    """They hold from the next message on."""
    renderer = Renderer(ViewOptions(where=compiled(venue, "login")), lambda: 120)
    assert texts(renderer, [venue.order()]) == ""
    renderer.use_expressions(compiled(venue, "order"), ())
    assert " order " in texts(renderer, [venue.order()])
    renderer.use_expressions(None, (compiled(venue, "order"),))
    assert texts(renderer, [venue.order()]) == ""


@pytest.mark.parametrize(("form", "told"), [("line", False), ("json", True)])
def test_close_frames(venue, form, told):
    """A program gets close frames; a reader finds them in the line of the connection."""
    frame = venue.message(CLIENT, b"\x03\xe8", Opcode.CLOSE)
    assert bool(texts(Renderer(ViewOptions(format=form), lambda: 120), [frame])) == told


def test_a_fault_of_ours(venue):
    """It costs one line, which has the bytes of the message."""
    message = venue.order()
    message.reader = None
    assert "could not be shown, AttributeError" in texts(Renderer(ViewOptions(), lambda: 120), [message])
