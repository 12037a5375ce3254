"""How a command says that it could not do its work."""

import click

__all__ = ["Failure"]


class Failure(click.ClickException):
    """One sentence on stderr and exit status 2: misuse, bad input, or something that failed."""

    exit_code = 2
