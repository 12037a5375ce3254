"""`paperknife replay`: a recording in the place of a server, or of a client."""

from __future__ import annotations

import click

from paperknife.cli.replay_client import client_command
from paperknife.cli.replay_server import server_command

__all__ = ["replay_group"]


@click.group(short_help="Let a recording be the server, or the client.")
def replay_group() -> None:
    """Let a recording speak: as the server for a client that knows nothing of it, or as the client to a server.

    \b
    Examples:
      paperknife replay server session.mcap --listen 127.0.0.1:9000
      paperknife replay client session.mcap --to ws://127.0.0.1:9001/v1
    """


replay_group.add_command(server_command)
replay_group.add_command(client_command)
