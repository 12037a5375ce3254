"""Options that select a part of a recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from paperknife.cli.expressions import compiled_or_fail
from paperknife.cli.failure import Failure
from paperknife.cli.options import decorate
from paperknife.recording.moments import Moment, MomentError, parse_moment
from paperknife.recording.selection import Selection
from paperknife.settings.reading import Loaded

__all__ = ["is_selective", "placing_options", "selection_but_to_options", "selection_from", "selection_options"]


class MomentType(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A time in a recording."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Moment:
        """The moment that the user wrote."""
        if isinstance(value, Moment):
            return value
        try:
            return parse_moment(value)
        except MomentError as error:
            self.fail(str(error), param, ctx)


WHERE = click.option("--where", metavar="EXPR", help="Only messages for which this expression is true.")

CONNECTION = click.option(
    "--connection",
    multiple=True,
    metavar="N",
    type=click.IntRange(1),
    help="Only this connection; may be given again.",
)

FROM = click.option(
    "--from",
    "start",
    type=MomentType(),
    metavar="TIME",
    help="From this time on: 14:03:22.104, 2026-07-30T14:03:22Z, or +10s from the beginning.",
)


def until_option(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What adds the end of a time range, under these names."""
    what = "Up to this time, with the millisecond that it names."
    return click.option(*names, "end", type=MomentType(), metavar="TIME", help=what)


TO = until_option("--to", "--until")
"""The second name is free in every command: for some, ``--to`` is something else."""


def placing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--connection``, ``--from`` and ``--to``, which is ``--until`` too."""
    return decorate(command, (CONNECTION, FROM, TO))


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--where``, and the options of `placing_options`."""
    return decorate(command, (WHERE, CONNECTION, FROM, TO))


def selection_but_to_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a command in which ``--to`` is something else: the end of a time is ``--until`` there."""
    return decorate(command, (WHERE, CONNECTION, FROM, until_option("--until")))


def is_selective(options: dict[str, Any]) -> bool:
    """True if any of the options asks for less than all."""
    return any(options.get(name) for name in ("where", "connection", "start", "end"))


def selection_from(options: dict[str, Any], loaded: Loaded, begin_ns: int, end_ns: int | None = None) -> Selection:
    """What the options select in a recording that begins and ends (None: not known) then.

    `begin_ns` and `end_ns` are nanoseconds since the epoch.
    """
    start: Moment | None = options.get("start")
    end: Moment | None = options.get("end")
    start_ns = None if start is None else start.start(begin_ns, end_ns)
    before_ns = None if end is None else end.end(begin_ns, end_ns)
    if (
        start is not None
        and end is not None
        and start_ns is not None
        and before_ns is not None
        and before_ns <= start_ns
    ):
        raise Failure(f"The end of the part, {end.text}, is before its beginning, {start.text}.")
    where = options.get("where")
    return Selection(
        frozenset(options.get("connection") or ()),
        start_ns,
        before_ns,
        compiled_or_fail(where, "--where", loaded) if where else None,
        tuple(compiled_or_fail(text, "--hide", loaded) for text in options.get("hide") or ()),
    )
