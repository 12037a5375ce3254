"""The line, at several widths."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.live.layout import Columns
from paperknife.live.line import Shown, line_text, payload_label
from paperknife_decoders.columns import width_of
from paperknife_decoders.correlation import Answer
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.paint import ANSI
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import Secrets

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
LATENCIES = {"login_response": 2_000_000, "subscribe_response": 310_000, "order_response": 2_900_000}

GOLDEN = {
    40: """\
17:46:40 #1 -> login      user=alice …
17:46:40 #1 <- login…nse  OK heartbeat=…
17:46:40 #1 -> subscribe  1 depth=5 …
17:46:40 #1 <- subsc…nse  1 symbols=ESZ…
17:46:40 #1 <- marke…ata  ESZ6 …
17:46:40 #1 -> order      7 ESZ6 BUY …
17:46:40 #1 <- order…nse  7 …  ! field…
17:46:40 #1 -> heartbeat  sequence=1
17:46:41 #1 <- (noth…et)  10=  ! anothe…
""",
    80: """\
17:46:40.000 #1 -> login           user=alice password=[redacted] …         28 B
17:46:40.002 #1 <- login_response  OK heartbeat=20s …            +2.0 ms    25 B
17:46:40.005 #1 -> subscribe       1 depth=5 symbols=ESZ6,NQZ6              18 B
17:46:40.006 #1 <- subscrib…ponse  1 symbols=ESZ6,NQZ6          +0.31 ms    16 B
17:46:40.008 #1 <- market_data     ESZ6 bid 5021.25 x 12, ask 5021.50 …    136 B
17:46:40.619 #1 -> order           7 ESZ6 BUY 3 @ 5021.50 LIMIT …           34 B
17:46:40.622 #1 <- order_response  7 ESZ6 ACCEPTED BUY …  ! field 12?    +2.9 ms
17:46:40.900 #1 -> heartbeat       sequence=1                                4 B
17:46:41.500 #1 <- (nothing set)   10={1=1 2="The mark…  ! another type…    36 B
""",
    120: """\
17:46:40.000 #1 -> login           user=alice password=[redacted] api_key=[redacted]                                28 B
17:46:40.002 #1 <- login_response  OK heartbeat=20s token=[redacted] accounts=SIM-1                      +2.0 ms    25 B
17:46:40.005 #1 -> subscribe       1 depth=5 symbols=ESZ6,NQZ6                                                      18 B
17:46:40.006 #1 <- subscribe_response  1 symbols=ESZ6,NQZ6                                              +0.31 ms    16 B
17:46:40.008 #1 <- market_data         ESZ6 bid 5021.25 x 12, ask 5021.50 x 8, 5 levels sequence=41                136 B
17:46:40.619 #1 -> order               7 ESZ6 BUY 3 @ 5021.50 LIMIT client_tag=tag-7                                34 B
17:46:40.622 #1 <- order_response      7 ESZ6 ACCEPTED BUY order_id=A-1001 …  ! unknown field 12         +2.9 ms    33 B
17:46:40.900 #1 -> heartbeat           sequence=1                                                                    4 B
17:46:41.500 #1 <- (nothing set)       10={1=1 2="The market closes early today."}  ! another type?, field 10?      36 B
""",
}


def lines(venue, width, paint=None):
    """The conversation at `width`, one line each."""
    columns = Columns()
    for message in venue.conversation():
        envelope = message.envelopes[0]
        latency = LATENCIES.get(envelope.payload)
        answer = Answer("request", latency) if latency else None
        yield line_text(
            Shown(message, envelope, Secrets(), answer, marks(envelope)), columns, width, *([paint] if paint else [])
        )


@pytest.mark.parametrize("width", GOLDEN)
def test_conversation(venue, width):
    """The whole conversation as it looks on a terminal of this width."""
    assert "".join(f"{line}\n" for line in lines(venue, width)) == GOLDEN[width]


@pytest.mark.parametrize("width", [40, 52, 64, 80, 100, 120, 160, 240])
def test_lines_fit(venue, width):
    """No line is wider than the terminal, and colours change nothing but the colour."""
    plain, coloured = list(lines(venue, width)), list(lines(venue, width, ANSI))
    assert max(map(width_of, plain)) <= width
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in coloured] == plain


@pytest.mark.parametrize("width", [52, 80, 160])
def test_sizes_are_aligned(venue, width):
    """Sizes end in the same column."""
    assert len({width_of(line) for line in lines(venue, width) if line.endswith("B")}) == 1


@given(
    content=st.binary(max_size=60),
    width=st.integers(1, 200),
    phrases=st.lists(st.text(max_size=40), max_size=3),
    opcode=st.sampled_from([Opcode.TEXT, Opcode.BINARY]),
    latency=st.none() | st.integers(0, 10**13),
)
def test_never_raises_and_fits(content, width, phrases, opcode, latency):
    """Whatever comes, at any width, gives one printable line; from 32 columns on it fits."""
    message = Message(1, CLIENT, 0, opcode, content, Protocol().reader())
    answer = None if latency is None else Answer("request", latency)
    shown = Shown(message, message.envelopes[0], Secrets(), answer, tuple(phrases))
    line = line_text(shown, Columns(), width)
    assert line.isprintable()
    assert width_of(line) <= max(width, 32)


def one_line(venue, payload, fields, width, **known):
    """The line for one message of the venue."""
    message = venue.message(SERVER, venue.encode(SERVER, payload, fields))
    return line_text(Shown(message, message.envelopes[0], Secrets(), **known), Columns(), width)


def test_marks_leave_the_news(venue):
    """On a narrow terminal marks are said in fewer words, the latency takes the place of the size, and the summary is
    cut, but not what begins it: what it is about and what happened."""
    fields = {"request_id": 7, "status": "ACCEPTED", "order_id": "A-1001", "symbol": "ESZ6"}
    known = {"answer": Answer("order", 2_900_000), "marks": ("order_response.unknown field 12",)}
    narrow = one_line(venue, "order_response", fields, 80, **known)
    assert narrow.endswith("7 ESZ6 ACCEPTED …  ! field 12?        +2.9 ms")
    odd = {"answer": Answer("order", 2_900_000), "marks": ("order_response.a_very_long_reason=-9 unknown", "more")}
    cut = one_line(venue, "order_response", fields, 80, **odd)
    assert cut.endswith("7 ESZ6 ACCEPTED …  ! a_very_long_re…  +2.9 ms")
    wide = one_line(venue, "order_response", fields, 120, **known)
    assert "order_id=A-1001  ! unknown field 12 " in wide
    assert "  +2.9 ms  " in wide


def test_heartbeats_are_dim(venue):
    """A heartbeat is one dim line, unless something is odd about it."""
    message = venue.message(CLIENT, venue.encode(CLIENT, "heartbeat", {"sequence": 1}))
    shown = Shown(message, message.envelopes[0], Secrets())
    line = line_text(shown, Columns(), 80, ANSI)
    assert line.startswith(ANSI.dim)
    assert line.count("\x1b") == 2
    odd = line_text(Shown(message, message.envelopes[0], Secrets(), marks=("odd",)), Columns(), 80, ANSI)
    assert f"{ANSI.mark}! odd{ANSI.reset}" in odd


@pytest.mark.parametrize(
    ("envelope", "label"),
    [
        (Envelope(b"\x01", Form.DECODED, payload="order"), "order"),
        (Envelope(b"", Form.DECODED, payload="Quote"), "Quote"),
        (Envelope(b"\x08\x01", Form.DECODED), "(nothing set)"),
        (Envelope(b"", Form.DECODED), "(empty)"),
        (Envelope(b"", Form.WIRE), "(empty)"),
        (Envelope(b"\x08\x01", Form.WIRE), "(wire)"),
        (Envelope(b"{}", Form.JSON), "(json)"),
        (Envelope(b"hi", Form.TEXT), "(text)"),
        (Envelope(b"\xff", Form.BYTES), "(bytes)"),
    ],
)
def test_payload_label(envelope, label):
    """The payload column says what is set, or why nothing is known to be."""
    assert payload_label(envelope) == label
