"""What length-delimited contents have in common."""

import struct

import pytest

from paperknife_decoders.inference.content import Content

CASES = {
    "text": ([b"ESZ6", "zwölf".encode()], "text clean lines rough varints alike"),
    "lines": ([b"a\nb", b"c"], "text lines rough varints alike"),
    "a few control characters": ([b"\x1b[31mred alert"], "text rough varints alike"),
    "control characters": ([b"\x01\x02\x03"], "text varints alike"),
    "no text": ([b"text", b"\xff\xfe\xfd"], ""),
    "varints": ([b"\x96\x01\x02", b"\x80\x08"], "varints alike"),
    "varints of odd sizes": ([b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"], "varints"),
    "an over-long varint": ([b"\x96\x00"], ""),
    "a varint of 11 bytes": ([b"\xff" * 10 + b"\x01"], ""),
    "a varint of 65 bits": ([b"\xff" * 9 + b"\x02"], ""),
    "a cut varint": ([b"\x01\x96"], ""),
    "doubles": ([struct.pack("<2d", 5021.25, -1.5), struct.pack("<d", 0.25)], "doubles floats"),
    "floats": ([struct.pack("<3f", 1.5, 2.5, 99.0)], "varints alike floats"),
    "empty": ([b""], "text clean lines rough alike"),
}


@pytest.mark.parametrize(("samples", "expected"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("at", [0, 1])
def test_content(samples, expected, at):
    """A property holds if it does for all samples; two sketches that are merged know what one would."""
    content, other = Content(), Content()
    for index, sample in enumerate(samples):
        (content if index < at else other).add(sample)
    content.merge(other)
    packed = content.packed
    properties = {
        "text": content.is_text,
        "clean": content.clean == content.count,
        "lines": content.lines == content.count,
        "rough": content.rough == content.count,
        "varints": packed.varints,
        "alike": (packed.varints and packed.alike) or not any(samples),
        "doubles": packed.all_fixed64 and packed.fixed64.is_real,
        "floats": packed.all_fixed32 and packed.fixed32.is_real,
    }
    assert [name for name, holds in properties.items() if holds] == sorted(expected.split(), key=list(properties).index)
    assert (content.shortest, content.longest) == (min(map(len, samples)), max(map(len, samples)))
