"""How a draft is changed, and what of it stays."""

import pytest

from paperknife_decoders.inference.sketch import Sketch
from paperknife_decoders.inference.widening import widened
from paperknife_decoders.schema import load_schema

HEAD = 'syntax = "proto3";\npackage t;\n'
CASES = {
    "all fits": ("message M {\n  int32 a = 1; // my own\n}\n", ["0801"], "message M {\n  int32 a = 1; // my own\n}\n"),
    "a wider type": (
        "message M {\n  // Mine.\n  string a = 1;  // 2 of 2 samples read as text; could be bytes\n}\n",
        ["0a01ff"],
        "message M {\n  // Mine.\n  bytes a = 1;  // 1 sample of 1 B; was string\n}\n",
    ),
    "a comment of the user's": (
        "message M {\n  string a = 1;  // it is text!\n}\n",
        ["0a01ff"],
        "message M {\n  bytes a = 1;  // it is text!\n}\n",
    ),
    "options stay": (
        "message M { bool a = 1 [deprecated = true]; }\n",
        ["0802"],
        "message M { int64 a = 1 [deprecated = true]; }\n",
    ),
    "several in one message": (
        "message M { optional int32 a = 1; }\n",
        ["08010802"],
        "message M { repeated int32 a = 1 [packed = false]; }\n",
    ),
    "a zero in so many words": ("message M { int32 a = 1; }\n", ["0800"], "message M { optional int32 a = 1; }\n"),
    "a message that is none": (
        "message M { L a = 1; } message L { int32 b = 1; }\n",
        ["0a01ff"],
        "message M { optional bytes a = 1; } message L { int32 b = 1; }\n",
    ),
    "a message of another kind": (
        "message M { repeated L a = 1; }\nmessage L { int32 b = 1; }\n",
        ["0a030a0161"],
        "message M { repeated bytes a = 1; }\nmessage L { int32 b = 1; }\n",
    ),
    "a new field": (
        "message M {\n  int32 a = 1;\n  reserved 9;\n}\n",
        ["1007"],
        "message M {\n  int32 a = 1;\n"
        "  int64 field_2 = 2;                      // 1 sample, always 7\n  reserved 9;\n}\n",
    ),
    "the first field": (
        "message M {}\n",
        ["1007"],
        "message M {\n  int64 field_2 = 2;                      // 1 sample, always 7\n}\n",
    ),
    "a new field of a type with two uses": (
        "message M { L a = 1; L b = 2; }\nmessage L {\n}\n",
        ["0a020801", "12020807"],
        "message M { L a = 1; L b = 2; }\nmessage L {\n"
        "  int64 field_1 = 1;                      // 2 samples, 1 to 7\n}\n",
    ),
    "a type that has itself": (
        "message M {\n  M m = 1;\n  int32 x = 2;\n}\n",
        ["0a060a0410ffff7f"],
        "message M {\n  M m = 1;\n  int32 x = 2;\n}\n",
    ),
    "a new payload": (
        "message M {\n  oneof payload {\n    L a = 1;\n  }\n}\nmessage L {}\n",
        ["12020807"],
        "message M {\n  oneof payload {\n    L a = 1;\n"
        "    Payload2 payload_2 = 2;               // 1 of 1 sample read as a message; could be bytes\n  }\n\n"
        "  message Payload2 {  // 1 message\n"
        "    int64 field_1 = 1;                    // 1 sample, always 7\n  }\n}\nmessage L {}\n",
    ),
    "two payloads at once": (
        "message M {\n  oneof payload {\n    L a = 1;\n    L b = 2;\n  }\n}\nmessage L {}\n",
        ["0a001200"],
        "message M {\n  // Was oneof payload, until one message had more than one of these.\n"
        "    L a = 1;\n    L b = 2;\n}\nmessage L {}\n",
    ),
    "a new value of an enum": (
        "message M { Side a = 1; repeated Side b = 2; }\nenum Side {\n  NONE = 0;\n}\n",
        ["0803", "1003"],
        "message M { Side a = 1; repeated Side b = 2; }\nenum Side {\n  NONE = 0;\n  SIDE_3 = 3;\n}\n",
    ),
    "a map that is none": (
        "message M { map<string, int64> a = 1; }\n",
        ["0a070a016110011801"],
        None,
    ),
    "no name twice": (
        "message M {\n  int32 field_2 = 1;\n}\n",
        ["1007"],
        "message M {\n  int32 field_2 = 1;\n  int64 field_2_new = 2;                  // 1 sample, always 7\n}\n",
    ),
    "what cannot be declared": (
        "message M {\n  int32 a = 1;\n}\n",
        ["1314"],
        "message M {\n  int32 a = 1;\n}\n",
    ),
}


def widen_all(folder, texts):
    """Each text with what its messages ask for; one run of protoc for all."""
    for index, text in enumerate(texts):
        (folder / f"draft{index}.proto").write_text(text.replace("package t;", f"package t{index};"))
    schema = load_schema(folder)
    assert not schema.faults
    files = {file.name: file for file in schema.files}
    results = []
    for index, (_, messages, _) in enumerate(CASES.values()):
        sketch = Sketch()
        assert all(sketch.absorb(bytes.fromhex(message)) for message in messages)
        name = f"draft{index}.proto"
        results.append(widened((folder / name).read_bytes(), files[name], {"M": sketch}))
    return results


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """All cases, widened once and then again."""
    folder = tmp_path_factory.mktemp("drafts")
    once = widen_all(folder, [HEAD + before for before, _, _ in CASES.values()])
    again = widen_all(folder, [result.text.decode() for result in once])
    return dict(zip(CASES, zip(once, again, strict=True), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_rewriting(results, name):
    """What does not fit changes where it stands; every other byte stays; the result compiles, and then all fits."""
    before, _, after = CASES[name]
    once, again = results[name]
    head = HEAD.replace("package t;", f"package t{list(CASES).index(name)};")
    assert once.left == ()
    assert bool(once.changes) is (after != before)
    if after is not None:
        assert once.text.decode() == head + after
    assert (again.changes, again.text) == ((), once.text)


def test_what_cannot_be_widened_is_told(tmp_path):
    """A field of the envelope that comes with another wire type has no wider one."""
    path = tmp_path / "draft.proto"
    path.write_text(f"{HEAD}message M {{ int32 a = 1; }}\n")
    sketch = Sketch()
    sketch.absorb(b"\x0a\x01a")
    result = widened(path.read_bytes(), load_schema(path).files[0], {"M": sketch})
    assert result.left == ("M.a also came with another wire type, which stays unknown",)
    assert result.text == path.read_bytes()


def test_a_new_type_and_an_import(tmp_path):
    """A direction that the draft did not have comes at its end, and what it needs is imported."""
    path = tmp_path / "draft.proto"
    path.write_text(f"{HEAD}message M {{}}")
    sketch = Sketch()
    sketch.absorb(bytes.fromhex("0a0c0880a7c5d50610 80cab5ee01"))
    result = widened(path.read_bytes(), load_schema(path).files[0], {"M": Sketch(), "N": sketch})
    assert result.text.decode() == (
        f'{HEAD}\nimport "google/protobuf/timestamp.proto";\nmessage M {{}}\n\nmessage N {{  // 1 message\n'
        "  google.protobuf.Timestamp field_1 = 1;  // 1 of 1 sample read as a time; could be another message of two "
        "numbers\n}\n"
    )
    assert result.changes == ("N is new",)
    path.write_bytes(result.text)
    assert not load_schema(path).faults
