"""The expressions of ``--where`` and ``--hide``, compiled for the protocols that there are."""

from __future__ import annotations

import click

from paperknife.cli.failure import Failure
from paperknife.settings.reading import Loaded
from paperknife_decoders.expression import Alternatives, Expression, ExpressionError, Lazily, compile_expression
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol

__all__ = ["compile_for", "compiled_or_fail"]


def compiled_or_fail(text: str, option: str, loaded: Loaded) -> Expression:
    """Compile one expression; a mistake in it ends the command with its sentence."""
    try:
        return compile_for(text, loaded)
    except ExpressionError as error:
        raise Failure(f"{option}: {error}") from None


def compile_for(text: str, loaded: Loaded) -> Expression:
    """Compile `text` against the types of a protocol, of each where there are several. Raises `ExpressionError`."""
    if loaded.is_first:
        lazily = Lazily(text, compile_by)
        if lazily.fit(loaded.protocol) is None:
            name = loaded.protocol.name
            click.echo(f"! By {printable(name)}, of which the first messages are: {lazily.faults[name]}", err=True)
            click.get_current_context().call_on_close(lambda: tell_closest(lazily, name))
        return lazily
    if not loaded.by_match:
        return compile_by(text, loaded.protocol)
    found, errors = {}, []
    for protocol in loaded.protocols:
        try:
            found[protocol.name] = compile_by(text, protocol)
        except ExpressionError as error:  # what one protocol lacks, another may have
            errors.append(error)
    if not found:
        raise max(errors, key=lambda error: error.column)  # right up to there, by its protocol
    return Alternatives(text, found)


def tell_closest(lazily: Lazily, told: str) -> None:
    """Tell of an expression that has fitted no protocol, where another than the one `told` of comes closer to it."""
    found = lazily.closest_fault()
    if found is not None and found[0] != told:
        click.echo(f"! By no other protocol that came either. By {printable(found[0])}: {found[1]}", err=True)


def compile_by(text: str, protocol: Protocol) -> Expression:
    """Compile `text` against the types of one protocol. Raises `ExpressionError`."""
    kinds = (protocol.client, protocol.server)
    client, server = (None if kind is None else kind.descriptor for kind in kinds)
    set_fields = (name for kind in kinds if kind is not None and kind.named for name in kind.payloads)
    return compile_expression(text, client, server, set_fields)
