"""All protocols that there are: those of the user's file, and the presets that come with paperknife."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from paperknife.settings.yaml_file import ConfigError, YamlFile, read_yaml
from paperknife.settings.zstd_codec import ALL_CODECS
from paperknife_decoders.definition import Definition, Fault, read_definition
from paperknife_decoders.nearest import nearest
from paperknife_decoders.schema import SchemaError
from paperknife_decoders.steps import Step
from paperknife_decoders.steps.registry import step_from

__all__ = [
    "CONFIG",
    "Catalogue",
    "Entry",
    "catalogue_of",
    "config_or_none",
    "entry_named",
    "preset_entries",
    "step_with_codecs",
]

CONFIG = "paperknife.yaml"
"""The file in the working directory that is read where none is named."""

PRESETS = Path(__file__).parent.parent / "presets"

KEYS = ("protocols", "rules")

step_with_codecs: Callable[[object], Step] = partial(step_from, codecs=ALL_CODECS)
"""Makes a step of its definition, which may name every way to compress."""


def config_or_none(path: str) -> str:
    """The path of the user's file; empty where it is the usual one and not there."""
    return "" if path == CONFIG and not Path(path).exists() else path


@dataclass(frozen=True, slots=True)
class Entry:
    """A protocol's definition, the file that it stands in, and its place in that, from 0."""

    definition: Definition
    file: YamlFile
    number: int = 0
    is_preset: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return self.definition.name

    def data(self) -> Mapping[str, object]:
        """The definition as it stands in the file."""
        protocols = self.file.data["protocols"]  # type: ignore[index]  # an entry comes of such a file only
        data: Mapping[str, object] = protocols[self.number]
        return data

    def with_types(self, client: str, server: str) -> Entry:
        """With the types that are named elsewhere in the place of its own."""
        named = {key: name for key, name in (("client", client), ("server", server)) if name}
        if not named:
            return self
        definition = read_definition({**self.data(), **named}, ("protocols", self.number), step_with_codecs)
        return Entry(definition, self.file, self.number, self.is_preset)

    def error(self, faults: Iterable[Fault], schemas: Iterable[SchemaError] = ()) -> ConfigError:
        """The faults, each with its line, and what schemas cannot be loaded."""
        return self.file.error(faults, schemas)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The protocols of one file, and what is wrong with it besides what is wrong with one of them."""

    file: YamlFile
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...] = ()


def catalogue_of(path: Path, *, is_preset: bool = False) -> Catalogue:
    """The definitions of a file, each with its own faults. Raises `ConfigError` for what is no such file at all."""
    file = read_yaml(path)
    data = file.data
    if not isinstance(data, Mapping):
        raise file.error([Fault((), "a mapping with the key `protocols` was expected")])
    faults = [
        Fault(
            (str(key),), f"{' or '.join(KEYS)} was expected, and {str(key)[:40]!r} was found{meant(key)}", at_key=True
        )
        for key in data
        if key not in KEYS
    ]
    protocols = data.get("protocols") or []
    if not isinstance(protocols, list):
        faults.append(Fault(("protocols",), "a list was expected, with `- name: ...` for each protocol"))
        protocols = []
    entries = [
        Entry(read_definition(each, ("protocols", number), step_with_codecs), file, number, is_preset)
        for number, each in enumerate(protocols)
    ]
    names = [entry.name for entry in entries]
    faults += [
        Fault(("protocols", number, "name"), f"there is a protocol {name} before this one")
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    return Catalogue(file, tuple(entries), tuple(faults))


def meant(key: object) -> str:
    """The end of a sentence about a key that there is not."""
    close = nearest(str(key)[:40], KEYS)
    return f"; did you mean {close[0]}?" if close else ""


def preset_entries() -> list[Entry]:
    """The presets, by name."""
    found = [entry for path in sorted(PRESETS.glob("*.yaml")) for entry in catalogue_of(path, is_preset=True).entries]
    return sorted(found, key=lambda entry: entry.name)


def entry_named(name: str, own: Iterable[Entry]) -> Entry:
    """The protocol of this name, the user's before a preset. Raises `ConfigError` with what may have been meant."""
    entries = [*own, *preset_entries()]
    found = next((entry for entry in entries if entry.name == name), None)
    if found is not None:
        return found
    names = [entry.name for entry in entries]
    close = nearest(name, names)
    hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(names)}."
    raise ConfigError(f"There is no protocol {name}. {hint} Your own are in {CONFIG}, or in the file after --config.")
