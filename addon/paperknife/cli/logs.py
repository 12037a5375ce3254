"""The option for our log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["log_arguments", "log_option"]


def log_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--log``."""
    return click.option(
        "--log",
        default="",
        metavar="FILE",
        help="Append to this file what is said and what fails, with tracebacks, those of scripts among them.",
    )(command)


def log_arguments(options: dict[str, Any]) -> tuple[str, ...]:
    """What ``--log`` says, in mitmproxy's words."""
    return ("--set", f"paperknife_log={options['log']}") if options["log"] else ()
