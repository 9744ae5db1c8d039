"""`--through-lambda`: a deployed environment's drift watch looks, in the database's network, instead of this process.

The watch, and not the bootstrap function: it logs in as a user that can do nothing but connect, so that no event,
forged or not, changes anything (docs/decisions/plan-through-the-watch.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from db_access.plan.packed import Packable, unpacked
from db_access.plan.report import Evidence, Summary
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from keyless.cli import function
from keyless.cli.connection import tell
from keyless.cli.environment.current import Current, current
from keyless.cli.environment.stacks import stacks_of
from keyless.cli.environment.watch import watch_of


@dataclass(frozen=True)
class Watch:
    arn: str

    def plan(self, _: Connect, spec: AccessSpec, database: str) -> Summary:
        """What a sync would do in the database. Raises FunctionError, or PackingError."""
        return self._asked("Plan", "Plan", spec, database, Summary)

    def prove(self, _: Connect, spec: AccessSpec, database: str) -> Evidence:
        """How the database differs from the spec. Raises as `plan` does."""
        return self._asked("Prove", "Proof", spec, database, Evidence)

    def _asked(self, question: str, key: str, spec: AccessSpec, database: str, kind: type[Packable]) -> Packable:
        tell(f"database {database}: asking {self.arn}, {function.SECONDS} seconds at most")
        event = {question: spec.as_properties(), "Database": database}
        return unpacked(function.answer(self.arn, event, key, key.lower()), kind)


@contextmanager
def watch(env: str) -> Iterator[Watch]:
    """That of the environment. While it lasts, its access stack manages the roles of a spec that says nobody.

    Raises:
        EnvironmentNotFoundError, WatchError: when there is none, or it can't be found.
    """
    stacks = stacks_of(env)
    found = Watch(watch_of(stacks.clients, stacks.region, stacks.access))
    earlier = current.set(Current(None, stacks.access))
    try:
        yield found
    finally:
        current.reset(earlier)
