"""Faults in words."""

from paperknife_decoders.definition.faults import MOST, DefinitionError, Fault, Faults


def test_a_fault_says_where_it_is() -> None:
    """Keys and places in lists as one would write them; a control character does not reach the terminal."""
    assert str(Fault(("carries", 1, "types", 2106), "no such type")) == "carries[1].types[2106]: no such type"
    assert str(Fault((), "nothing there")) == "nothing there"
    assert "\x1b" not in str(Fault(("a\x1b[2J",), "x"))


def test_faults_are_kept_once_and_not_without_end() -> None:
    """The same fault of both directions is one, a sentence of several lines is one line, and there is a last one."""
    faults = Faults()
    for _ in range(2):
        faults.add(("a",), "one\n  two")
    assert [fault.sentence for fault in faults.found] == ["one two"]
    for number in range(2 * MOST):
        faults.add((number,), "x")
    assert len(faults.found) == MOST
    assert str(DefinitionError(faults.found)).count("\n") == MOST - 1
