"""What each step of a protocol makes of one message, and why a type was chosen: for whoever writes a definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from paperknife_decoders.carrying.choices import Choice, FieldKey, HeaderKey, PathKey, Source
from paperknife_decoders.definition.node import described
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Header, Opened, Step
from paperknife_decoders.steps.carry import Behind, Carry
from paperknife_decoders.wire.walker import walk_partly

__all__ = ["Part", "Stage", "trace"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part behind a step, the values in front of it, and what the step found out about it."""

    data: bytes
    header: Header
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step and its parts; `fault` is why it refused, where it did, and nothing comes after it."""

    step: str
    parts: tuple[Part, ...] = ()
    fault: str = ""


def trace(steps: Sequence[Step], content: bytes, context: Context) -> list[Stage]:
    """Every step's parts, from the outside in, up to the first step that refuses."""
    stages: list[Stage] = []
    level = [(content, context)]
    for step in steps:
        found: list[tuple[Part, Context]] = []
        marks: list[str] = []
        try:
            for data, before in level:
                opened = step.open(data, before)
                found += parts_of(step, data, before, opened)
                marks += [opened.mark] if opened.mark else []
        except DecodeError as error:
            return [*stages, Stage(step.name, fault=str(error))]
        if len(found) > context.limits.parts:
            fault = f"{len(found):,} parts in one message; at most {context.limits.parts:,} are read (limits: parts)"
            return [*stages, Stage(step.name, fault=fault)]
        if marks and not found:
            return [*stages, Stage(step.name, fault=marks[0])]
        stages.append(Stage(step.name, tuple(part for part, _ in found)))
        level = [(part.data, behind) for part, behind in found]
    return stages


def parts_of(step: Step, data: bytes, context: Context, opened: Opened) -> list[tuple[Part, Context]]:
    """The parts that one part was opened into, each with what is known of it."""
    headers = opened.headers or ({},) * len(opened.parts)
    reason = reason_for(step, data, context)
    return [
        (Part(part, header, reason), replace(context, header={**context.header, **header}))
        for part, header in zip(opened.parts, headers, strict=True)
    ]


def reason_for(step: Step, data: bytes, context: Context) -> str:
    """Why a last step chose the type that it did; empty for other steps."""
    if isinstance(step, Behind):
        return chosen(step.choice, data, context)
    if isinstance(step, Carry):
        carrier = step.union.carrier
        return chosen(carrier.choice, data, context) if carrier is not None else "what carries messages lies further in"
    return ""


def chosen(choice: Choice, data: bytes, context: Context) -> str:
    """The key that was found, and the type that it stands for."""
    if choice.key is None:
        return f"always {choice.always.full_name}" if choice.always is not None else ""
    fields = walk_partly(data).fields
    key = choice.key.read(data, fields, context)
    kind = choice.type_of(data, fields, context)
    said = f"{place_of(choice.key)} is {described(key)}"
    if not key and choice.recalls is not None:
        number = choice.recalls.read(data, fields, context)
        said += f", {place_of(choice.recalls)} is {described(number)}"
        return f"{said}: {f'asked for by its request, {kind.full_name}' if kind else 'no such request is known'}"
    if kind is None:
        return f"{said}, which is none of the {len(choice.table):,} keys: its bytes stay as they are"
    return f"{said}: {kind.full_name}"


def place_of(source: Source) -> str:
    """Where a key is, as a definition says it."""
    match source:
        case FieldKey():
            return source.field.name
        case HeaderKey():
            return f"header.{source.name}"
        case PathKey():
            return "path"
