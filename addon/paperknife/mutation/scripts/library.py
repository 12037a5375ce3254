"""All scripts of a run: loaded, loaded anew when they are saved, and handed to connections and to rules."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.standing import Standing
from paperknife.mutation.scripts.calling import Faults
from paperknife.mutation.scripts.changer import ScriptChanger
from paperknife.mutation.scripts.connection import Link, Memory
from paperknife.mutation.scripts.loading import Script, ScriptError, load_script
from paperknife.mutation.scripts.naming import Event, Handler
from paperknife.mutation.scripts.walk import Surroundings, Walk
from paperknife.settings.file_watch import FileWatch
from paperknife_decoders.message import Direction
from paperknife_decoders.nearest import nearest
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader

__all__ = ["Scripts"]

type Functions = tuple[tuple[Path, Handler], ...]


class Scripts:
    """The scripts that the user named. `link` is the way to connections for functions that go on later.

    Raises `ScriptError` with all that is wrong in all of them.
    """

    def __init__(
        self, paths: Sequence[str | Path], protocols: Callable[[], Iterable[Protocol]], link: Link | None = None
    ) -> None:
        self.paths = tuple(map(Path, paths))
        self.protocols = protocols
        self.link = link
        self.faults = Faults()
        self.memories: dict[int, Memory] = {}
        self.watches = [FileWatch(str(path)) for path in self.paths]
        self.use(self.load())

    def load(self) -> list[Script]:
        """All scripts as they are on disk. Raises `ScriptError`."""
        protocols, scripts, faults = [*self.protocols()], [], []
        for path in self.paths:
            try:
                scripts.append(load_script(path, protocols))
            except ScriptError as error:
                faults.append(str(error))
        if faults:
            raise ScriptError("\n".join(faults))
        return scripts

    def use(self, scripts: Sequence[Script]) -> None:
        """Call the functions of these from now on, on open connections too."""
        self.handlers: Functions = tuple((script.path, handler) for script in scripts for handler in script.handlers)
        self.own = frozenset[str]().union(*(script.own for script in scripts))
        self.tables: dict[tuple[Direction, str], Functions] = {}
        self.wanted = {direction: wanted(self.handlers, direction) for direction in Direction}

    def changed(self) -> bool:
        """True, once for each change, if a script was saved."""
        changes = [watch.changed() for watch in self.watches]
        return any(changes)

    def reload(self) -> None:
        """Load the scripts anew. Raises `ScriptError`, and then those that were loaded stay."""
        self.use(self.load())
        self.faults = Faults()

    def interrupt(self) -> None:
        """End the function that is at work and does not return, as the proxy is to end; for a signal's handler."""
        self.faults.interrupt()

    def for_connection(self, number: int, reader: Reader, now: float = 0.0, time_ns: int = 0) -> ScriptChanger:
        """The changer of one connection, which has this number in the run and is read by `reader`."""
        return ScriptChanger(self, Standing(number, reader, now, time_ns))

    # for changers

    def payloads(self, direction: Direction) -> frozenset[str] | None:
        """The payloads of a direction that functions are for; None for all."""
        return self.wanted[direction]

    def functions(self, direction: Direction, payload: str) -> Functions:
        """Those that are for a message, in the order of the files."""
        found = self.tables.get((direction, payload))
        if found is None:
            names = {"", payload, *payload.split("+")}
            found = self.tables[direction, payload] = tuple(
                each for each in self.handlers if each[1].direction is direction and each[1].payload in names
            )
        return found

    def functions_on(self, event: Event) -> Functions:
        """Those that are for an event."""
        return tuple(each for each in self.handlers if each[1].event is event)

    def surroundings(self, number: int) -> Surroundings:
        """What the functions are called with on a connection."""
        return Surroundings(self.memories.setdefault(number, {}), self.faults, self.link)

    def forget(self, number: int) -> None:
        """A connection has ended."""
        self.memories.pop(number, None)

    # for rules

    def act(self, name: str) -> Act:
        """What a rule's ``script: name`` does. Raises `ValueError` with the sentence why there is no such function."""
        if name in self.own:
            raise ValueError(f"{name}(message, connection) was expected, and the script's {name} takes something else")
        if not any(handler.name == name for _, handler in self.handlers):
            names = [handler.name for _, handler in self.handlers]
            likely = nearest(name, names)
            meant = f"did you mean {likely[0]}?" if likely else f"there are {', '.join(names)}."
            raise ValueError(
                f"no script has a function {name}; {meant}" if names else f"no script has a function {name}"
            )

        def act(course: Course) -> None:
            if course.message is not None and course.envelope.message is None:
                return
            todo = [(course.place, *each) for each in self.handlers if each[1].name == name]
            around = self.surroundings(course.standing.number)
            if course.message is None:
                course.outcome.add(Walk(Course(course.standing), around, deque(todo)).begin())
            elif course.outcome.walk is not None:  # behind what another function awaits
                course.outcome.walk.todo.extend(todo)
            else:
                place, hits = course.place, course.outcome.hits
                Walk(course, around, deque(todo)).proceed()
                course.place, course.outcome.hits = place, hits  # it is the rule's hit

        return act


def wanted(handlers: Functions, direction: Direction) -> frozenset[str] | None:
    """The payloads of a direction that functions are for; None for all."""
    payloads = [handler.payload for _, handler in handlers if handler.direction is direction]
    return None if "" in payloads else frozenset(payloads)
