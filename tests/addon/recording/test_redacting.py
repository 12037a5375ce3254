"""Items without the secrets in them."""

from dataclasses import replace

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, START_NS, Line, api, described, trading_day

from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.redacting import redacted
from paperknife.traffic import Close, Connection, Handshake, Piece
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Fate, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.schema import load_schema
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.trail import Trail

LINE = Line()
SECRET = "hunter2-hunter2"
LOGIN = LINE.client(1, "login", user="alice", password=SECRET)


def masked(*items):
    return list(redacted(items, Redactor()))


def test_a_field_in_equal_length():
    """Asterisks in place of the value, the place is told, and all else is as it was."""
    (message,) = masked(LOGIN)
    at = LOGIN.content.index(SECRET.encode())
    assert message.content == LOGIN.content.replace(SECRET.encode(), b"*" * len(SECRET))
    assert tuple(message.masked) == ((at, at + len(SECRET)),)
    assert described(message)[1:3] == described(LOGIN)[1:3]


def test_what_has_no_secret_is_the_same():
    """Not a copy."""
    message = LINE.server(1, "market_data", symbol="ESZ6")
    assert masked(message)[0] is message


CONNECTION = Connection(
    2,
    "wss://venue.example/v1?token=t-123456789",
    "127.0.0.1:1",
    START_NS,
    subprotocol="bearer.t-123456789",
    handshake=Handshake((("Authorization", "Bearer t-123456789"), ("Host", "x")), (("Set-Cookie", "sid=c-123456789"),)),
)
EVERYWHERE = [
    Opened(CONNECTION),
    Closed(CONNECTION, Close(4000, f"no such password: {SECRET}", SERVER, START_NS)),
    Noticed(f"The word was {SECRET}.", False, START_NS),
    Piece(1, CLIENT, START_NS, Opcode.TEXT, f"it was {SECRET} once".encode(), 0, False),
    LINE.raw(5, CLIENT, SECRET.encode(), Opcode.PING),
    LINE.raw(5, SERVER, f'{{"echo": "{SECRET}"}}'.encode(), Opcode.TEXT),
    LINE.raw(5, SERVER, b"\xff\xff" + SECRET.encode()),
    LINE.server(5, "error", text=f"{SECRET} is wrong"),
]


@pytest.mark.parametrize("item", EVERYWHERE, ids=lambda item: type(item).__name__)
def test_what_was_a_secret_once(item):
    """It is masked wherever it stands later; the handshake's secrets are masked by themselves."""
    _, found = masked(LOGIN, item)
    for secret in (SECRET, "t-123456789", "c-123456789"):
        assert secret not in repr(found)
        if isinstance(found, Message | Piece):
            data = found.content if isinstance(found, Message) else found.data
            assert secret.encode() not in data
            assert len(data) == len(item.content if isinstance(item, Message) else item.data)
    assert found != item


def test_a_changed_message():
    """The original is masked as well."""
    message = LINE.client(1, "login", user="bob")
    message.fate, message.original = Fate.CHANGED, LOGIN.content
    (found,) = masked(message)
    assert SECRET.encode() not in found.original
    assert (found.content, found.fate) == (message.content, Fate.CHANGED)


def test_a_secret_in_two_parts_of_a_message():
    """It is masked in both; together the parts are as long as they were."""
    parts = [b"x" * 10 + SECRET.encode()[:6], SECRET.encode()[6:] + b"y"]
    pieces = [Piece(1, CLIENT, START_NS, Opcode.BINARY, data, 16 * n, False) for n, data in enumerate(parts)]
    _, *found, last = masked(LOGIN, *pieces, replace(pieces[1], data=b"", offset=26, last=True))
    assert b"".join(piece.data for piece in found) == b"x" * 10 + b"*" * len(SECRET) + b"y"
    assert last.last


def test_a_message_without_an_end():
    """What waited of it comes back when its connection ends, or the recording does."""
    piece = Piece(1, CLIENT, START_NS, Opcode.BINARY, b"abc", 0, False)
    closed = Closed(replace(CONNECTION, number=1), Close(1006, "", None, START_NS))
    assert masked(LOGIN, piece)[1:] == [piece]
    assert [type(item) for item in masked(LOGIN, piece, closed)[1:]] == [Piece, Closed]


def test_all_else_stays():
    """Times, order, fates, and what is no secret."""
    day = trading_day()
    found = masked(*day)
    same = [one for one, other in zip(found, day, strict=True) if described(one) == described(other)]
    assert len(same) == len(day) - 2


def test_what_was_masked_before_is_told_still():
    """Masking once more adds to it."""
    message = LINE.raw(1, CLIENT, api().client.encode("login", {"user": "*****", "password": SECRET}), masked=((4, 9),))
    assert len(masked(message)[0].masked) == 2


QUOTES = """syntax = "proto3"; package q;
message Login { string user = 1; string password = 2; }
message Envelope { oneof payload { Login login = 1; } }
"""


def test_what_several_messages_hold(tmp_path):
    """A secret is masked in each message that has some of it, and what is read of these has none either."""
    (tmp_path / "q.proto").write_text(QUOTES)
    kind = EnvelopeType(load_schema([tmp_path / "q.proto"]).message("q.Envelope"))
    reader = Protocol(client=kind, server=kind, steps=(GrpcWebsockets(),)).reader()
    body = kind.parse(b"").__class__(login={"user": "alice", "password": SECRET}).SerializeToString()
    frame = b"\0" + len(body).to_bytes(4, "big") + body
    at = frame.index(SECRET.encode()) + 4
    trail, messages = Trail(), []
    for number, content in enumerate((frame[:5], frame[5:at], frame[at:])):
        before = trail.follow_one(reader, SERVER, Opcode.BINARY, content)
        messages.append(Message(1, SERVER, START_NS + number, Opcode.BINARY, content, reader, before=before))
    after = masked(*messages)
    assert b"".join(each.content for each in after) == frame.replace(SECRET.encode(), b"*" * len(SECRET))
    assert [each.payload for message in after for each in message.envelopes] == ["", "", "login"]
    (envelope,) = after[-1].envelopes
    assert envelope.message.login.password == "*" * len(SECRET)
