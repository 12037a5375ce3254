"""Which contents have to be looked into for secrets by their names: as few as can be, on the hot path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from paperknife_decoders.envelope_type import SHORTEST
from paperknife_decoders.message import Direction, Opcode, are_binary
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.plan import Plan, Risk, risky_payloads
from paperknife_decoders.redaction.quiet import Quiet, quiet_for
from paperknife_decoders.redaction.text import names_in

__all__ = ["Suspects"]

type Risks = Mapping[str, Risk] | None


class Suspects:
    """Finds the contents of one protocol that may hold secrets, and keeps the `plan` of its types.

    Of messages behind steps, `quiet` tells one by one.

    A payload in which no field can hold a secret is known by its tag and not parsed; of any other the tag of such a
    field has to be there, and where it would lie under a key, the key.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.plan = Plan(protocol.secrets)
        self.risks: dict[Direction, Risks] = {}
        self.quiet: dict[Direction, Quiet | None] = {side: quiet_for(protocol, side, self.plan) for side in Direction}
        for direction in Direction:
            kind = protocol.type_for(direction)
            self.risks[direction] = None if kind is None else risky_payloads(kind, self.plan)

    def among(
        self,
        direction: Direction,
        opcodes: Sequence[int],
        contents: Sequence[bytes],
        heads: Callable[[], Sequence[str] | None],
    ) -> Iterable[int]:
        """The places of the contents to look into; `heads` gives the payloads that fill the whole of each."""
        risks = self.risks[direction]
        bare = self.protocol.type_for(direction) is not None and not self.protocol.steps_for(direction)
        if not bare or not are_binary(opcodes):
            return self.among_mixed(direction, opcodes, contents)
        if risks is None:
            return range(len(contents))
        names = heads() if risks else None
        if names is None or ("" not in names and risks.keys().isdisjoint(names)):
            return ()
        return self.with_tags(risks, names, contents)

    def with_tags(self, risks: Mapping[str, Risk], names: Sequence[str], contents: Sequence[bytes]) -> Iterable[int]:
        """Those of bare envelopes with the tag of a field that leads to a secret, or of which little is known."""
        places = [
            place
            for place, name in enumerate(names)
            if not name or (name in risks and risks[name].tag.search(contents[place], SHORTEST))
        ]
        by_key = [place for place in places if names[place] and risks[names[place]].by_key]
        if not by_key or names_in(self.protocol.secrets, b"\n".join([contents[place] for place in by_key])):
            return places
        return sorted(set(places).difference(by_key))

    def among_mixed(self, direction: Direction, opcodes: Sequence[int], contents: Sequence[bytes]) -> Iterable[int]:
        """Those of contents of which some are not bare envelopes of a known type."""
        if self.protocol.steps_for(direction):
            return range(len(contents))
        said = names_in(self.protocol.secrets, b"\n".join(contents))
        return [
            place
            for place, (opcode, content) in enumerate(zip(opcodes, contents, strict=True))
            if self.is_suspect(direction, opcode, content, said=said)
        ]

    def is_suspect(self, direction: Direction, opcode: int, content: bytes, *, said: bool) -> bool:
        """True for one content to look into; `said` tells that there are secret names in it or beside it."""
        kind, risks = self.protocol.type_for(direction), self.risks[direction]
        if kind is None or opcode > Opcode.BINARY:
            return said
        if opcode == Opcode.TEXT or risks is None:
            return True
        head = kind.head(content)
        return not head or (head in risks and bool(risks[head].tag.search(content, SHORTEST)))
