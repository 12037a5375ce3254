"""Rules as they are written: every part with its place, checked as far as that goes without a schema."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from paperknife.settings.yaml_file import YamlFile
from paperknife_decoders.definition.faults import Faults
from paperknife_decoders.definition.node import Node
from paperknife_decoders.message import Direction

__all__ = ["ActionForm", "Event", "Occasions", "RuleFile", "RuleForm", "Trigger"]


class Event(enum.Enum):
    """What a rule waits for."""

    MESSAGE = "message"
    OPEN = "open"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One of the things that a rule is on; no direction is either, an empty payload any."""

    node: Node
    event: Event = Event.MESSAGE
    direction: Direction | None = None
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Occasions:
    """Which of the matching messages a rule takes: `after` so many, then each one in `every`, by chance, up to `limit`.

    `between` are seconds since the connection began. Counted is for each connection, or in the whole run.
    """

    probability: float = 1.0
    limit: int | None = None
    after: int = 0
    every: int = 1
    between: tuple[float, float] | None = None
    in_run: bool = False

    @property
    def is_always(self) -> bool:
        """True if a rule takes every message that it matches."""
        return self == Occasions(in_run=self.in_run)


@dataclass(frozen=True, slots=True)
class ActionForm:
    """One action with its value, and what else is said of it."""

    name: str
    node: Node
    options: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One rule; `seed` is what its chance comes from."""

    name: str
    node: Node
    triggers: tuple[Trigger, ...]
    when: Node | None
    occasions: Occasions
    actions: tuple[ActionForm, ...]
    seed: int = 0
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of one file; `off` are those that are switched off, and `faults` what is wrong in it."""

    yaml: YamlFile
    rules: tuple[RuleForm, ...]
    faults: Faults = field(compare=False)
    off: tuple[RuleForm, ...] = ()
