"""How fast a replay goes, and how long it waits: options and their values."""

from __future__ import annotations

import contextlib
import math

import click

from paperknife.replay.words import speed_from

__all__ = ["MAX_GAP", "SPEED", "read_duration", "read_speed"]


def read_speed(context: click.Context, option: click.Parameter, value: str) -> float:
    """``2``, ``0.5`` or ``max``."""
    try:
        return speed_from(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, option) from None


def read_duration(context: click.Context, option: click.Parameter, value: str | None) -> float:
    """``1s``, ``250ms``, ``2m``, ``2min`` or ``1.5`` (seconds); infinity where nothing was said."""
    if value is None:
        return math.inf
    for unit, factor in (("ms", 0.001), ("s", 1.0), ("min", 60.0), ("m", 60.0), ("h", 3600.0), ("", 1.0)):
        if value.endswith(unit):
            with contextlib.suppress(ValueError):
                seconds = float(value.removesuffix(unit)) * factor
                if 0 <= seconds < math.inf:
                    return seconds
            break
    raise click.BadParameter(f"a time such as 1s, 250ms or 2m was expected, not {value!r}", context, option)


SPEED = click.option(
    "--speed",
    default="1",
    show_default=True,
    metavar="N|max",
    callback=read_speed,
    help="2 is twice as fast as recorded, 0.5 half as fast, max as fast as possible.",
)

MAX_GAP = click.option(
    "--max-gap", callback=read_duration, metavar="TIME", help="Never wait longer than this, such as 1s."
)
