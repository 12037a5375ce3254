"""The `paperknife` command: one file for each verb.

A command parses its arguments, makes one call and prints. Exit status: 0 done (or: same, yes), 1 ran and the answer is
no, 2 could not. Data goes to stdout, talk to stderr.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from paperknife import __version__
from paperknife.cli.output import told_output_faults
from paperknife.entry import INTERRUPTED

__all__ = ["main"]

VERBS = {
    "demo": ("paperknife.cli.demo", "demo_command"),
    "proxy": ("paperknife.cli.proxy", "proxy_command"),
    "run": ("paperknife.cli.run", "run_command"),
    "show": ("paperknife.cli.show", "show_command"),
    "info": ("paperknife.cli.info", "info_command"),
    "stats": ("paperknife.cli.stats", "stats_command"),
    "replay": ("paperknife.cli.replay", "replay_group"),
    "diff": ("paperknife.cli.diff", "diff_command"),
    "filter": ("paperknife.cli.filter", "filter_command"),
    "redact": ("paperknife.cli.redact", "redact_command"),
    "recover": ("paperknife.cli.recover", "recover_command"),
    "export": ("paperknife.cli.export", "export_command"),
    "import": ("paperknife.cli.import_", "import_command"),
    "decode": ("paperknife.cli.decode", "decode_command"),
    "rules": ("paperknife.cli.rules", "rules_group"),
    "protocol": ("paperknife.cli.protocol", "protocol_group"),
    "schema": ("paperknife.cli.schema", "schema_group"),
    "script": ("paperknife.cli.script", "script_command"),
}
"""Each verb's module, imported when it is asked for: `paperknife decode` does not wait for mitmproxy."""


class Verbs(click.Group):
    """The group of all verbs, in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one verb."""
        if cmd_name not in VERBS:
            return None
        module, name = VERBS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments; `--help` and `--version` print here."""
        with told_output_faults():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; Ctrl-C where nothing has begun yet, or nothing else takes care of it, ends it quietly."""
        try:
            with told_output_faults():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the verb that was meant."""
        import difflib

        if args and args[0] not in VERBS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], VERBS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(VERBS)}."
            ctx.fail(f"There is no command {args[0]}. {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="paperknife")
def main() -> None:
    """Open the Protobuf envelopes on a WebSocket: see every message in words, between any client and any server.

    \b
    Try it with no venue at all:
      paperknife demo
    Then on your own API:
      paperknife proxy --mode reverse:wss://venue.example/v1 --schema protos/
    """
