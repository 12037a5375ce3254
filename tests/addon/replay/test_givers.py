"""Which message of the server gave an id that the client uses."""

from __future__ import annotations

from tests.addon.recording.sessions import Line, reader

from paperknife.replay.givers import Givers
from paperknife_decoders.learning import Learned

LINE = Line()


def test_an_id_is_given_by_the_message_that_has_it_first() -> None:
    """An order id is the server's, a request id and a tag are the client's own."""
    givers = Givers(Learned(reader().protocol))
    order = LINE.client(0, "order", request_id=1, client_tag="t-1")
    assert givers.said(order) == set()
    givers.heard(LINE.server(1, "order_response", request_id=1, order_id="A-1", client_tag="t-1"), ["first"])
    givers.heard(LINE.server(2, "order_response", order_id="A-1"), ["second"])
    assert givers.said(LINE.client(3, "cancel", request_id=2, order_id="A-1")) == {"first"}
    assert givers.said(LINE.client(4, "cancel", request_id=3, client_tag="t-1")) == set()
    assert givers.said(LINE.client(5, "cancel", request_id=4, order_id="A-2")) == set()
