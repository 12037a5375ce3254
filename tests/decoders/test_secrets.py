"""Which fields are secret."""

import pytest

from paperknife_decoders.schema import load_schema
from paperknife_decoders.secrets import NO_SECRETS, Secrets

PROTO = """
syntax = "proto3"; package s;
message Text { string value = 1; }
message Texts { repeated string value = 1; }
message Pair { string value = 1; string other = 2; }
message Login {
  string user = 1; string password = 2; bytes apiKey = 3; int32 pin = 4; string instrument_token = 5;
  Text token = 6; Texts secret = 7; Pair credential = 8; map<string, string> credentials = 9;
  map<string, int32> otp = 10; repeated string private_key = 11;
}
"""

HIDDEN = {
    "user": False,
    "password": True,
    "apiKey": True,
    "pin": False,
    "instrument_token": False,
    "token": True,
    "secret": False,
    "credential": False,
    "credentials": True,
    "otp": False,
    "private_key": True,
}


@pytest.fixture(scope="module")
def login(tmp_path_factory):
    """The type with such fields."""
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "s.proto").write_text(PROTO)
    return load_schema(folder).message("s.Login")


@pytest.mark.parametrize(("name", "hidden"), HIDDEN.items())
def test_fields_by_name(login, name, hidden):
    """A name of the list hides what carries text, as it is, wrapped, repeated or in a map; a number is none."""
    field = login.fields_by_name[name]
    assert Secrets().hides(field, ("login", name)) is hidden
    assert not NO_SECRETS.hides(field, ("login", name))


def test_declared_paths(login):
    """A path hides a field of any kind, there and nowhere else."""
    secrets = Secrets(frozenset({"login.pin"}))
    field = login.fields_by_name["pin"]
    assert secrets.hides(field, ("login", "pin"))
    assert not secrets.hides(field, ("other", "login", "pin"))
    assert not secrets.hides(field, ("pin",))


NAMES = [
    ("password", True),
    ("PASSWORD", True),
    ("api-key", True),
    ("X-Api-Key", True),
    ("x_api_key", False),
    ("_" * 200 + "password", False),
    ("Authorization", True),
    ("passwords", False),
    ("", False),
]


@pytest.mark.parametrize(("name", "hidden"), NAMES)
def test_names(name, hidden):
    """Case, underscores, dashes and an X- before it do not count; parts of a name do not either."""
    assert Secrets().hides_name(name) is hidden
