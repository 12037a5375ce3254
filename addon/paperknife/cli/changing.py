"""The options for scripts, and for what is held for the user's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from paperknife.cli.failure import Failure
from paperknife.mutation.hold_when import HoldWords, condition_from
from paperknife.settings.reading import Loaded
from paperknife_decoders.expression import ExpressionError

__all__ = ["hold_options", "hold_words_or_fail", "refused_hold_options", "script_option"]

HOLD = (
    click.option("--hold-in-order", is_flag=True, help="Let messages behind a held one wait too."),
    click.option(
        "--hold-seconds",
        type=click.IntRange(1),
        default=300,
        help="How many seconds to hold a message at most (300 by default); then it passes unchanged.",
    ),
    click.option(
        "--hold",
        default="",
        metavar="EXPR",
        help='Hold messages for which this is true, such as "order.quantity > 100", until you let them go on.',
    ),
)


def script_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--script``."""
    return click.option(
        "--script",
        "scripts",
        multiple=True,
        metavar="FILE",
        help="Call the functions of this Python file, such as client_order(message, connection); may be given again.",
    )(command)


def hold_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--hold`` and what belongs to it."""
    for option in HOLD:
        command = option(command)
    return command


NOBODY_TO_ASK = (
    "{option} is not for paperknife run: a held message waits for your word, and the terminal is the command's. Start "
    "paperknife proxy with it instead, and the command in another terminal, by the address that the proxy names. What "
    "needs no asking is done by --rules and --script here too."
)


def refused_hold_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say of ``--hold`` and what belongs to it why that is not to be had where nobody can be asked."""

    def refuse(context: click.Context, parameter: click.Parameter, value: object) -> None:
        if parameter.name is not None and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
            raise Failure(NOBODY_TO_ASK.format(option=parameter.opts[0]))

    for name, is_flag in (("--hold", False), ("--hold-seconds", False), ("--hold-in-order", True)):
        command = click.option(name, is_flag=is_flag, hidden=True, expose_value=False, callback=refuse)(command)
    return command


def hold_words_or_fail(options: dict[str, Any], loaded: Loaded) -> HoldWords:
    """What is to be held."""
    if options["hold"]:
        try:
            condition_from(options["hold"], loaded.protocols)
        except ExpressionError as error:
            raise Failure(f"--hold: {error}") from None
    return HoldWords(options["hold"], options["hold_seconds"], options["hold_in_order"])
