"""Looking for known secrets in a recording that should hold none."""

import base64

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, Line, trading_day, write

from paperknife.recording.secret_search import search
from paperknife_decoders.message import Opcode
from paperknife_decoders.redaction import KnownSecrets

LINE = Line()
SECRET = "hunter3-hunter3"


def searched(folder, *items, known=SECRET, messages=None):
    secrets = KnownSecrets()
    secrets.learn(known)
    all_items = [*trading_day(), *items]
    path = write(folder / "a.mcap", all_items)
    return search(path, secrets, 29 + len(items) if messages is None else messages)


def test_a_clean_file(tmp_path):
    """Nothing to say."""
    assert searched(tmp_path) == ""


PLANTED = [
    LINE.raw(400, CLIENT, SECRET.encode()),
    LINE.raw(400, CLIENT, base64.b64encode(b"a" + SECRET.encode()), Opcode.TEXT),
    LINE.raw(400, CLIENT, SECRET.encode().hex().encode(), Opcode.TEXT),
    LINE.raw(400, SERVER, SECRET.encode(), Opcode.PONG),
    LINE.raw(400, SERVER, b"x", original=SECRET.encode()),
    LINE.server(400, "error", text=f"not {SECRET}"),
]


@pytest.mark.parametrize("message", PLANTED)
def test_a_secret_in_a_message(tmp_path, message):
    """However it is written; the sentence says where and not what."""
    said = searched(tmp_path, message)
    assert said == "A secret was found in a message of connection 1 after all."


def test_a_secret_in_what_the_file_tells(tmp_path):
    """Metadata is in the bytes of the file, although no item shows it."""
    path = write(tmp_path / "a.mcap", trading_day(), command=f"paperknife --password {SECRET}")
    secrets = KnownSecrets()
    secrets.learn(SECRET)
    assert search(path, secrets, 29) == "1 of the secrets were found in the bytes of the file after all."


@pytest.mark.parametrize("word", ["password", "ServerMessage", "market_data", "heartbeat"])
def test_words_of_the_schema(tmp_path, word):
    """Somebody may have one of them for a password: the schema stays as it is, and that is no leak."""
    assert searched(tmp_path, known=word) == ""


def test_messages_that_are_missing(tmp_path):
    """A result that is not complete is not good either."""
    assert searched(tmp_path, messages=30) == "30 messages were written and 29 read back."
