"""MySQL's: the whole server at once. A profile's role is named by what its users may do, tables or not, so that all
that is left to do is to give to roles."""

import json
from collections.abc import Iterator

from pymysql.connections import Connection
from pymysql.constants import CLIENT

from db_access.mysql import reconcile
from db_access.mysql.changes import Change, Give
from db_access.mysql.report import Evidence
from db_access.mysql.state import Level
from db_access.mysql.told import told as as_told
from db_access.spec import AccessSpec
from keyless.rehearsal.lines.platform.engine import engine_changes
from keyless.rehearsal.lines.platform.families.family import Settled
from keyless.rehearsal.lines.platform.families.settling import told
from keyless.rehearsal.stage.running import Stage


def settled(stage: Stage) -> Settled:
    """Lines, and notes on what was expected. Raises FunctionError."""
    spec = stage.deployed.spec
    found = _found(stage, spec)
    wrong = [change for change in found.plan if not _on_singles(change, spec)]
    engine_changes(stage)
    lines = told.wrong([("on the server", as_told(change, found.server)) for change in wrong])
    return tuple(lines), tuple(told.expected(len(found.plan) - len(wrong)))


def warnings(stage: Stage) -> Iterator[str]:
    found = _found(stage, stage.deployed.spec)
    yield from (*found.warnings, *found.pending)


def _found(stage: Stage, spec: AccessSpec) -> Evidence:
    """By the engine's own plan, past the gate, as the master with the password that RDS keeps for it. Reads only."""
    database, secrets = stage.deployed.database, stage.cloud.client("secretsmanager")
    password = json.loads(secrets.get_secret_value(SecretId=database.master_secret)["SecretString"])["password"]
    watch = stage.deployed.function("access", "Bootstrap").environment.get("WATCH_USER")

    def connect() -> Connection:
        return stage.mysql.log_in(database.master, password, client_flag=CLIENT.MULTI_STATEMENTS)

    return reconcile.prove(connect, spec, read_secret=None, watch=watch)


def _on_singles(change: Change, spec: AccessSpec) -> bool:
    """Whether it gives what a grant of the spec names with `only` or `key_columns`, and nothing else."""
    if not isinstance(change, Give):
        return False
    on = change.on
    here = [grant for each in spec.grantees for grant in each.grants if on.schema in grant.schemas]
    if on.level is Level.COLUMN:
        return any(on.part.lower() in map(str.lower, grant.key_columns) for grant in here)
    return on.level is Level.TABLE and any(f"{on.schema}.{on.name}" in grant.only for grant in here)
