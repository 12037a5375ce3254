"""A recording for others."""

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, Line, described, read, trading_day, write

from paperknife.recording.reading import Recording
from paperknife.recording.records import RecordingError, Records
from paperknife.recording.redaction import AllSecrets, Rules, redact
from paperknife_decoders.secrets import Secrets

LINE = Line()
SECRETS = ("hunter2-hunter2", "k-1234567890", "t-abcdef-123456")


def everything(path):
    """The bytes of a file, and of all that is in it once inflated."""
    with path.open("rb") as file:
        return path.read_bytes() + b"".join(body for _, body in Records(file.read, path.name))


def redacted(folder, items, rules=None, **session):
    source, target = write(folder / "open.mcap", items, **session), folder / "shared.mcap"
    rules = rules or Rules()
    return redact(lambda _: Recording(source, secrets=rules.secrets), target, rules), target


def test_no_secret_is_left(tmp_path):
    """Neither raw nor inflated, however it is written; the file is for its owner alone."""
    early = LINE.raw(5, SERVER, f"{SECRETS[0]} {SECRETS[1].encode().hex()}".encode())
    day = trading_day()
    result, target = redacted(tmp_path, [day[0], early, *day[1:]])
    data = everything(target)
    assert not [secret for secret in SECRETS if secret.encode() in data or secret.encode().hex().encode() in data]
    assert oct(target.stat().st_mode & 0o777) == "0o600"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["open.mcap", "shared.mcap"]
    assert result.paths == {"login.password": 1, "login.api_key": 1, "login_response.token": 1, "(binary message)": 2}
    assert (result.messages, result.masked) == (30, 3)


def test_all_else_comes_back(tmp_path):
    """Every message in its place, of the same length."""
    _, target = redacted(tmp_path, trading_day())
    before, after = trading_day(), read(target)
    assert len(before) == len(after)
    changed = [(one, other) for one, other in zip(before, after, strict=True) if described(one) != described(other)]
    assert [len(one.content) for one, _ in changed] == [len(other.content) for _, other in changed]
    assert len(changed) == 2


def test_further_fields(tmp_path):
    """Declared by the user: of any kind, and their values wherever else they stand."""
    rules = Rules(secrets=Secrets(frozenset({"login.user", "order.quantity"})))
    result, target = redacted(tmp_path, [*trading_day(), LINE.raw(400, CLIENT, b"it was alice-of-venue")], rules)
    assert {"login.user", "order.quantity"} <= set(result.paths)
    assert all(m.envelopes[0].message.order.quantity == 0 for m in read(target) if b"ESZ6" in getattr(m, "content", b"")
               and m.envelopes[0].payload == "order")  # fmt: skip


def test_strict(tmp_path):
    """What the schema cannot read is blanked; by default it is kept and there is a warning."""
    odd = LINE.raw(400, CLIENT, b"\xff\xffodd")
    kept, target = redacted(tmp_path, [*trading_day(), odd])
    assert read(target)[-1].content == odd.content
    assert len(kept.warnings) == 1
    target.unlink()
    blanked, target = redacted(tmp_path, [*trading_day(), odd], Rules("strict"))
    assert read(target)[-1].content == b"*" * 5
    assert blanked.warnings == []


MODES = [("off", "fields", "fields"), ("fields", "strict", "strict"), ("strict", "fields", "strict")]


@pytest.mark.parametrize(("before", "mode", "after"), MODES)
def test_the_file_says_how_it_was_redacted(tmp_path, before, mode, after):
    """And never less than what had been done before."""
    _, target = redacted(tmp_path, trading_day(), Rules(mode), redact=before)
    recording = Recording(target)
    list(recording)
    assert recording.session["redact"] == after
    assert recording.session["program"] == "test"


def test_many_secrets(tmp_path):
    """Hundreds of tokens, each of which stood somewhere before it was known as one."""
    tokens = [f"token-{number:08}-{number * 7919:08}" for number in range(520)]
    early = [LINE.raw(n, SERVER, f"see {token}".encode()) for n, token in enumerate(tokens)]
    named = [LINE.client(1000 + n, "renew_token", token=token) for n, token in enumerate(tokens)]
    result, target = redacted(tmp_path, [LINE.opened(), *early, *named])
    assert result.masked == 1040
    data = everything(target)
    assert not any(token.encode() in data for token in tokens)


def test_a_leak_is_found(tmp_path):
    """A secret in the metadata cannot be masked: no result is better than one that only looks clean."""
    with pytest.raises(RecordingError, match=r"found in the bytes of the file after all. The result was not kept"):
        redacted(tmp_path, trading_day(), command=f"--password {SECRETS[0]}")
    assert [path.name for path in tmp_path.iterdir()] == ["open.mcap"]


def test_a_recording_that_was_cut(tmp_path):
    """Its part is redacted, and the cut is told."""
    source = write(tmp_path / "open.mcap", trading_day())
    source.write_bytes(source.read_bytes()[:-20])
    result = redact(lambda _: Recording(source), tmp_path / "shared.mcap", Rules())
    assert "cut off" in result.cut


def test_a_file_that_is_there(tmp_path):
    """It stays, unless asked for otherwise."""
    (tmp_path / "shared.mcap").write_text("precious")
    with pytest.raises(FileExistsError):
        redacted(tmp_path, trading_day())
    assert (tmp_path / "shared.mcap").read_text() == "precious"


def test_more_secrets_than_can_be_known():
    """The first ones stay known, and the latest."""
    known = AllSecrets(most=20)
    for number in range(600):
        known.learn(f"secret-{number:06}")
    assert b"secret-000000" in known
    assert b"secret-000599" in known
    assert b"secret-000300" not in known
    assert len(known) < 600
