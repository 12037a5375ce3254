"""What makes items: what was told for what is to come is bounded."""

from paperknife.recording.channels import ChannelKey, Kind
from paperknife.recording.making import MAKERS, Making
from paperknife.recording.protocols import Protocols
from paperknife_decoders.message import Direction, Opcode

CLIENT = Direction.CLIENT


def test_what_waits_is_bounded():
    """Originals, masks and connections that nothing ever comes for are forgotten, the oldest first."""
    making = Making(Protocols("a"))
    for number in range(200):
        key = ChannelKey(number, CLIENT, Opcode.BINARY, Kind.ORIGINAL)
        MAKERS[Kind.ORIGINAL](making, key)(bytes(1 << 20), 1, 1)
    assert len(making.originals) <= 64
    for number in range(10_500):
        making.happening(b'{"event": "masked", "sequence": %d, "spans": []}' % number, 1, 1)
    assert len(making.masked) == 10_000
    assert 10_499 in making.masked
    assert making.happening(b" " * (9 << 20), 1, 1) is None
