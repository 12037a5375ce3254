"""The file of a draft."""

from __future__ import annotations

import pytest

from paperknife.cli.drafts import checked, compiled, draft_at, save
from paperknife.cli.failure import Failure
from paperknife_decoders.schema import SchemaError

GOOD = b'syntax = "proto3";\nmessage M {}\n'


def test_a_draft_that_is_there(tmp_path):
    """Its text and what it defines; None where there is none yet."""
    path = tmp_path / "draft.proto"
    assert draft_at(str(path)) is None
    path.write_bytes(b"\n")
    assert draft_at(str(path)) is None
    path.write_bytes(GOOD)
    draft = draft_at(str(path))
    assert (draft.text, draft.folder, list(draft.file.descriptor.message_types_by_name)) == (GOOD, None, ["M"])


def test_a_draft_that_imports_others(tmp_path):
    """What stands beside it is found, before and after it changes; nothing is left behind there."""
    (tmp_path / "other.proto").write_bytes(GOOD)
    text = b'syntax = "proto3";\nimport "other.proto";\nmessage N { M m = 1; }\n'
    (tmp_path / "draft.proto").write_bytes(text)
    draft = draft_at(str(tmp_path / "draft.proto"))
    assert draft.folder == tmp_path.resolve()
    assert [message.name for message in compiled(text, draft.folder).messages()] == ["M", "N"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["draft.proto", "other.proto"]


WRONG = {
    "faults": ("draft.proto", GOOD + b"message N { nix x = 1; }", "only what compiles.*is not defined"),
    "proto2": ("draft.proto", b'syntax = "proto2"; message M {}', "only proto3 can be widened"),
    "a folder": (".", None, "A draft was expected"),
}


@pytest.mark.parametrize(("name", "text", "sentence"), WRONG.values(), ids=WRONG)
def test_no_draft(tmp_path, name, text, sentence):
    """What cannot be widened ends the command."""
    if text is not None:
        (tmp_path / name).write_bytes(text)
    with pytest.raises(Failure, match=f"(?s){sentence}"):
        draft_at(str(tmp_path / name))


def test_places():
    """A draft is a `.proto`, or goes to stdout."""
    assert [checked(place) for place in ("-", "a/b.proto")] == ["-", "a/b.proto"]
    for place in ("session.mcap", "draft", "proto"):
        with pytest.raises(Failure, match=r"ends in \.proto was expected"):
            checked(place)


def test_what_does_not_compile():
    """Faults are faults, also of a text that is our own."""
    with pytest.raises(SchemaError):
        compiled(b"message M { nix x = 1; }")
    assert [message.name for message in compiled(GOOD).messages()] == ["M"]


def test_saving(tmp_path, capsys):
    """A file keeps its mode, and a link stays one; a place that is none is told."""
    path, link = tmp_path / "draft.proto", tmp_path / "link.proto"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    save(GOOD, str(link))
    assert (path.read_bytes(), link.is_symlink(), path.stat().st_mode & 0o777) == (GOOD, True, 0o640)
    save(b"more", "-")
    assert capsys.readouterr().out == "more"
    with pytest.raises(Failure, match="could not be written"):
        save(GOOD, str(tmp_path / "gone" / "draft.proto"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["draft.proto", "link.proto"]
