"""The part of a plan about the drift watch's procedures: made where a user is to look by them, and else dropped. Pure.

Their schema is the engine's alone. What the master hasn't made there, no run touches: whoever may write there could
have the watch look by something else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from db_access.mysql.changes import Change, DropProcedure, DropSchema, MakeProcedure, Stage
from db_access.mysql.state import State, Thing
from db_access.mysql.translation import Desired
from db_access.wording import cited, listed


@dataclass(frozen=True)
class Watching:
    state: State
    desired: Desired

    def changes(self) -> Iterator[Change]:
        schema, ours = self.desired.watching, {each.name: each for each in self._ours}
        for name, body in self.desired.procedures.items():
            if (why := _wrong(ours.get(name), body)) is not None:
                yield MakeProcedure(schema, name, body, reason=why, stage=Stage.MAKE)
        for name in sorted(ours.keys() - self.desired.procedures.keys()):
            yield DropProcedure(schema, name, reason="no drift watch looks by it", stage=Stage.CLEAN)
        if ours and not self.desired.procedures and not self._strange:
            yield DropSchema(schema, reason="nothing is in it", stage=Stage.CLEAN)

    def conflicts(self) -> Iterator[str]:
        """What stands in the schema that a watch is to look by, and isn't the engine's."""
        if self.desired.procedures and self._strange:
            found = listed([f"{_said(each)} {cited(each.name)}" for each in self._strange])
            yield (
                f"schema {self.desired.watching} is for the procedures of the drift watch, and has {found}, which the "
                f"master {self.state.server.master} hasn't made; drop what isn't yours to keep, or the schema, by hand"
            )

    @property
    def _ours(self) -> tuple[Thing, ...]:
        return tuple(each for each in self.state.watching if self._is_ours(each))

    @property
    def _strange(self) -> tuple[Thing, ...]:
        return tuple(each for each in self.state.watching if not self._is_ours(each))

    def _is_ours(self, found: Thing) -> bool:
        master = self.state.server.master
        return found.kind == "PROCEDURE" and found.definer == f"{master.name}@{master.host}"


def _wrong(there: Thing | None, body: str) -> str | None:
    if there is None:
        return "missing; the drift watch looks by it"
    if there.digest != sha256(body.encode()).hexdigest():
        return "its text is another"
    return None if there.secured else "it has parameters, or doesn't run with the master's rights"


def _said(found: Thing) -> str:
    return f"{found.kind.lower()}{f' of {found.definer!r}' if found.definer else ''}"
