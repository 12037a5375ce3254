"""What is remembered of numbers."""

from paperknife.stats.courses import Course, Faults


def test_faults_are_counted_by_how_often():
    """Not by how much is missing."""
    assert Faults(gaps=2, missing=900, repeats=1, back=3).total == 6


def test_what_is_forgotten_begins_anew():
    """One or all; it is told how many were known."""
    course = Course({("A",): 5, ("B",): 7}, {("A",): 9})
    assert course.forget([("A",), ("C",)]) == 1
    assert (course.last, course.furthest) == ({("B",): 7}, {})
    assert course.forget_all() == 1
    assert course.last == {}
