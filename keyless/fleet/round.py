"""One round over the fleet: credentials once for each source, then the clusters that they are for."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from keyless.fleet.cluster import Cluster, Source
from keyless.fleet.credentials import Lent, Question
from keyless.fleet.database import Kind
from keyless.fleet.found import Admins, Found, Result, State, Step, found
from keyless.fleet.look import Job, Look
from keyless.fleet.workers import Ended, Said, Workers

_TICK_SECONDS = 1.0
_STARTING = Step("starting")


@dataclass
class _Notes:
    """Of a cluster that is being looked at."""

    databases: list[Found] = field(default_factory=list)
    admins: tuple[str, ...] | None = None
    step: Step = _STARTING


class Round:
    def __init__(self, clusters: Iterable[Cluster], kind: Kind, workers: Workers[Job]) -> None:
        self._waiting, self._kind, self._workers = deque(clusters), kind, workers
        self._notes: dict[str, _Notes] = {}
        self._known: dict[Source, Lent | str] = {}
        """What a source has given, or why it has given nothing."""
        self._asking: dict[Source, list[Cluster]] = {}
        """Who waits for what a source is being asked for."""

    def results(self, tick: Callable[[], None]) -> Iterator[Result]:
        """Each as soon as it is known. `tick` is called at least every second."""
        while self._waiting or self._asking or self._notes:
            while self._waiting and self._workers.free:
                yield from self._begun(self._waiting.popleft())
            for heard in self._workers.heard(_TICK_SECONDS):
                yield from self._taken(heard)
            tick()

    def left(self) -> Iterator[Result]:
        """Of those that there is no result of: as far as they are known."""
        for name, notes in self._notes.items():
            yield _result(
                name, notes, found(notes.step.database, State.UNTRIED, [f"interrupted, at: {notes.step.text}"])
            )
        for cluster in (*self._waiting, *(each for several in self._asking.values() for each in several)):
            yield Result(cluster.name, (found(None, State.UNTRIED, ["interrupted before it was its turn"]),))

    @property
    def at_work(self) -> list[str]:
        return [*self._notes, *map(str, self._asking)]

    def _begun(self, cluster: Cluster) -> Iterator[Result]:
        source = cluster.source
        lent = None if source is None else self._known.get(source)
        if isinstance(lent, str):
            yield Result(cluster.name, (found(None, State.FAILED, [lent]),))
        elif source is None or (lent is not None and lent.fresh):
            self._notes[cluster.name] = _Notes()
            self._workers.begin(Look(cluster, self._kind, lent))
        elif source in self._asking:
            self._asking[source].append(cluster)
        else:
            self._asking[source] = [cluster]
            self._workers.begin(Question(source, cluster.region))

    def _taken(self, heard: Said[Job] | Ended[Job]) -> Iterator[Result]:
        match heard:
            case Said(Question(source), Lent() as lent):
                self._known[source] = lent
            case Ended(Question(source), why):
                if why is not None:
                    self._known[source] = f"no credentials from {source}: {why}"
                self._waiting.extendleft(reversed(self._asking.pop(source)))
            case Said(Look(cluster), value):
                _take(self._notes[cluster.name], value)
            case Ended(Look(cluster), why, late):
                notes = self._notes.pop(cluster.name)
                state = State.UNREACHABLE if late else State.FAILED
                more = [] if why is None else [found(notes.step.database, state, [f"{why}, at: {notes.step.text}"])]
                yield _result(cluster.name, notes, *more)


def _take(notes: _Notes, value: object) -> None:
    match value:
        case Found():
            notes.databases.append(value)
        case Admins(names):
            notes.admins = names
        case Step():
            notes.step = value


def _result(name: str, notes: _Notes, *more: Found) -> Result:
    return Result(name, (*notes.databases, *more), notes.admins)
