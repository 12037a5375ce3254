"""`--replay` of the commands that run a proxy."""

import asyncio
import re
from pathlib import Path

import pytest

from paperknife.demo.client import ClientOptions, trade

CALM = str(Path(__file__).parents[3] / "recordings" / "calm.mcap")


def test_a_client_is_answered_with_no_venue(launch) -> None:
    """What is said is shown by the recording's own schema; Ctrl-C ends it."""
    command = ("paperknife", "proxy", "-m", "reverse:wss://nowhere.invalid/v1", "-p", "0", "--replay", CALM)
    running = launch(*command, "--replay-speed", "max")
    outcome = asyncio.run(trade(running.url(), seconds=10, options=ClientOptions(updates=19)))
    assert (outcome.close_code, len(outcome.orders)) == (1000, 4)
    running.until("#1 -- closed")
    running.interrupt()
    status, out, err = running.end()
    assert status == 0, err
    assert "wss://nowhere.invalid/v1" in out
    assert re.search(r"-> order +2 ESZ6 BUY 3 @ 5021.50", out)
    assert "Connection #1 is answered from" in out
    assert out.count("* Schema: ") == 1


def test_a_command_is_answered(launch) -> None:
    """With `run`, under the address that it has always had."""
    client = ("python", "-m", "paperknife.demo.client", "ws://nowhere.invalid/v1", "--updates", "19")
    status, out, err = launch("paperknife", "run", "--replay", CALM, "--replay-speed", "max", "--", *client).end()
    assert status == 0, err
    assert "alice-2: CANCELLED" in out


WRONG = [
    (["--replay", "nowhere.mcap"], "A recording was expected at nowhere.mcap: No such file or directory."),
    (["--replay-speed", "2"], "A recording was expected along with how to replay it (--replay FILE)."),
    (["--replay", CALM, "--replay-speed", "0"], "--replay-speed: a number above 0 or max was expected, not '0'"),
    (["--replay", CALM, "--replay-mode", "step"], "'step' is not one of 'auto', 'matched', 'timed'."),
    (["--replay", CALM, "--replay-on-miss", "cry"], "'cry' is not one of 'wait', 'skip', 'close', 'pass'."),
]


@pytest.mark.parametrize(("words", "sentence"), WRONG)
def test_a_mistake_is_told(launch, words: list[str], sentence: str) -> None:
    """In a sentence, with exit status 2."""
    status, out, err = launch("paperknife", "proxy", "-p", "0", *words).end()
    assert (status, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err
