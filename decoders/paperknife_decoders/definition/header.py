"""The values that steps read in front of a message, and that are shown with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from paperknife_decoders.steps import Step, TellsHeader

__all__ = ["header_kinds"]


def header_kinds(
    steps: Sequence[Step], declared: Mapping[str, type[int] | type[str]]
) -> dict[str, type[int] | type[str]]:
    """The values that the steps are known to read, then those that the definition says they do."""
    found: dict[str, type[int] | type[str]] = {}
    for step in steps:
        if isinstance(step, TellsHeader):
            found.update(step.header_kinds)
    return {**found, **declared}
