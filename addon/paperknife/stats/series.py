"""Numbers that should count by one: what is missing between them, what comes twice, what goes back.

Whether a feed counts the messages of each symbol or all of them together stands in no schema. Both are followed, and
the one that has fewer faults is what is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice, product
from typing import Any, NamedTuple

from paperknife.recording.subjects import short
from paperknife.stats.courses import Course, Faults, Jump, Key, Room
from paperknife.stats.numbering import Numbering

__all__ = ["Series"]

ENOUGH = 1000
"""So many more faults in one way to read the numbers than in the other settle which one is right."""

MOST_RENEWED = 4096
"""Subjects that one snapshot renews."""


class Series:
    """The numbers of one field of one payload in one direction. `room` is shared with other series.

    `counted` are numbers, `left_out` those of subjects for which there was no room, `subjects` the most that were known
    at one time. The number 0 is none: it is how an
    unset field reads. An older number than the last is a step back. What follows it may have been seen before, and is
    at fault again only from the furthest number on; after a step back to 1 all begins anew.
    """

    def __init__(self, numbering: Numbering, room: Room) -> None:
        self.numbering = numbering
        self.counted = self.left_out = self.subjects = 0
        self.each, self.whole = Faults(), Faults()
        self._room = room
        self._known = 0
        self._courses: dict[int, Course] = {}
        self._wholes: dict[int, Course] = {}
        self._follows_whole = bool(numbering.subjects)
        self._current: int | None = None
        self._last: dict[Key, int] = {}
        self._furthest: dict[Key, int] = {}
        self._whole = Course()

    @property
    def is_whole(self) -> bool:
        """True if the numbers count the messages of all subjects together."""
        return self._follows_whole and self.whole.total < self.each.total

    @property
    def faults(self) -> Faults:
        """What is wrong with the numbers."""
        return self.whole if self.is_whole else self.each

    def see(  # noqa: PLR0913, PLR0917 - the fast way
        self, connection: int, time_ns: int, number: int, about: Key, renews: bool = False, count: bool = True
    ) -> None:
        """Follow a number; without `count` only to know how they go on. With `renews` it begins anew."""
        if not number:
            return
        if connection != self._current:
            self._turn_to(connection)
        known = self._last.get(about)
        if known is None or known + 1 != number or renews or self._furthest:
            about = shortened(about) if known is None else about
            if not self._see_closely(Place(connection, time_ns, about, count), number, renews=renews):
                return
        else:
            self._last[about] = number
        self.counted += count
        if self._follows_whole:
            self._see_whole(Place(connection, time_ns, (), count), number)

    def see_all(self, connection: int, time_ns: int, found: Iterable[tuple[Any, ...]]) -> None:
        """Follow numbers, each with what it is about behind it: as `see` for each, and faster for many."""
        if connection != self._current:
            self._turn_to(connection)
        last, furthest, whole = self._last, self._furthest, self._whole
        counted = 0
        for each in found:
            number, about = each[0], each[1:]
            if last.get(about) == number - 1 and not furthest:
                if not self._follows_whole:
                    last[about] = number
                    counted += 1
                    continue
                if whole.last.get(()) == number - 1 and not whole.furthest:
                    last[about] = whole.last[()] = number
                    counted += 1
                    continue
            self.see(connection, time_ns, number, about)
        self.counted += counted

    def _turn_to(self, connection: int) -> None:
        """The numbers are of another connection than before."""
        course = self._courses.get(connection)
        if course is None:
            course = self._courses[connection] = Course()
        self._current, self._last, self._furthest = connection, course.last, course.furthest
        self._whole = self._wholes.setdefault(connection, Course())

    def _see_closely(self, place: Place, number: int, *, renews: bool) -> bool:
        """Follow a number that may not be the one behind the last; False where there is no room for it."""
        course, about = self._courses[place.connection], place.about
        if about not in course.last:
            if not self._has_room():
                self.left_out += place.counts
                return False
        elif renews:
            course.furthest.pop(about, None)
            self._whole.forget_all()
        else:
            self._step(course, place, number, self.each if place.counts else Faults())
        course.last[about] = number
        return True

    def _see_whole(self, place: Place, number: int) -> None:
        """Follow a number as if all subjects were counted together, until that is clearly not so."""
        known = self._whole.last.get(())
        if known is not None and (known + 1 != number or self._whole.furthest):
            self._step(self._whole, place, number, self.whole if place.counts else Faults())
            self._follows_whole = self.whole.total <= self.each.total + ENOUGH
        self._whole.last[()] = number

    def _step(self, course: Course, place: Place, number: int, faults: Faults) -> None:
        """Count what is odd about a number that may not be the one behind the last."""
        key = place.about
        last = course.last[key]
        furthest = course.furthest.pop(key, last)
        if number == last:
            faults.repeats += 1
        elif number > furthest:
            if number > furthest + 1:
                faults.gaps += 1
                faults.missing += number - furthest - 1
                faults.first = faults.first or Jump(place.time_ns, place.connection, place.about, furthest, number)
            return
        elif number < last:
            if number == 1 and furthest == self.numbering.greatest:
                return
            faults.back += 1
            if number == 1:
                return
        if number < furthest:
            course.furthest[key] = furthest

    def _has_room(self) -> bool:
        """Take the room for one more subject, where there is any."""
        if self._room.left <= 0:
            return False
        self._room.left -= 1
        self._known += 1
        self.subjects = max(self.subjects, self._known)
        return True

    def _give_back(self, places: int) -> None:
        """There is room for so many more."""
        self._room.left += places
        self._known -= places

    def renew_by(self, connection: int, values: Mapping[str, set[object]]) -> None:
        """Begin anew with all subjects that a snapshot is about: their values by name, none for a snapshot of all."""
        course = self._courses.get(connection)
        if course is None:
            return
        names = self.numbering.names
        if not values or not names:
            self._give_back(course.forget_all())
            self._wholes[connection].forget_all()
        elif all(name in values for name in names):
            keys = product(*(values[name] for name in names))
            self._give_back(course.forget(islice(keys, MOST_RENEWED)))

    def close(self, connection: int) -> None:
        """Forget a connection that has ended."""
        course = self._courses.pop(connection, None)
        self._wholes.pop(connection, None)
        if connection == self._current:
            self._current = None
        if course is not None:
            self._give_back(course.forget_all())


class Place(NamedTuple):
    """Where a number was found, what it is about, and whether it counts."""

    connection: int
    time_ns: int
    about: Key
    counts: bool


def shortened(about: Key) -> Key:
    """What a number is about, as it is remembered: a peer's words can be long."""
    return tuple(short(value) if isinstance(value, str | bytes) else value for value in about)
