"""What a verify is going to change, beyond its own stack."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from db_access.spec import AccessSpec
from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.own_lines.model import FILE
from keyless.verify.changes import events, rotation
from keyless.verify.changes.by_hand import ByHand
from keyless.verify.changes.drift import drift
from keyless.verify.changes.kinds import Change
from keyless.verify.changes.watch import Watch
from keyless.verify.deployed import Clients, Deployed, Function
from keyless.verify.plan import Variables
from keyless.verify.probes import Probes
from keyless.verify.questions import Address
from keyless_probe.by_hand import VARIABLE


@dataclass(frozen=True)
class Changes:
    """By default nothing."""

    by_hand: ByHand | None = None
    calls: events.Calls = ()
    rotated: tuple[Function, ...] = ()
    """Whose secrets."""
    notes: tuple[str, ...] = ()
    """What is not measured, and why."""

    @classmethod
    def planned(
        cls, kinds: Collection[Change], clients: Clients, deployed: Deployed, spec: AccessSpec, app: Path
    ) -> "Changes":
        """Raises RehearsalFileError."""
        by_hand = ByHand.of(deployed, spec) if Change.RIGHT in kinds else None
        calls = events.planned(app, deployed) if Change.EVENTS in kinds else ()
        rotated = rotation.planned(clients, deployed) if Change.ROTATION in kinds else ()
        found = {Change.RIGHT: bool(by_hand), Change.EVENTS: bool(calls), Change.ROTATION: bool(rotated)}
        return cls(by_hand, calls, rotated, tuple(_note(kind, kind in kinds) for kind in Change if not found[kind]))

    @property
    def variables(self) -> Variables:
        """What the probes have in their environment for it."""
        return {self.by_hand.function.name: {VARIABLE: self.by_hand.right.as_variable()}} if self.by_hand else {}

    def statement(self) -> Iterator[str]:
        """Each with how it is undone; a line each."""
        if self.by_hand:
            right, name = self.by_hand.right, self.by_hand.function.name
            yield f"CHANGE: the probe of {name} gives {right.user} USAGE on schema {right.schema}, for seconds, so that"
            yield "the drift watch can see it. It is taken back, also after an error or Ctrl-C; if this machine dies"
            yield "meanwhile, `keyless verify --remove` takes it back. The alarm for drift may ring."
        for function, file in self.calls:
            path = f"{function.source}/{FILE}"
            yield f"CHANGE: {function.name} itself is called with the events of {path}, {len(file.lines)} in all."
            yield "Whatever it does with them stays done: nothing undoes it."
        for function in self.rotated:
            yield f"CHANGE: Secrets Manager rotates the secret of {function.login.user}, which has another password"
            yield "from then on: nothing undoes it. Open sessions stay; a login with the old password is refused."

    def carried_out(
        self, probes: Probes, clients: Clients, deployed: Deployed, address: Address, progress: Progress
    ) -> Iterator[Line]:
        """Raises NotTakenBackError."""
        if self.by_hand:
            watch = Watch(clients, deployed, self.by_hand.function.login.database)
            for line in drift(probes, watch, self.by_hand, address):
                yield line.of("drift watch")
        yield from events.events(clients, self.calls)
        for function in self.rotated:
            for line in rotation.rotation(probes, clients, function, address, progress):
                yield line.of(f"function {function.name}")


_ASKS = {
    Change.RIGHT: "whether the drift watch sees a right given by hand",
    Change.EVENTS: "what the functions themselves do",
    Change.ROTATION: "how soon the way to the database takes the new password of a rotated secret",
}
_MISSING = {
    Change.RIGHT: "no function's user owns a schema that another user may not use",
    Change.EVENTS: f"no function has a {FILE} in the app's folder",
    Change.ROTATION: "no function logs in with a secret that is rotated",
}


def _note(kind: Change, asked_for: bool) -> str:
    return f"{_ASKS[kind]}: {_MISSING[kind] if asked_for else f'it takes `--with-changes {kind}`'}"
