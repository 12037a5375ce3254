"""What a recording holds, counted: kept in a packed file, so that nobody has to read it whole to be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["NUMBERS", "SUMMARY", "ConnectionSummary", "PayloadCount", "Summary"]

SUMMARY = "paperknife.summary"
"""The metadata record of a packed file that holds it."""


@dataclass(frozen=True, slots=True)
class ConnectionSummary:
    """One connection; times in nanoseconds since the epoch, sizes in bytes, close code 0 where its end is not known."""

    number: int
    url: str = ""
    client: str = ""
    subprotocol: str = ""
    opened_ns: int = 0
    closed_ns: int = 0
    code: int = 0
    reason: str = ""
    by: str = ""
    from_client: int = 0
    from_server: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class PayloadCount:
    """Messages with one payload in one direction, and their bytes."""

    direction: str
    payload: str
    messages: int
    size: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a recording holds. Times are in nanoseconds since the epoch, 0 where nothing was recorded; sizes in bytes.

    `connections` are the first ones of `connection_count`; `fates` counts messages that did not simply pass, by
    `Fate`'s word; `masked` those in which something stands in place of a secret; `oversize` those beyond the limit.
    """

    start_ns: int = 0
    end_ns: int = 0
    messages: int = 0
    controls: int = 0
    size: int = 0
    masked: int = 0
    undecoded: int = 0
    oversize: int = 0
    warnings: int = 0
    connection_count: int = 0
    connections: tuple[ConnectionSummary, ...] = ()
    payloads: tuple[PayloadCount, ...] = ()
    fates: Mapping[str, int] = field(default_factory=dict)
    schemas: tuple[str, ...] = ()

    def to_metadata(self) -> dict[str, str]:
        """The values of the metadata record."""
        return {"summary": json.dumps(asdict(self), separators=(",", ":"))}

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Summary:
        """The summary in a metadata record. Raises `ValueError` where it is not as ours are."""
        try:
            return summary_from(json.loads(metadata["summary"]))
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"no summary: {error!r}") from None


def summary_from(found: Mapping[str, Any]) -> Summary:
    """A summary out of its JSON object."""
    numbers = {name: int(found.get(name, 0)) for name in NUMBERS}
    return Summary(
        **numbers,
        connections=tuple(
            read_row(ConnectionSummary, ConnectionSummary.__annotations__, row) for row in found.get("connections", ())
        ),
        payloads=tuple(read_row(PayloadCount, PayloadCount.__annotations__, row) for row in found.get("payloads", ())),
        fates={str(name): int(count) for name, count in dict(found.get("fates", {})).items()},
        schemas=tuple(map(str, found.get("schemas", ()))),
    )


NUMBERS = (
    "start_ns",
    "end_ns",
    "messages",
    "controls",
    "size",
    "masked",
    "undecoded",
    "oversize",
    "warnings",
    "connection_count",
)


def read_row[Row](kind: Callable[..., Row], types: Mapping[str, Any], row: Mapping[str, Any]) -> Row:
    """A dataclass of numbers and strings; members that it does not have are passed over."""
    return kind(**{name: (int if types[name] == "int" else str)(row[name]) for name in types if name in row})
