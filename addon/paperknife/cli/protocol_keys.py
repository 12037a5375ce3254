"""`paperknife protocol keys`: what a definition may say, and which steps there are with which options."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import get_type_hints

import click

from paperknife.settings.zstd_codec import ALL_CODECS
from paperknife_decoders import definition
from paperknife_decoders.steps import Limits, binary_layout
from paperknife_decoders.steps.registry import STEPS, options_of, wanted
from paperknife_decoders.steps.stream_codecs import Codec

__all__ = ["keys_command"]

FOR_PROGRAMMERS = re.compile(r"\s*Raises `ValueError`[^.]*\.")


@click.command("keys", short_help="Explain the keys of a definition, and the steps.")
def keys_command() -> None:
    """Explain what a definition may say: its keys, and each step with its options.

    \b
    Example:
      paperknife protocol keys
    """
    for part in (of_keys(), "\n".join(of_steps()), of_layouts(), "\n".join(of_limits())):
        click.echo(part + "\n")


def of_keys() -> str:
    """What the package of the definitions says of their keys; what comes behind is about its modules."""
    return inspect.cleandoc(definition.__doc__ or "").partition("\n\n* ")[0]


def of_steps() -> Iterator[str]:
    """Each step: its name, what it takes, and its options with their defaults."""
    yield "Steps, from the outside in:"
    for name, kind in STEPS.items():
        yield f"\n{name}"
        told = FOR_PROGRAMMERS.sub("", inspect.cleandoc(kind.__doc__ or ""))
        yield from (f"    {line}".rstrip() for line in told.splitlines())
        hints = get_type_hints(kind)
        for option in options_of(kind):
            default = option.default.name if isinstance(option.default, Codec) else option.default
            shown = str(default).lower() if isinstance(default, bool) else repr(default)
            needed = "needed" if option.default is MISSING else f"{shown} by default"
            yield f"    * {option.name}: {wanted(hints[option.name], ALL_CODECS)}; {needed}"


def of_limits() -> Iterator[str]:
    """The limits, each with its default."""
    yield "Limits; a message that goes beyond one of them is shown as it came:\n"
    yield from (f"{each.name}: {each.default:,} by default" for each in fields(Limits))


def of_layouts() -> str:
    """What the `layout` of binary headers is."""
    return inspect.cleandoc(binary_layout.__doc__ or "")
