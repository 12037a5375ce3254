"""The file of a drafted `.proto`: what is there already, and how the new one takes its place."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from paperknife.cli.failure import Failure
from paperknife_decoders.printable import printable
from paperknife_decoders.schema import Schema, SchemaError, load_schema
from paperknife_decoders.schema.assembly import SchemaFile

__all__ = ["Draft", "checked", "compiled", "draft_at", "save"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that is there: its `text`, what was compiled from it, and the `folder` where its own imports are."""

    text: bytes
    file: SchemaFile
    folder: Path | None


def checked(out: str) -> str:
    """The place for a draft, which is stdout or a `.proto`, so that none takes the place of a recording."""
    if out != "-" and Path(out).suffix != ".proto":
        raise Failure(f"A name that ends in .proto was expected for the draft, and {printable(out)} does not.")
    return out


def draft_at(out: str) -> Draft | None:
    """The draft at this path, None where there is none yet. A `Failure` for what is no `.proto` that compiles."""
    path = Path(out)
    name = printable(out)
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Failure(f"A draft was expected at {name}: {error.strerror}.") from None
    if not text.strip():
        return None
    try:
        schema = load_schema(path)
    except SchemaError as error:
        raise Failure(f"{name} is there already, and only what compiles can be widened; or --force. {error}") from None
    file = next((file for file in schema.files if Path(file.place).resolve() == path.resolve()), None)
    if file is None or schema.faults:
        faults = "".join(f"\n  {fault}" for fault in schema.faults)
        raise Failure(f"{name} is there already, and only what compiles can be widened; or --force.{faults}")
    if file.proto.syntax != "proto3":
        raise Failure(f"{name} is there already, and only proto3 can be widened. Give another name, or --force.")
    return Draft(text, file, path.resolve().parent if len(schema.files) > 1 else None)


def compiled(text: bytes, folder: Path | None = None) -> Schema:
    """A text as a schema, beside the files of `folder` where it imports some. Raises `SchemaError` for its faults."""
    with tempfile.TemporaryDirectory(prefix="paperknife-") as scratch:
        descriptor, name = tempfile.mkstemp(".proto", "paperknife-", folder or scratch)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            schema = load_schema(name)
        finally:
            Path(name).unlink()
    if schema.faults:
        raise SchemaError("It does not compile:", schema.faults)
    return schema


def save(text: bytes, out: str) -> None:
    """Write a draft to its place in one step, or to stdout."""
    if out == "-":
        click.echo(text, nl=False)
        return
    path = Path(out).resolve()
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(text)
        if path.exists():
            shutil.copymode(path, new)
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Failure(f"{printable(out)} could not be written: {error.strerror or error}.") from None
