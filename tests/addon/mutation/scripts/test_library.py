"""All scripts of a run."""

from __future__ import annotations

import pytest

from paperknife.mutation.rules.course import Course
from paperknife.mutation.rules.standing import Standing
from paperknife.mutation.scripts import ScriptError, Scripts
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.splice import SpliceError

CLIENT = Direction.CLIENT
ORDER = {"request_id": 7, "quantity": 300}


def quantity(script, tape) -> int | None:
    message = tape.message(CLIENT, "order", ORDER)
    verdict = script.changer.consider(message, 0.0)
    content = message.content if verdict is None else verdict.content
    return Message(1, CLIENT, 0, message.opcode, content, message.reader).envelopes[0].message.order.quantity


def test_saved_anew(written, tape) -> None:
    """What was saved counts at once, on open connections too; what does not load leaves the old in its place."""
    script = written("def client_order(order, connection): order.quantity = 1")
    assert quantity(script, tape) == 1
    assert not script.scripts.changed()
    script.save("def client_order(order, connection): order.quantity = 22")
    assert script.scripts.changed()
    script.scripts.reload()
    assert quantity(script, tape) == 22
    script.save("def client_order(order, connection) order.quantity = 3")
    assert script.scripts.changed()
    with pytest.raises(ScriptError, match=r"mine\.py:1: this is no Python"):
        script.scripts.reload()
    assert quantity(script, tape) == 22


def test_several_scripts(tmp_path, tape) -> None:
    """They are asked in their order, and all that is wrong is said at once."""
    paths = [tmp_path / name for name in ("a.py", "b.py", "c.py")]
    for number, path in enumerate(paths[:2]):
        path.write_text(f"def client_order(order, connection): order.quantity = order.quantity * 10 + {number}")
    scripts = Scripts(paths[:2], lambda: [tape.loaded.protocol])
    changer = scripts.for_connection(1, tape.loaded.protocol.reader())
    message = tape.message(CLIENT, "order", {"quantity": 5})
    content = changer.consider(message, 0.0).content
    assert Message(1, CLIENT, 0, message.opcode, content, message.reader).envelopes[0].message.order.quantity == 501
    paths[1].write_text("def client_ordr(order, connection): pass")
    with pytest.raises(ScriptError) as caught:
        Scripts(paths, lambda: [tape.loaded.protocol])
    assert len(str(caught.value).splitlines()) == 2


def test_functions_for_rules(written, tape) -> None:
    """A rule calls any of them, on the message as it is by then."""
    script = written("def cap(message, connection): message.order.quantity = 7")
    act = script.scripts.act("cap")
    message = tape.message(CLIENT, "order", ORDER)
    course = Course(Standing(1, message.reader), message)
    act(course)
    content = course.content()
    assert Message(1, CLIENT, 0, message.opcode, content, message.reader).envelopes[0].message.order.quantity == 7
    with pytest.raises(ValueError, match="no script has a function cup; did you mean cap"):
        script.scripts.act("cup")
    assert script.changer.consider(message, 0.0) is None  # it is for nothing by itself


def test_a_function_that_rules_cannot_call(written) -> None:
    """It is said what they call one with."""
    script = written("def rounded(price): return price\n\ndef client_order(order, connection): pass")
    with pytest.raises(ValueError, match=r"rounded\(message, connection\) was expected"):
        script.scripts.act("rounded")


def test_a_function_for_rules_may_fail(written, tape) -> None:
    """The rule goes on."""
    act = written("def cap(message, connection): 1 / 0").scripts.act("cap")
    message = tape.message(CLIENT, "order", ORDER)
    course = Course(Standing(1, message.reader), message)
    try:
        act(course)
    except SpliceError:
        pytest.fail("it is the script's fault, and is said")
    assert "ZeroDivisionError" in course.outcome.logs[0]
    assert course.content() is message.content
