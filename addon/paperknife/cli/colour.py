"""Colours: the option for them, and what there is by it on a terminal, in a pipe, with NO_COLOR."""

from __future__ import annotations

import os
from typing import IO

import click

from paperknife_decoders.paint import ANSI, PLAIN, Paint

__all__ = ["colour_option", "paint_for", "wants_colour"]

colour_option = click.option(
    "--color/--no-color",
    "colour",
    default=None,
    help="Use colours always, or never. By default they are used on a terminal, unless NO_COLOR is set.",
)
"""Adds ``--color`` and ``--no-color``, as `colour`: None where neither is given."""


def wants_colour(stream: IO[str] | None, asked: bool | None) -> bool:
    """What was asked for; else colours on a terminal that has them, unless NO_COLOR is set (no-color.org).

    There is no stream where the shell closed it.
    """
    if asked is not None or stream is None:
        return bool(asked)
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint_for(stream: IO[str] | None, asked: bool | None) -> Paint:
    """The colours for what is written to a stream."""
    return ANSI if wants_colour(stream, asked) else PLAIN
