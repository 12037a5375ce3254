"""mitmproxy's options on our command line: handed to mitmproxy's own parser, with its errors as sentences."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from mitmproxy import exceptions, optmanager
from mitmproxy.options import Options
from mitmproxy.tools import cmdline

__all__ = ["ArgumentError", "SentenceParser", "apply_arguments", "option_sentence"]


class ArgumentError(ValueError):
    """mitmproxy options that cannot be used, in one sentence."""


class SentenceParser(argparse.ArgumentParser):
    """Takes what `parent` takes. Raises `ArgumentError` instead of printing a usage text and leaving."""

    def __init__(self, parent: argparse.ArgumentParser, own_flags: Sequence[str] = ()) -> None:
        super().__init__(parents=[parent], add_help=False, allow_abbrev=False, conflict_handler="resolve")
        self.own_flags = own_flags

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 - as argparse has it
        """Parse all of `args`; one that nobody knows, or that has no place here, is an error."""
        found, unknown = self.parse_known_args(args, namespace)
        for question in ("version", "options", "commands"):
            if getattr(found, question):
                raise ArgumentError(f"--{question} is a question for mitmproxy itself. Type: mitmdump --{question}")
        if unknown:
            raise ArgumentError(unknown_sentence(unknown[0], [*self.own_flags, *self._option_string_actions]))
        return found

    def error(self, message: str) -> NoReturn:
        raise ArgumentError(message[0].upper() + message[1:] + ".")


def apply_arguments(options: Options, arguments: Sequence[str], own_flags: Sequence[str] = ()) -> None:
    """Set `options` from mitmproxy's configuration file and then from `arguments`, as mitmdump itself does.

    `own_flags` are the flags of our own command, for suggestions. Raises `ArgumentError`.
    """
    parent = argparse.ArgumentParser(add_help=False)
    cmdline.common_options(parent, options)
    found = SentenceParser(parent, own_flags).parse_args(list(arguments))
    try:
        options.set(*found.setoptions, defer=True)
        load_configuration(options)
        options.update(**{key: value for key, value in vars(found).items() if key in options and value is not None})
    except exceptions.OptionsError as error:
        raise ArgumentError(option_sentence(error)) from None
    if options.scripts:  # they may still declare what is unknown so far
        return
    for name in [setting.partition("=")[0] for setting in found.setoptions]:
        if name not in options:  # what only the configuration file has may be for another interface
            raise ArgumentError(unknown_option_sentence(name, list(options.keys())))


def load_configuration(options: Options) -> None:
    """Set `options` from mitmproxy's own configuration file. Raises `ArgumentError` or `OptionsError`."""
    folder = Path(options.confdir).expanduser()
    try:
        optmanager.load_paths(options, str(folder / "config.yaml"), str(folder / "config.yml"))
    except (AttributeError, TypeError, OSError):  # mitmproxy trusts that it is a mapping of the right types
        raise ArgumentError(f"Options as name: value were expected in {options.confdir}/config.yaml.") from None


def unknown_sentence(argument: str, flags: Sequence[str]) -> str:
    """What to say of an argument that nobody knows."""
    if not argument.startswith("-"):
        return f"An option was expected and {argument!r} was found. Schemas are given with --schema PATH."
    near = difflib.get_close_matches(argument.partition("=")[0], flags, n=1)
    hint = f"Did you mean {near[0]}?" if near else "See --help, and `mitmdump --help` for what mitmproxy takes."
    return f"There is no option {argument}. {hint}"


HINTS = (
    (
        "unknown mode|server scheme|mode takes no arguments",
        "Modes are reverse:wss://host/path, regular, upstream:http://host:port, socks5, transparent, local:PROGRAM and "
        "wireguard, each with @PORT behind it where wanted; for example --mode reverse:wss://venue.example/v1@9000.",
    ),
    (
        "^Certificate file|certificate format",
        "A PEM file with a certificate and its key is expected, as in --certs '*.venue.example=cert.pem'.",
    ),
)
"""What to do about an error of mitmproxy's, by what stands in its words."""


def option_sentence(error: exceptions.OptionsError) -> str:
    """mitmproxy's words for what is wrong with an option, and what to do about it where we know."""
    said = f"{str(error).rstrip('.')}."
    hints = [hint for pattern, hint in HINTS if re.search(pattern, said)]
    return " ".join([said, *hints[:1]])


def unknown_option_sentence(name: str, known: Sequence[str]) -> str:
    """What to say of a ``--set`` name that nobody knows."""
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "`mitmdump --options` lists them all."
    return f"There is no mitmproxy option {name} for --set. {hint}"
