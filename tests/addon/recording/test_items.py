"""What a recording consists of: every item has its time."""

from paperknife_decoders.message import Message


def test_times(tape):
    """Each item tells when it was, in nanoseconds; the session goes forward."""
    times = [item.time_ns for item in tape.session()]
    assert times[1:] == sorted(times[1:])
    assert sum(isinstance(item, Message) for item in tape.session()) == 11
