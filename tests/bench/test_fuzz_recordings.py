"""A short run of the fuzzer of recordings: a million files take an hour, these a few seconds."""

from bench.fuzz_recordings import fuzz, seeds


def test_mutated_recordings():
    """Each is read in part or refused with a sentence, in bounded time and memory."""
    outcome = fuzz(500)
    assert sum(outcome.files.values()) == 500
    assert outcome.files["in part"] > 200
    assert outcome.items > 2000


def test_seeds():
    """What is mutated can be read."""
    assert len(seeds()) == 5
