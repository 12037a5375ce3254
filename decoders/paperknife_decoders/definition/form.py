"""A definition as it is written: every key with its place, checked as far as that goes without a schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from paperknife_decoders.definition.choosing import ChoiceForm
from paperknife_decoders.definition.faults import Fault, Faults, Path
from paperknife_decoders.definition.node import Node
from paperknife_decoders.definition.sources import HeaderKinds
from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Limits, Step

__all__ = ["JSON", "CarriesForm", "Definition", "Match", "PairForm"]

JSON = "json"
"""In the place of a type's name: this side sends no Protobuf."""


@dataclass(frozen=True, slots=True)
class Match:
    """Patterns for the connections that a protocol is for; what has none is not compared."""

    host: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    subprotocol: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarriesForm:
    """A type with another message in a bytes field."""

    node: Node
    type: Node
    at: Node
    choice: ChoiceForm
    side: Direction | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class PairForm:
    """A field of requests whose value is in a field of their responses."""

    request: Node
    response: Node


@dataclass(frozen=True, slots=True)
class Definition:
    """What is written of one protocol, and what is wrong with it; `plain` is what a reader needs of it, as data."""

    name: str = "protobuf"
    about: str = ""
    match: Match = Match()
    schema: tuple[Node, ...] = ()
    types: Mapping[Direction, Node] = field(default_factory=dict)
    steps: Mapping[Direction, tuple[Step, ...]] = field(default_factory=dict)
    in_text: bool = False
    header: HeaderKinds = field(default_factory=dict)
    set_fields: Mapping[Direction, Node] = field(default_factory=dict)
    carries: tuple[CarriesForm, ...] = ()
    behind: Mapping[Direction, ChoiceForm] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    heartbeats: tuple[Node, ...] | None = None
    correlate: tuple[PairForm, ...] = ()
    secrets: tuple[Node, ...] = ()
    volatile: tuple[Node, ...] = ()
    decoder: str = ""
    path: Path = ()
    plain: Mapping[str, object] = field(default_factory=dict, repr=False)
    faults: tuple[Fault, ...] = ()
    ledger: Faults = field(default_factory=Faults, repr=False, compare=False)
    """Where the forms' places tell of faults; `faults` are those that were found without a schema."""

    @property
    def is_nothing(self) -> bool:
        """True where the data said nothing at all, so that all else that could be said of them misses the point."""
        return not self.plain
