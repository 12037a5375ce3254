"""`paperknife script`: where the mitmproxy script is."""

from importlib import resources

import click

__all__ = ["script_command"]


@click.command("script")
def script_command() -> None:
    """Print the path of the script for mitmproxy's own -s option.

    \b
    Example:
      mitmproxy -s "$(paperknife script)" --set paperknife_schema=protos/
    """
    click.echo(str(resources.files("paperknife") / "script.py"))
