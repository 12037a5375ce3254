"""Expressions on the command line."""

import re
from dataclasses import replace

import click
import pytest

from paperknife.cli.expressions import compile_for
from paperknife.settings.reading import Reading, load
from paperknife_decoders.expression import ExpressionError, Lazily


def test_the_fault_of_the_protocol_that_comes_closest(tmp_path, capsys) -> None:
    """Of an expression that no protocol fits, the fault is told by which most of it is right; else only the first."""
    for name, field in (("one", "asked"), ("two", "wanted")):
        (tmp_path / f"{name}.proto").write_text(
            f'syntax = "proto3"; package {name}; '
            f"message M {{ oneof p {{ In {field} = 1; }} }} message In {{ int32 a = 1; }}"
        )
    lines = [
        f"  - {{name: {name}, schema: [{name}.proto], client: {name}.M, server: {name}.M}}" for name in ("one", "two")
    ]
    (tmp_path / "paperknife.yaml").write_text("\n".join(["protocols:", *lines]))
    reading = Reading(config=str(tmp_path / "paperknife.yaml"))
    loaded = load(reading)
    with pytest.raises(ExpressionError, match="did you mean a"):
        compile_for("wanted.aa > 1", loaded)
    second = next(protocol for protocol in loaded.protocols if protocol.name == "two")
    for text, told in (("wanted.aa > 1", ["one", "two"]), ("wanted.a > 1", ["one"]), ("asked.a > 1", [])):
        with click.Context(click.Command("show")):
            lazily = compile_for(text, replace(load(replace(reading, protocol="one")), is_first=True))
            assert isinstance(lazily, Lazily)
            lazily.fit(second)
        assert re.findall(r"By (one|two)\b", capsys.readouterr().err) == told
