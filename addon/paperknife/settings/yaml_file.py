"""A YAML file as plain data, with the line and column of each value, so that a fault can say where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from paperknife_decoders.definition import Fault
from paperknife_decoders.definition import Path as Place
from paperknife_decoders.printable import printable
from paperknife_decoders.schema import SchemaError
from paperknife_decoders.schema.faults import NOTHING_LOADED

__all__ = ["ConfigError", "YamlFile", "read_yaml"]

LARGEST = 4 << 20
"""Bytes of a file that is read."""

MOST_VALUES = 100_000
"""Values of a file, those that an alias repeats counted again."""

DEEPEST = 60

TAG = "tag:yaml.org,2002:"


class ConfigError(SchemaError):
    """Faults of a configuration, one line each as ``file:line:col: sentence``, or a sentence why there is none.

    `found` are the faults of a definition, where it is these, and `schemas` say what schemas cannot be loaded besides.
    """

    def __init__(self, sentence: str, found: Iterable[Fault] = (), schemas: Iterable[SchemaError] = ()) -> None:
        self.schemas = tuple(schemas)
        super().__init__(sentence, [fault for each in self.schemas for fault in each.faults])
        self.found = tuple(found)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file says. `lines` are the places of values, and `key_lines` those of keys, by their path; from 1."""

    path: Path
    data: object = None
    lines: Mapping[Place, tuple[int, int]] = field(default_factory=dict, repr=False)
    key_lines: Mapping[Place, tuple[int, int]] = field(default_factory=dict, repr=False)

    def fault_line(self, fault: Fault) -> str:
        """``file:line:col: sentence``, at the innermost place that there is in the file."""
        known = self.key_lines if fault.at_key else self.lines
        place = fault.path
        while place and place not in known:
            place, known = place[:-1], self.lines
        line, column = known.get(place, (1, 1))
        return printable(f"{self.path}:{line}:{column}: {fault.sentence}")

    def error(self, faults: Iterable[Fault], schemas: Iterable[SchemaError] = ()) -> ConfigError:
        """All of them, in the order in which they stand in the file, and behind them why schemas cannot be loaded."""
        found = sorted(dict.fromkeys(faults), key=self.position)
        told = {(each.sentence, each.faults): each for each in schemas}.values()
        sentences = sorted((each.sentence for each in told), key=lambda each: each == NOTHING_LOADED)
        lines = [*map(self.fault_line, found), *sentences]
        return ConfigError("\n".join(dict.fromkeys(lines)), found, told)

    def position(self, fault: Fault) -> tuple[int, int]:
        """Where a fault is, for their order."""
        place = fault.path
        while place and place not in self.lines:
            place = place[:-1]
        return (self.key_lines if fault.at_key and place in self.key_lines else self.lines).get(place, (1, 1))


def read_yaml(path: Path) -> YamlFile:
    """Read a file; nothing in it is ever executed. Raises `ConfigError`, also for what is no YAML."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"A YAML file was expected at {path}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: text in UTF-8 was expected, and byte {error.start} is none.") from None
    if len(content) > LARGEST:
        raise ConfigError(f"{path}: at most {LARGEST >> 20} MiB of YAML are read.")
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context)
        raise ConfigError(marked(path, mark, f"this is no YAML: {problem}{hint_for(problem)}")) from None
    except (YAMLError, ValueError) as error:
        raise ConfigError(f"{path}:1:1: this is no YAML: {' '.join(str(error).split())[:200]}") from None
    except RecursionError:
        raise ConfigError(f"{path}:1:1: this is nested too deeply.") from None
    walk = Walk(path)
    data = walk.value(root, ()) if root is not None else None
    if walk.faults:
        raise ConfigError("\n".join(walk.faults))
    return YamlFile(path, data, walk.lines, walk.key_lines)


HINTS: Final[Mapping[str, str]] = {
    "found undefined alias": 'a text that begins with * needs quotes, as in "*.example"',
    "character '\\t'": "indent with spaces, not with tabs",
    "cannot start any token": "a text that begins so needs quotes",
    "mapping values are not allowed": "a text with a colon and a space in it needs quotes",
    "expected <block end>": "what belongs together begins in the same column",
    "expected ',' or": "a bracket or brace is still open before this, or a comma is missing",
    "unexpected end of stream": "a quote or bracket is still open",
    "found another document": "one document is read, without --- behind it",
}
"""What is meant by the words of the YAML parser, and what to do; the first that is found counts."""


def hint_for(problem: str) -> str:
    """The end of a sentence about what is no YAML."""
    return next((f"; {hint}" for words, hint in HINTS.items() if words in problem), "")


def marked(path: Path, mark: StreamMark | None, sentence: str) -> str:
    """A sentence at a mark."""
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return printable(f"{path}:{line}:{column}: {' '.join(sentence.split())}")


class Walk:
    """One pass over the nodes of a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Place, tuple[int, int]] = {}
        self.key_lines: dict[Place, tuple[int, int]] = {}
        self.faults: list[str] = []
        self.left = MOST_VALUES
        self.constructor = YAML(typ="safe", pure=True).constructor

    def value(self, node: Node, place: Place) -> object:
        """The plain data of a node; None, with a fault, for what is none."""
        self.left -= 1
        if self.left < 0 or len(place) > DEEPEST:
            if not any("too much" in fault for fault in self.faults):
                self.fault(node, "there is too much here: aliases that repeat each other, or nesting without end")
            return None
        self.lines[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
        match node:
            case MappingNode():
                return self.mapping(node, place)
            case SequenceNode():
                return [self.value(each, (*place, number)) for number, each in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: MappingNode, place: Place) -> dict[object, object]:
        """A mapping; its keys are scalars, each of them once."""
        found: dict[object, object] = {}
        for key_node, value_node in node.value:
            if str(key_node.tag) == f"{TAG}merge":
                self.fault(key_node, "merging (<<) is not read here: write the keys out")
                continue
            if not isinstance(key_node, ScalarNode):
                self.fault(key_node, "a key was expected, which is a word or a number")
                continue
            key = self.scalar(key_node)
            if key in found:
                self.fault(key_node, f"{key} stands here twice")
                continue
            inner = (*place, key if isinstance(key, int) else str(key))
            self.key_lines[inner] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            found[key] = self.value(value_node, inner)
        return found

    def scalar(self, node: Node) -> str | int | float | bool | None:
        """A text, a number, true, false or nothing. What YAML takes for a date stays the text that it is."""
        kind = str(node.tag).removeprefix(TAG)
        try:
            match kind:
                case "int":
                    return int(self.constructor.construct_yaml_int(node))
                case "float":
                    return float(self.constructor.construct_yaml_float(node))
                case "bool":
                    return bool(self.constructor.construct_yaml_bool(node))
                case "null":
                    return None
                case "str" | "timestamp":
                    return str(node.value)
        except ValueError:
            self.fault(node, f"a number was expected, and {str(node.value)[:40]!r} was found")
            return None
        self.fault(node, f"a plain value was expected, and one with the tag {str(node.tag)[:40]} was found")
        return None

    def fault(self, node: Node, sentence: str) -> None:
        """Keep that something is wrong at a node."""
        self.faults.append(marked(self.path, node.start_mark, sentence))
