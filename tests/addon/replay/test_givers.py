"""Which answers a request cannot do without."""

from __future__ import annotations

from tests.addon.recording.sessions import Line, reader

from paperknife.replay.givers import Givers
from paperknife_decoders.learning import Learned

LINE = Line()


def said(givers: Givers, number: int, payload: str, **fields: object) -> set:
    return givers.said(LINE.client(number, payload, request_id=number, **fields), [("answer", number)])


def test_an_id_is_given_by_the_message_that_has_it_first() -> None:
    """An order id is the server's."""
    givers = Givers(Learned(reader().protocol))
    assert said(givers, 1, "order") == set()
    givers.heard(LINE.server(1, "order_response", request_id=1, order_id="A-1"), ["first"])
    givers.heard(LINE.server(2, "order_response", order_id="A-1"), ["second"])
    assert said(givers, 2, "cancel", order_id="A-1") == {"first"}
    assert said(givers, 3, "cancel", order_id="A-2") == set()


def test_a_request_with_an_id_of_another_one_waits_for_its_answer() -> None:
    """A tag is the client's; two requests with the same one at a time would get each other's answers."""
    givers = Givers(Learned(reader().protocol))
    assert said(givers, 1, "order", client_tag="t-1") == set()
    assert said(givers, 2, "order", client_tag="t-2") == set()
    assert said(givers, 3, "cancel", client_tag="t-1") == {("answer", 1)}
    assert said(givers, 4, "cancel", client_tag="t-1") == {("answer", 3)}
