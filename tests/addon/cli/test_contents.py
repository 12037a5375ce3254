"""What a recording holds, in words and as JSON, whatever a hostile file claims of itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.cli.contents import Contents, without_secrets
from paperknife.recording.summary import ConnectionSummary, PayloadCount, Summary
from paperknife_decoders.paint import ANSI

NUMBERS = st.integers(-(1 << 65), 1 << 65)
WORDS = st.text(max_size=12)
CONNECTIONS = st.builds(ConnectionSummary, NUMBERS, *[WORDS] * 3, *[NUMBERS] * 3, WORDS, WORDS)
SUMMARIES = st.builds(
    Summary,
    *[NUMBERS] * 10,
    st.lists(CONNECTIONS, max_size=3).map(tuple),
    st.lists(st.builds(PayloadCount, WORDS, WORDS, NUMBERS, NUMBERS), max_size=3).map(tuple),
    st.dictionaries(WORDS, NUMBERS, max_size=2),
    st.lists(WORDS, max_size=2).map(tuple),
)


@given(
    SUMMARIES, st.dictionaries(st.sampled_from(["program", "redact"]), WORDS), st.sampled_from([None, "It was cut."])
)
def test_whatever_a_file_claims(summary, session, cut):
    """It is text that is printable, and JSON."""
    contents = Contents("a.mcap", summary, session, 5, cut)
    assert all(line.isprintable() for line in contents.text().splitlines())
    json.dumps(contents.json_object())


def row(number, **more):
    return ConnectionSummary(number, "wss://h/v1", "c", opened_ns=10**9, **more)


SECOND = 10**9
CUT_OFF = row(1, subprotocol="v2", code=1006, reason="reset", closed_ns=5 * SECOND)
LOGINS = PayloadCount("client", "login", 1, 90)
QUOTES = PayloadCount("server", "quote", 300, 9000)
TEXTS = [
    (Summary(messages=1200, size=3400, end_ns=SECOND), "messages   1,200 (3.4 kB)"),
    (Summary(fates={"dropped": 2}, undecoded=1), "2 dropped, 1 could not be decoded"),
    (Summary(oversize=3, controls=4, warnings=1), "3 beyond the limit, 4 control frames, 1 warning"),
    (Summary(connections=(row(1),), connection_count=1), "#1 wss://h/v1  -> 0 <- 0, open at the end"),
    (
        Summary(connections=(CUT_OFF,)),
        '#1 wss://h/v1  subprotocol v2  -> 0 <- 0, 1006 no close frame "reset" after 4.0 s',
    ),
    (Summary(connections=tuple(map(row, range(40))), connection_count=50), "   and 20 more"),
    (Summary(SECOND, 3 * SECOND, payloads=(QUOTES,)), "300    9.0 kB          150"),
    (Summary(SECOND, 3 * SECOND, payloads=(LOGINS,)), "-> login                    1      90 B         0.50"),
    (Summary(SECOND, SECOND, payloads=(LOGINS,)), "90 B            -"),
    (Summary(size=10**9), "a.mcap: whole, 250 MB on disk (25%), 1.0 GB of messages"),
]


@pytest.mark.parametrize(("summary", "words"), TEXTS)
def test_words(summary, words):
    """A person reads it."""
    assert words in Contents("a.mcap", summary, {}, 250_000_000).text()


@pytest.mark.parametrize(
    ("session", "words"),
    [({"redact": "off"}, "it may hold secrets"), ({"redact": "strict"}, "blanked"), ({"program": "x\x1b"}, r"x\x1b")],
)
def test_the_session(session, words):
    """Who made it, and how secrets were masked."""
    assert words in Contents("a.mcap", Summary(), session).text()


def test_colours():
    """Directions are coloured as in the lines."""
    text = Contents("a.mcap", Summary(payloads=(PayloadCount("client", "login", 1, 90),))).text(ANSI)
    assert f"{ANSI.client}-> login" in text


def test_secrets_of_handshakes():
    """Those of a recording that was made with them are masked; one that has none is as it was."""
    row = ConnectionSummary(
        1, "wss://u:hunter2-hunter2@h/v1?token=t-123456789", subprotocol="bearer.k1234567890", reason="no t-123456789"
    )
    summary = Summary(connection_count=1, connections=(row,))
    (shown,) = without_secrets(summary, {"redact": "off"}).connections
    assert shown.url == "wss://u:[redacted]@h/v1?token=[redacted]"
    assert (shown.subprotocol, shown.reason) == ("bearer.[redacted]", "no [redacted]")
    assert without_secrets(summary, {"redact": "fields"}) is summary
