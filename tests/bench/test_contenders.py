"""The relays that are measured, each run for real."""

import pytest
from bench.bursts import burst_through, make_block
from bench.contenders import (
    BARE,
    BARE_SET,
    DIRECT,
    LIVE,
    OURS,
    PICOWS,
    RECORDING,
    RECORDING_SPLIT,
    RECORDING_SUMMARY,
    RULES_FALSE,
    RULES_OTHERS,
    RULES_SET,
    SUMMARY,
    WAITING,
    WEBSOCKETS,
    WRITING,
)
from bench.relay_process import RelayError, RelayProcess
from bench.rounds import open_bench


@pytest.fixture(scope="module")
def bench():
    """A bench for a look."""
    with open_bench(quick=True) as opened:
        yield opened


NAMES = (
    *(DIRECT, BARE, OURS, WAITING, SUMMARY, LIVE, WEBSOCKETS, PICOWS),
    *(BARE_SET, RULES_OTHERS, RULES_FALSE, RULES_SET),
    *(RECORDING, RECORDING_SPLIT, RECORDING_SUMMARY, WRITING),
)


@pytest.mark.parametrize("name", NAMES)
def test_all_messages_come_out(bench, name):
    """Every relay passes on both directions' messages in frames of the same size, and its CPU time is seen."""
    with bench.stands([name]) as (origin, stands, absent):
        assert absent == []
        for from_client in (True, False):
            found = burst_through(origin, stands[0], make_block(from_client, 40), 0.01)
            assert found.rate > 0
            assert (found.cpu > 0) is (name != DIRECT)


def test_tls_on_both_sides(bench):
    """With a certificate, mitmproxy and ours speak TLS to both sides."""
    with bench.stands([OURS], bench.tls) as (origin, stands, absent):
        assert absent == []
        assert burst_through(origin, stands[0], make_block(False, 40), 0.01).rate > 0


@pytest.mark.parametrize(
    ("command", "sentence"),
    [(["/no/such/relay"], "could not be started"), (["/bin/sh", "-c", "echo Oh no; exit 1"], "It said: Oh no")],
)
def test_a_relay_that_does_not_start(command, sentence):
    """A relay that cannot be had is told of in a sentence, with its own last words."""
    with pytest.raises(RelayError, match=sentence), RelayProcess(command):
        pass
