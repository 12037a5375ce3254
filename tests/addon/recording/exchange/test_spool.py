"""Messages of many connections, put into the order of time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.exchange import spool as module
from paperknife.recording.exchange.sources import Told
from paperknife.recording.exchange.spool import Spool
from paperknife_decoders.message import Direction, Fate, Opcode

TOLD = st.builds(
    Told,
    session=st.integers(0, 3),
    direction=st.sampled_from(Direction),
    opcode=st.sampled_from(Opcode),
    time_ns=st.integers(0, 9),
    content=st.binary(max_size=9),
    fate=st.sampled_from(Fate),
    original=st.none() | st.binary(max_size=9),
    masked=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple),
)


@given(st.lists(TOLD, max_size=20))
def test_all_come_back_in_order(told):
    """Every message comes back as it was, none before its time, those of one run in their order."""
    with Spool() as spool:
        for each in told:
            spool.add(each)
        found = list(spool.merged())
        assert sorted(map(repr, told)) == sorted(repr(each) for _, each in found)
        assert [time for time, _ in found] == sorted(time for time, _ in found)
        assert all(each.time_ns <= time for time, each in found)


def test_a_clock_that_was_set_back():
    """Messages of one connection keep their order whatever their times say."""
    told = [Told(0, Direction.CLIENT, Opcode.BINARY, time_ns, b"%d" % time_ns) for time_ns in (5, 3, 7)]
    with Spool() as spool:
        for each in told:
            spool.add(each)
        assert [each for _, each in spool.merged()] == told
        assert spool.bounds == {0: (3, 7)}


def test_many_large_messages_of_many_connections(monkeypatch):
    """What does not fit into what is read ahead comes in parts."""
    monkeypatch.setattr(module, "BUFFERED", 1)
    told = [Told(place % 3, Direction.SERVER, Opcode.BINARY, place, b"x" * 9000) for place in range(30)]
    with Spool() as spool:
        for each in sorted(told, key=lambda each: each.session):
            spool.add(each)
        assert [each for _, each in spool.merged()] == told
