"""PostgreSQL's: each database by itself."""

from collections.abc import Iterator
from functools import partial

from db_access.plan.changes import Change, Grant, lasting
from db_access.plan.report import Evidence
from db_access.postgresql import reconcile
from db_access.spec import Grantee
from keyless.rehearsal.lines.platform.engine import engine_changes
from keyless.rehearsal.lines.platform.families.family import Settled
from keyless.rehearsal.lines.platform.families.settling import told
from keyless.rehearsal.stage.running import Stage


def settled(stage: Stage) -> Settled:
    """Lines, and notes on what was expected. Raises FunctionError."""
    grantees = {each.name: each for each in stage.deployed.spec.grantees}
    planned = [(each.name, change) for each in stage.deployed.spec.databases for change in _planned(stage, each.name)]
    expected = [change for database, change in planned if _on_singles(change, database, grantees)]
    wrong = [(f"in database {database}", change) for database, change in planned if change not in expected]
    engine_changes(stage)
    return tuple(told.wrong([*wrong])), tuple(told.expected(len(expected)))


def warnings(stage: Stage) -> Iterator[str]:
    """The engine's other ones are about the server, of which the table has notes of its own."""
    for database in stage.deployed.spec.databases:
        yield from (f"{database.name}: {said}" for said in _found(stage, database.name).pending)


def _planned(stage: Stage, database: str) -> Iterator[Change]:
    yield from lasting(_found(stage, database).plan)


def _found(stage: Stage, database: str) -> Evidence:
    """By the engine's own plan, from the server's private socket. Reads only."""
    connect = partial(stage.postgres.connect, database=database)
    master = stage.deployed.database.master
    return reconcile.prove(connect, stage.deployed.spec, database, read_secret=None, master=master)


def _on_singles(change: Change, database: str, grantees: dict[str, Grantee]) -> bool:
    """Whether it gives what grants of the spec name with `only` or `key_columns`, and nothing else."""
    if not isinstance(change, Grant):
        return False
    return all(name in grantees and _named(change, database, grantees[name]) for name in change.grantees)


def _named(change: Grant, database: str, grantee: Grantee) -> bool:
    target = change.target
    here = [grant for grant in grantee.grants if grant.database == database and target.schema in grant.schemas]
    if target.columns:
        return {*target.columns} <= {column for grant in here for column in grant.key_columns}
    return {f"{target.schema}.{name}" for name in target.names} <= {name for grant in here for name in grant.only}
