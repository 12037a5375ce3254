"""The values that steps read in front of a message, and that are shown with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from paperknife_decoders.steps import Step
from paperknife_decoders.steps.ascii_header import AsciiHeader

__all__ = ["TellsHeader", "header_kinds"]


@runtime_checkable
class TellsHeader(Protocol):
    """A step that says which values it reads in front of each of its parts."""

    @property
    def header_kinds(self) -> Mapping[str, type[int] | type[str]]:
        """Numbers or texts by name."""
        ...


def header_kinds(
    steps: Sequence[Step], declared: Mapping[str, type[int] | type[str]]
) -> dict[str, type[int] | type[str]]:
    """The values that the steps are known to read, then those that the definition says they do."""
    found: dict[str, type[int] | type[str]] = {}
    for step in steps:
        if isinstance(step, AsciiHeader):
            found.update({f"field_{number}": str for number in range(1, step.fields + 1)})
        elif isinstance(step, TellsHeader):
            found.update(step.header_kinds)
    return {**found, **declared}
