"""The protocols that there are."""

from __future__ import annotations

import pytest

from paperknife.settings.catalogue import CONFIG, catalogue_of, config_or_none, entry_named, preset_entries
from paperknife.settings.yaml_file import ConfigError


@pytest.fixture
def catalogue(tmp_path):
    """A function that reads a file's protocols."""

    def read(text):
        (tmp_path / CONFIG).write_text(text)
        return catalogue_of(tmp_path / CONFIG)

    return read


def test_names(catalogue) -> None:
    """The user's own come before presets, and a name that is nearly right is known."""
    own = catalogue("protocols:\n  - name: mine\n  - {name: centrifugo, about: my own}\n").entries
    assert [entry.name for entry in own] == ["mine", "centrifugo"]
    assert not entry_named("centrifugo", own).is_preset
    assert entry_named("centrifugo", ()).is_preset
    with pytest.raises(ConfigError, match=r"There is no protocol mien. Did you mean mine\?"):
        entry_named("mien", own)
    with pytest.raises(ConfigError, match=r"There is no protocol q. There are: mine, centrifugo, "):
        entry_named("q", own)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("rules: rules.yaml", []),
        ("protocols:", []),
        ("protocol: []", ["protocols or rules was expected, and 'protocol' was found; did you mean protocols?"]),
        ("protocols: {}", []),
        ("protocols: {name: x}", ["a list was expected, with `- name: ...` for each protocol"]),
        ("protocols: [{name: x}, {name: x}]", ["there is a protocol x before this one"]),
    ],
)
def test_the_file_itself(catalogue, text, faults) -> None:
    """What is wrong with a file besides its definitions."""
    assert [fault.sentence for fault in catalogue(text).faults] == faults


@pytest.mark.parametrize("text", ["[1]", "x", ""])
def test_what_is_no_such_file(catalogue, text) -> None:
    """It has to be a mapping."""
    with pytest.raises(ConfigError, match=r":1:1: a mapping with the key `protocols` was expected"):
        catalogue(text)


def test_the_usual_file_may_be_missing(tmp_path, monkeypatch) -> None:
    """One that was named may not."""
    monkeypatch.chdir(tmp_path)
    assert config_or_none(CONFIG) == ""
    assert config_or_none("other.yaml") == "other.yaml"
    (tmp_path / CONFIG).write_text("")
    assert config_or_none(CONFIG) == CONFIG


def test_types_from_elsewhere(catalogue) -> None:
    """Types that are named on the command line come in the place of those in the file."""
    (entry,) = catalogue("protocols: [{name: x, client: A, server: B}]").entries
    types = entry.with_types("C", "").definition.types
    assert {side.value: node.value for side, node in types.items()} == {"client": "C", "server": "B"}
    assert entry.with_types("", "") is entry


def test_presets_have_no_faults() -> None:
    """As far as that is known without their schemas."""
    presets = preset_entries()
    assert "centrifugo" in [entry.name for entry in presets]
    assert [(entry.name, entry.definition.faults) for entry in presets if entry.definition.faults] == []
    assert all(entry.definition.about and not entry.definition.decoder for entry in presets)
