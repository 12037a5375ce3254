"""The venues of one test: recorded ones, or the real one with a recording proxy before it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from paperknife.recording.reading import RecordingError
from paperknife.replay.timeline import Session
from paperknife.replay.words import ReplayWords
from paperknife.testing.recording_proxy import RecordingProxy, RecordingProxyError, Subject
from paperknife.testing.taking import Taking
from paperknife.testing.venue_thread import VenueThread
from paperknife.testing.verdict import never_came, never_opened, unexpected

__all__ = ["RECORD", "Playing", "VenueError", "Venues", "Wish"]

RECORD = ("none", "once", "all")
"""What to record: nothing, what there is no recording of yet, or everything anew."""

GRACE_SECONDS = 0.25
"""So long connections that a test leaves open are waited for before it is judged; else that is left to its teardown."""


MOST_SHOWN = 60
"""Lines of what a recording proxy has shown."""


class VenueError(Exception):
    """What a test cannot be given, or what it did not do: sentences."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for: one of `RECORD`, and the real venue's URL in the place of that in the tests."""

    record: str = "none"
    venue_url: str = ""
    root: Path = Path()
    """Where pytest runs: a ``paperknife.yaml`` there says how to read what is recorded."""


@dataclass(frozen=True, slots=True)
class Playing:
    """One recorded venue that is being played."""

    path: Path
    thread: VenueThread
    taking: Taking
    complete: bool

    @property
    def is_settled(self) -> bool:
        """True once all clients that have come have gone too."""
        return self.taking.wait_closed(self.thread.opened, GRACE_SECONDS)

    def faults(self, *, is_over: bool) -> list[str]:
        """What was not as recorded; as long as it is not over, only what came."""
        found = list(unexpected(self.taking.taken.values()))
        if is_over and not self.thread.opened:
            found.append(f"No client has connected to {self.thread.url}, where this recording was played.")
        elif is_over:
            found += never_came(self.taking.taken, complete=self.complete)
            if self.complete:
                recorded = [(each.number, each.connection.url) for each in self.thread.session.connections()]
                found += never_opened(recorded, self.taking.taken.values())
        return [f"{self.path.name}: the client did not do what was recorded.", *found] if found else []


class Venues:
    """Gives a test the URLs of venues, and says afterwards what it did that was not as recorded.

    Paths are relative to `folder`, that of the test.
    """

    def __init__(self, folder: Path, wish: Wish) -> None:
        self.folder = folder
        self.wish = wish
        self.playing: list[Playing] = []
        self.recording: list[RecordingProxy] = []
        self.is_judged = False

    def __call__(  # noqa: PLR0913 - what a test may say of a venue, by name
        self,
        path: str | Path,
        *,
        mode: str = "auto",
        speed: float | str = "max",
        ignore: str | Iterable[str] = (),
        on_miss: str = "wait",
        complete: bool = True,
        patience: float = 10.0,
        venue_url: str = "",
        schema: str | Path | Iterable[str | Path] = (),
        protocol: str = "",
    ) -> str:
        """The URL at which clients are answered as in the recording at `path`, with its path and query.

        `mode` is what messages wait for: ``matched`` for the request that they answer, ``timed`` for their time, or
        ``auto``. `speed` is ``max`` or a number, 2 for twice as fast as recorded. `ignore` are fields that do not
        count. `on_miss` says what to do with a message that was not recorded: ``wait``, ``skip``, ``close`` or
        ``pass``; in any case it fails the test. With `complete`, so does every recorded request that does not come;
        without, only those before the last one that came. After `patience` seconds in which nothing comes that was
        recorded a connection that waits for it is closed.

        To record: `venue_url` is the real venue, `schema` and `protocol` say how to read it. Raises `VenueError`.
        """
        if not isinstance(patience, int | float) or not patience > 0:
            raise VenueError(f"paperknife_venue: seconds above 0 were expected as patience, not {patience!r}.")
        place = self.folder / path
        if self.wish.record == "all" or (self.wish.record == "once" and not place.exists()):
            return self.record(place, venue_url, tuple(self.sources(schema)), protocol)
        words = ReplayWords(str(place), mode, str(speed), on_miss, (ignore,) if isinstance(ignore, str) else (*ignore,))
        return self.play(words, patience=patience, complete=complete)

    def play(self, words: ReplayWords, *, patience: float, complete: bool) -> str:
        """The URL of a recorded venue."""
        path = Path(words.path)
        if not path.exists():
            raise VenueError(
                f"A recording was expected at {path}, and there is none. To make it: pytest --paperknife-record=once, "
                "with the real venue's URL as venue_url in the call or after --paperknife-venue."
            )
        session, taking = Session([path]), Taking(patience)
        try:
            options = dataclasses.replace(words.options(), patience=patience)
            if not session.has_connections():
                raise VenueError(f"A recording with a WebSocket connection was expected, and there is none in {path}.")
            thread = VenueThread(session, taking, options)
            thread.start()
        except RecordingError as error:
            raise VenueError(str(error)) from None
        except ValueError as error:
            raise VenueError(f"paperknife_venue: {error}.") from None
        except OSError as error:
            raise VenueError(f"A recorded venue cannot listen on 127.0.0.1: {error.strerror or error}.") from None
        self.playing.append(Playing(path, thread, taking, complete))
        return thread.url + target_of(session.known[0].connection.url)

    def record(self, path: Path, venue_url: str, schema: tuple[str, ...], protocol: str) -> str:
        """The URL of a recording proxy before the real venue."""
        url = self.wish.venue_url or venue_url
        if not url:
            raise VenueError(
                f"To record {path.name}, the URL of the real venue was expected: as venue_url in the call, or after "
                "--paperknife-venue."
            )
        if not schema and not protocol and path.exists():
            schema = (str(path),)  # it holds what it was read by
        if not schema and not protocol and not (self.wish.root / "paperknife.yaml").exists():
            raise VenueError(
                f"To record {path.name}, a schema was expected as schema in the call: without one, secrets in messages "
                "cannot be masked."
            )
        proxy = RecordingProxy(path, Subject(url, schema, protocol, self.wish.root))
        try:
            proxy.start()
        except RecordingProxyError as error:
            raise VenueError(str(error)) from None
        self.recording.append(proxy)
        return proxy.url

    def sources(self, schema: str | Path | Iterable[str | Path]) -> Iterator[str]:
        """Schemas, beside the test."""
        for each in (schema,) if isinstance(schema, str | Path) else schema:
            yield str((self.folder / each).resolve())

    def faults_so_far(self) -> list[str]:
        """What is known by the end of the test itself; everything, where no client is left."""
        found = []
        for each in self.playing:
            found += each.faults(is_over=each.is_settled)
        self.is_judged = bool(found)
        return found

    def shown(self, *, passed: bool) -> list[str]:
        """What recording proxies have shown last, for a test that has failed."""
        return [] if passed else [line for proxy in self.recording for line in proxy.said.splitlines()[-MOST_SHOWN:]]

    def finish(self, *, passed: bool) -> tuple[list[str], list[Path]]:
        """End all venues: what was not as recorded and not told yet, and the recordings that were made.

        A recording is kept only if the test has passed.
        """
        faults: list[str] = []
        kept = []
        for each in self.playing:
            each.thread.stop()
        for proxy in self.recording:
            proxy.stop()
            try:
                if passed:
                    proxy.keep()
                    kept.append(proxy.path)
                else:
                    proxy.discard()
            except RecordingProxyError as error:
                faults += [f"{proxy.path.name} was not recorded. {error}", *proxy.said.splitlines()[-MOST_SHOWN:]]
        if not self.is_judged:
            for each in self.playing:
                faults += each.faults(is_over=passed)
        return faults, kept


def target_of(url: str) -> str:
    """The path and query of a URL."""
    return "/" + url.partition("://")[2].partition("/")[2]
