"""What a changed message was before."""

from __future__ import annotations

import pytest

from paperknife.live.formats import FORMATS
from paperknife.live.line import Shown
from paperknife.live.originals import change_lines, original_of
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.steps.varint_delimited import VarintDelimited


def test_fields_before_and_after(venue) -> None:
    """What was changed stands below a message that is shown whole; nothing does where nothing was changed."""
    before, after = venue.order(symbol="ESZ6", quantity=250), venue.order(symbol="ESZ6", quantity=100, account="A")
    message = Message(1, Direction.CLIENT, 0, Opcode.BINARY, after.content, after.reader, Fate.CHANGED, before.content)
    shown = Shown(message, message.envelopes[0], after.reader.protocol.secrets)
    assert list(change_lines(shown)) == ["order.quantity: 250 -> 100", "order.account: nothing -> A"]
    for form in ("line", "yaml"):
        text = FORMATS[form](PLAIN, lambda: 80, True).envelope(shown)
        assert "# order.quantity: 250 -> 100\n" in text
        assert "250" not in FORMATS["line"](PLAIN, lambda: 80, False).envelope(shown)
    plain = Shown(after, after.envelopes[0], after.reader.protocol.secrets)
    assert (original_of(plain), list(change_lines(plain))) == (None, [])


@pytest.mark.parametrize(("gone", "quantities"), [(0, [2, 3]), (1, [1, 3]), (2, [1, 2])])
def test_envelopes_of_which_one_was_dropped(venue, gone: int, quantities: list[int]) -> None:
    """Those that are left are not compared with others than themselves."""
    parts = [venue.order(quantity=number).content for number in (1, 2, 3)]
    kind = venue.protocol
    protocol = Protocol("listed", kind.client, kind.server, steps=(VarintDelimited(),))
    before = b"".join(bytes([len(part)]) + part for part in parts)
    after = b"".join(bytes([len(part)]) + part for place, part in enumerate(parts) if place != gone)
    message = Message(1, Direction.CLIENT, 0, Opcode.BINARY, after, protocol.reader(), Fate.CHANGED, before)
    shown = [
        Shown(message, each, protocol.secrets, position=place, of=2) for place, each in enumerate(message.envelopes)
    ]
    assert [original_of(each).message.order.quantity for each in shown] == quantities
    assert [line for each in shown for line in change_lines(each)] == []
