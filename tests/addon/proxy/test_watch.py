"""Signals end a run, the first one in order, a second Ctrl-C at once."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from paperknife.proxy.watch import ending_on_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_calls_the_end(number: signal.Signals) -> None:
    """Inside the block a signal raises nothing; it is passed on as one call."""
    before = signal.getsignal(signal.SIGINT)

    async def run() -> int:
        ended = asyncio.Event()
        calls, at_once = [], []
        with ending_on_signals(lambda: (calls.append(number), ended.set()), lambda: at_once.append(number)):
            os.kill(os.getpid(), number)
            while not at_once:  # the loop has no turn here
                pass
            assert not calls
            await asyncio.wait_for(ended.wait(), 60)
        return len(calls)

    try:
        assert asyncio.run(run()) == 1
    finally:
        signal.signal(signal.SIGINT, before)


PROGRAM = """
import asyncio, os, signal, sys
from paperknife.proxy.watch import ending_on_signals
async def run():
    ended = asyncio.Event()
    with ending_on_signals(ended.set):
        os.kill(os.getpid(), signal.SIGINT)
        if sys.argv[1] == "stuck":
            os.kill(os.getpid(), signal.SIGINT)
            while True:
                pass
        await ended.wait()
        if sys.argv[1] == "inside":
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)
asyncio.run(run())
os.kill(os.getpid(), signal.SIGINT)
print("not reached")
"""


@pytest.mark.parametrize("where", ["inside", "after", "stuck"])
def test_a_second_control_c_leaves_at_once(where: str) -> None:
    """Also where the loop has no turn, as in a function that never returns, and behind the block, where a summary may
    hang on a pipe that nobody reads; no traceback, exit status 130.
    """
    ended = subprocess.run([sys.executable, "-c", PROGRAM, where], capture_output=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")
