"""One direction where rules have a say: the compression of what overtakes, and of what is overtaken."""

from __future__ import annotations

import itertools
import zlib

import pytest

from paperknife.proxy.lane.course import Course, Going
from paperknife.proxy.lane.deflate import Inflater, agreed_extension
from paperknife.proxy.lane.frames import FrameReader
from paperknife.proxy.lane.way import Way
from paperknife_decoders.message import Direction

AGREEMENT = agreed_extension("permessage-deflate")["server"]
CONTENTS = [b"%s %d" % (b"the same words" * 3, number) for number in range(4)]


def written(compressed: tuple[bool, ...]) -> list[bytes]:
    """A server's frames, of which some are compressed, with what came before as their window."""
    squeeze, found = zlib.compressobj(wbits=-15), []
    for content, is_compressed in zip(CONTENTS, compressed, strict=True):
        payload = content
        if is_compressed:
            payload = (squeeze.compress(content) + squeeze.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
        found.append(bytes((0xC2 if is_compressed else 0x82, len(payload))) + payload)
    return found


@pytest.mark.parametrize("compressed", [*itertools.product((True, False), repeat=4)])
def test_what_goes_out_in_another_order_can_be_read(compressed) -> None:
    """Whichever of them are compressed, and whatever overtakes what; what goes out in its turn is as it came."""
    for order in itertools.permutations(range(4)):
        way = Way(Direction.SERVER, None, None)
        way.open(AGREEMENT, 1 << 20, keep=True)
        course = Course(way)
        raws = written(compressed)
        goings = [Going(2, content, content, raw) for content, raw in zip(CONTENTS, raws, strict=True)]
        for going in goings:
            course.number(going)
        sent = [course.data_for(goings[number]) for number in order]
        reader = FrameReader(masked=False, inflater=Inflater(AGREEMENT), limit=1 << 20)
        reader.keep = True
        received = reader.receive(b"".join(sent))
        assert received.violation is None
        assert received.contents == [CONTENTS[number] for number in order]
        deflated = [number for number in order if compressed[number]]
        if deflated == sorted(deflated):
            assert sent == [raws[number] for number in order]
        assert course.lacks is False
