"""What stands masked in a recording, and what is put in again."""

from __future__ import annotations

import pytest
from tests.addon.recording.sessions import Line

from paperknife.replay.blanks import Fillings, MaskedField, MissingSecret, masked_fields
from paperknife_decoders.message import Direction
from paperknife_decoders.splice import Set, edited

LINE = Line()
LOGIN = LINE.client(0, "login", user="alice", password="*****", api_key="***")
LOGIN.masked = ((1, 2),)
PASSWORD = MaskedField(0, "login.password", "password", "*****")
API_KEY = MaskedField(0, "login.api_key", "api_key", "***")


def test_the_masked_fields_of_a_message() -> None:
    """Texts of nothing but asterisks, where the recorder says that something is masked."""
    assert list(masked_fields(LOGIN)) == [PASSWORD, API_KEY]
    assert list(masked_fields(LINE.client(0, "login", password="*****"))) == []
    unread = LINE.raw(0, Direction.CLIENT, b"\xff***")
    unread.masked = ((1, 4),)
    assert list(masked_fields(unread)) == []


def test_labels_in_maps_and_lists_have_a_path() -> None:
    """That a splice takes."""
    order = LINE.client(0, "order", labels={"a b": "***"})
    order.masked = ((1, 2),)
    (only,) = masked_fields(order)
    content = edited(order.reader, order.direction, order.opcode, order.content, 0, [Set(only.path, "abc")])
    assert dict(order.reader.read(order.direction, order.opcode, content)[0].message.order.labels) == {"a b": "abc"}


GIVEN = [
    ({"PAPERKNIFE_SECRET_PASSWORD": "a", "PAPERKNIFE_SECRET_API_KEY": "b"}, ["a", "b"]),
    ({"PAPERKNIFE_SECRET_LOGIN_PASSWORD": "a", "PAPERKNIFE_SECRET_LOGIN_API_KEY": "b"}, ["a", "b"]),
    ({"PAPERKNIFE_SECRET_LOGIN_PASSWORD": "a", "PAPERKNIFE_SECRET_PASSWORD": "x"}, ["a", None]),
    ({"PASSWORD": "x"}, [None, None]),
]


@pytest.mark.parametrize(("environment", "values"), GIVEN)
def test_the_environment_fills_fields_in(environment, values) -> None:
    """By the path, else by the name."""
    fillings = Fillings(environment)
    assert [fillings.value(each) for each in (PASSWORD, API_KEY)] == values
    assert fillings.changes([PASSWORD]) == ({0: [Set("login.password", values[0])]} if values[0] else {})
    assert fillings.values == {each for each in values if each}


def test_each_secret_is_asked_for_once() -> None:
    """What nobody gives is told, all at once."""
    asked = []

    def ask(question):
        asked.append(question)
        return "abc" if "password" in question else None

    fillings = Fillings({}, ask)
    fillings.settle([PASSWORD])
    fillings.settle([PASSWORD])
    assert asked == ["login.password (5 characters as recorded)"]
    assert fillings.value(PASSWORD) == "abc"
    with pytest.raises(MissingSecret, match=r"login\.api_key \(in PAPERKNIFE_SECRET_API_KEY\)"):
        fillings.settle([PASSWORD, API_KEY])


def test_headers_and_queries() -> None:
    """As they are where nothing is masked; else the whole value is given."""
    fillings = Fillings({"PAPERKNIFE_HEADER_AUTHORIZATION": "Bearer x", "PAPERKNIFE_QUERY_API_KEY": "a b&c"})
    assert fillings.header("User-Agent", "desk") == "desk"
    assert fillings.header("Authorization", "Bearer [redacted]") == "Bearer x"
    assert fillings.query("") == ""
    assert fillings.query("a=1&api-key=[redacted]&b") == "a=1&api-key=a%20b%26c&b"
    with pytest.raises(MissingSecret, match=r"the header Cookie.*set PAPERKNIFE_HEADER_COOKIE"):
        fillings.header("Cookie", "a=[redacted]")
    with pytest.raises(MissingSecret, match=r"the URL's parameter sig.*set PAPERKNIFE_QUERY_SIG"):
        fillings.query("sig=[redacted]")


def test_bytes_are_filled_in_as_bytes() -> None:
    """In UTF-8."""
    token = MaskedField(1, "error.excerpt", "excerpt", "***", is_bytes=True)
    changes = Fillings({"PAPERKNIFE_SECRET_EXCERPT": "ä"}).changes([token])
    assert changes == {1: [Set("error.excerpt", "ä".encode())]}
