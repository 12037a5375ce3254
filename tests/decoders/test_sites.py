"""Where the fields are that somebody looks for."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.sites import Shape, Site, Sites, items_of

PROTO = """
syntax = "proto3"; package sites;
message Leaf { string x = 1; int32 y = 2; }
message Loop { Loop next = 1; repeated Ring rings = 2; }
message Ring { Loop loop = 1; map<int32, Leaf> leaves = 2; }
message Dull { int32 y = 1; Dull next = 2; }
message Envelope { oneof payload { Loop loop = 1; Dull dull = 2; Leaf leaf = 3; Ring ring = 4; }
  Dull dull_too = 5; Leaf beside = 6; }
"""


class ByName:
    """Looks for fields of one name; the state is how deep they lie, up to three."""

    start = 0

    def __init__(self, name: str) -> None:
        self.name = name

    def choose(self, state: int, field: FieldDescriptor) -> tuple[int, str | None]:
        return min(state + 1, 3), "found" if self.may_choose(field) else None

    def may_choose(self, field: FieldDescriptor) -> bool:
        return field.name == self.name


def paths(sites: list[Site], depth: int) -> list[str]:
    """The paths to what is looked for, so many levels down."""
    found = [site.name for site in sites if site.what]
    for site in sites:
        if not site.what and depth:
            found += [f"{site.name}.{path}" for path in paths(site.inside, depth - 1)]
    return found


PAYLOADS = {
    "loop": ["beside.x", "loop.rings.leaves.x"],
    "dull": ["beside.x"],
    "leaf": ["beside.x", "leaf.x"],
    "ring": ["beside.x", "ring.leaves.x"],
    "": ["beside.x"],
}


@pytest.mark.parametrize("first", PAYLOADS)
def test_only_fields_on_the_way_to_one_are_sites(decoded, first) -> None:
    """In types that lie in themselves too, in whatever order the payloads come."""
    kind = decoded(PROTO, {}).type
    sites = Sites(ByName("x"))
    for payload in (first, *PAYLOADS):
        envelope = decoded(PROTO, {payload: {}} if payload else {})
        assert sorted(paths(sites.of_envelope(envelope), 3)) == PAYLOADS[payload]
    assert Sites(ByName("nothing")).of_envelope(decoded(PROTO, {"loop": {}})) == []
    assert isinstance(kind, EnvelopeType)


def test_a_loop_leads_to_itself(decoded) -> None:
    """It is found once, and followed as deep as messages go."""
    sites = Sites(ByName("x")).of_envelope(decoded(PROTO, {"loop": {}}))
    (loop,) = [site for site in sites if site.name == "loop"]
    rings = [site for site in loop.inside if site.name == "rings"]
    assert loop.is_set is None  # it is the payload
    assert rings[0].shape is Shape.LIST
    assert "loop.next.next.next.rings.loop.rings.leaves.x" in paths(sites, 8)


def test_paths_name_elements_and_keys() -> None:
    """As whoever changes a message reads them."""
    assert [at for at, _ in items_of(Shape.LIST, "ab")] == ["[0]", "[1]"]
    assert [at for at, _ in items_of(Shape.MAP, {'a "b"\n': 1, "é": 2})] == ['["a \\"b\\"\\n"]', '["é"]']
    assert [at for at, _ in items_of(Shape.MAP, {-5: 1, True: 2})] == ["[-5]", "[true]"]
    assert [at for at, _ in items_of(Shape.ONE, 7)] == [""]
