"""Logins whose framing is missing or wrong: what nobody can read shows no password, in a file or on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.addon.presets.exchanges import UNKNOWN, Maker

from paperknife.live.renderer import FormatName, Renderer, ViewOptions
from paperknife.settings.catalogue import preset_entries
from paperknife.settings.reading import Loaded, Reading, load
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.oddities.mismatch import mismatch
from paperknife_decoders.redaction.redactor import Redactor

HERE = Path(__file__).parent
PASSWORD = "open-sesame-7"
USER = "jane"

LOGINS: dict[str, Callable[[Maker], bytes]] = {
    "rithmic": lambda make: make("RequestLogin", template_id=10, user_msg=["u"], user=USER, password=PASSWORD),
    "ctrader": lambda make: make("ProtoOAApplicationAuthReq", clientId=USER, clientSecret=PASSWORD),
    "steam": lambda make: make("CMsgClientLogon", account_name=USER, password=PASSWORD),
    "majsoul": lambda make: make("ReqLogin", account=USER, password=PASSWORD),
}
"""By protocol: the login alone, without what should be around it."""

FORMATS: tuple[FormatName, ...] = ("line", "yaml", "json", "textproto")

MORE = ("steam", "majsoul")


def wrapped(system: str, make: Maker, login: bytes) -> Iterator[bytes]:
    """The login in what it lies in, with a key that is wrong, and with that in another byte order."""
    if system == "ctrader":
        for number in (5, 9999, 0):
            yield make("ProtoMessage", payloadType=number, payload=login, clientMsgId="c1")
    if system == "majsoul":
        yield b"\x02\x01\x00" + make("Wrapper", name=".lq.Lobby.unheardOf", data=login)
        yield make("Wrapper", name=".lq.Lobby.login", data=login)
    if system == "steam":
        yield bytes.fromhex("0000158a 00000000") + login


def framings(system: str, make: Maker) -> Iterator[bytes]:
    """A login without its framing and behind wrong ones, with and without a field that the schema does not know."""
    for login in (LOGINS[system](make), LOGINS[system](make).removesuffix(UNKNOWN)):
        for content in (login, *wrapped(system, make, login)):
            yield content
            for size in (1, 2, 3, 4, 8):
                for order in ("big", "little"):
                    yield len(content).to_bytes(size, order) + content  # type: ignore[arg-type]
            yield bytes(3) + content
            yield bytes(17) + content
        yield login[: login.index(PASSWORD.encode()) + 9]


@pytest.fixture(scope="module", params=LOGINS)
def loaded(request: pytest.FixtureRequest) -> Loaded:
    """Each protocol, with its schema."""
    path = HERE / "protos" / f"{request.param}.proto"
    config = str(HERE / "definitions.yaml") if request.param in MORE else ""
    return load(Reading(schema=(str(path),), protocol=request.param, config=config))


def test_no_password_is_shown(loaded) -> None:
    """Live, recorded, or decoded from a file that nobody masked: the password stands nowhere, nor does a part of it."""
    assert loaded.schema is not None
    reader, shown = loaded.protocol.reader(), 0
    for content in framings(loaded.protocol.name, Maker(loaded.schema)):
        redacted = Redactor().redact_one(reader, Direction.CLIENT, Opcode.BINARY, content)
        assert redacted is not None, content
        assert PASSWORD[:8].encode() not in redacted[0], content
        assert len(redacted[0]) == len(content)
        for form in FORMATS:
            renderer = Renderer(ViewOptions(form, width=10_000), lambda: 10_000)
            text = "".join(renderer.message(Message(1, Direction.CLIENT, 0, Opcode.BINARY, content, reader)))
            assert PASSWORD[:8] not in text, (form, content)
            assert PASSWORD[:8].encode().hex() not in text.replace(" ", ""), (form, content)
            shown += 1
    assert shown > 50


def test_what_is_told_of_types_that_no_schema_has() -> None:
    """How the messages are told apart, and what one is that does not parse; never the name of a type of ours."""
    path = str(HERE / "protos" / "rithmic.proto")
    loaded = load(Reading(schema=(path,), protocol="rithmic"))
    assert loaded.schema is not None
    said = loaded.describe()
    assert said.endswith("client and server send messages told apart by their field template_id (4 types).")
    reader = loaded.protocol.reader()
    login = LOGINS["rithmic"](Maker(loaded.schema)).removesuffix(UNKNOWN)
    wrong = UNKNOWN + b"\xda\xfb\x3f\x02\xff\xff" + login  # in front a user that is no text
    (envelope,) = reader.read(Direction.CLIENT, Opcode.BINARY, len(wrong).to_bytes(4, "big") + wrong)
    assert (envelope.data, envelope.fault) == (wrong, "does not parse as RequestLogin")
    (mark,) = marks(envelope)
    assert mark.startswith("does not parse as RequestLogin: a string that is not UTF-8")
    assert mismatch(envelope).startswith("This is not RequestLogin: a string that is not UTF-8")
    (bare,) = reader.read(Direction.CLIENT, Opcode.BINARY, login)
    assert mismatch(bare).startswith("This is not what was expected, messages told apart by their field template_id")
    (text,) = reader.read(Direction.CLIENT, Opcode.TEXT, b"hello")
    masked = Redactor().redact_one(reader, Direction.CLIENT, Opcode.BINARY, content_of(envelope))
    assert masked is not None
    assert PASSWORD.encode() not in masked[0]
    for each in (envelope, text):
        for form in FORMATS:
            renderer = Renderer(ViewOptions(form, width=10_000), lambda: 10_000)
            opcode = Opcode.TEXT if each is text else Opcode.BINARY
            shown = "".join(renderer.message(Message(1, Direction.CLIENT, 0, opcode, content_of(each), reader)))
            assert "Frame" not in shown
            assert PASSWORD not in shown


def content_of(envelope: Envelope) -> bytes:
    """A message of the preset's with an envelope."""
    return envelope.data if envelope.form is Form.TEXT else len(envelope.data).to_bytes(4, "big") + envelope.data


def test_every_preset_that_carries_is_here() -> None:
    """No preset is shipped whose logins were not tried so."""
    carrying = {entry.name for entry in preset_entries() if {"behind", "carries"} & dict(entry.data()).keys()}
    assert carrying <= LOGINS.keys()
