"""What is measured of a command is what it used."""

import sys

from bench.reading import VERBS, WHERE, run

from paperknife.cli import VERBS as COMMANDS


def test_a_run():
    """Its first output, its end, its CPU time, its memory and its status."""
    program = "import sys, time; print(1, flush=True); hold = b'x' * 10**8; time.sleep(0.2); sys.exit(3)"
    found = run([sys.executable, "-c", program])
    assert found.status == 3
    for _ in range(20):
        if found.first <= found.wall - 0.2:
            break
        found = run([sys.executable, "-c", program])  # we came to read it late
    assert found.first <= found.wall - 0.2
    assert 0 < found.cpu < found.wall + 5
    assert found.memory > 5 * 10**7


def test_verbs():
    """What is run is there."""
    assert {arguments[0] for arguments in VERBS.values()} <= set(COMMANDS)
    assert WHERE
