"""What commands that compare have in common."""

from __future__ import annotations

import click
import pytest

from paperknife.cli.comparing import check_names, check_reports, mask_for, read_factor, streams_from, tell
from paperknife.cli.failure import Failure
from paperknife.replay.findings import Finding, Findings, Kind
from paperknife.replay.report import Compared
from paperknife.settings.reading import Reading, load

OPTION = click.Option(["--max-slowdown"])


@pytest.mark.parametrize(("text", "factor"), [(None, None), ("3x", 3.0), ("1", 1.0), ("2.5x", 2.5)])
def test_factors(text, factor) -> None:
    """With an x or without."""
    assert read_factor(click.Context(click.Command("x")), OPTION, text) == factor


@pytest.mark.parametrize("text", ["", "x", "0.5", "-1", "inf", "nan", "3y"])
def test_factors_that_are_none(text) -> None:
    """What was expected is said."""
    with pytest.raises(click.BadParameter, match="such as 3x"):
        read_factor(click.Context(click.Command("x")), OPTION, text)


def test_streams_are_named_or_go_by_the_rule() -> None:
    """Not both."""
    assert streams_from({"stream": (), "no_stream": False}) is None
    assert streams_from({"stream": ("tick",), "no_stream": False}) == {"tick"}
    assert streams_from({"stream": (), "no_stream": True}) == frozenset()
    with pytest.raises(Failure, match="contradict"):
        streams_from({"stream": ("tick",), "no_stream": True})


def test_reports_are_checked_before_anything_is_done(tmp_path) -> None:
    """Their kind, and the folder."""
    check_reports([("json", "-"), ("junit", str(tmp_path / "a.xml"))])
    with pytest.raises(Failure, match="one of json, junit"):
        check_reports([("xml", "-")])
    with pytest.raises(Failure, match="no folder"):
        check_reports([("json", str(tmp_path / "none" / "a.json"))])


def test_names_are_checked_against_the_schema(trading) -> None:
    """A slip would compare something else."""
    protocol = load(Reading(schema=(trading,))).protocol
    check_names({"ignore": ("order_response.text", "*.time"), "stream": ("market_data",)}, [protocol])
    check_names({"ignore": ("nosuch",), "stream": ("nosuch",)}, [])
    with pytest.raises(Failure, match=r"no message of the recording has a field 'order\.nosuch'"):
        check_names({"ignore": ("order.nosuch",), "stream": ()}, [protocol])
    with pytest.raises(Failure, match="Did you mean market_data"):
        check_names({"ignore": (), "stream": ("marketdata",)}, [protocol])


def test_secrets_that_were_filled_in_are_masked() -> None:
    """Wherever they are."""
    assert mask_for(["wonderland"])("no wonderland here") == "no [redacted] here"
    assert mask_for([])("wonderland") == "wonderland"


INTERRUPTED = [
    (False, 2, "The same so far. 5 expected, 5 came, on 1 connection.\nInterrupted: much.\n"),
    (True, 1, "Different so far: 1 late. 5 expected, 5 came, on 1 connection.\nInterrupted: much.\n"),
]


@pytest.mark.parametrize(("differs", "status", "told"), INTERRUPTED)
def test_what_was_interrupted_is_never_the_same(capsys, differs, status, told) -> None:
    """What differs differs; else nobody knows, and the status says so."""
    findings = Findings()
    if differs:
        findings.add(Finding(Kind.LATE, 1, 0.0, "order_response"))
    compared = Compared("a", "b", 1, 5, 5, 4, findings, str, "Interrupted: much.")
    assert tell(compared, {"report": (), "colour": False}) == status
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(("differs", "is_doubted"), [(False, False), (True, True)])
def test_the_protocol_is_doubted_only_where_nothing_is_as_recorded(capsys, differs, is_doubted) -> None:
    """Streams alone are the same though none of their messages is compared."""
    findings = Findings()
    if differs:
        findings.add(Finding(Kind.MISSING, 1, 0.0, "order"))
    status = tell(Compared("a", "b", 1, 5, 5, 0, findings, str), {"report": (), "colour": False})
    assert status == int(differs)
    assert ("Is it the same API" in capsys.readouterr().err) is is_doubted
