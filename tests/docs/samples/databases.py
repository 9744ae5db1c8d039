"""What is said of a database: by `keyless`, at a terminal and as JSON, and by the drift watch."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from db_access.postgresql import connection as engine_connection
from tests.conftest import MASTER, Database
from tests.database.cli.runner import CONFIG, Cli
from tests.database.cli.terminal import at_terminal
from tests.database.engine import SAMPLE, converge, make_tables, run, spec
from tests.database.migrate import stage
from tests.database.temporary.world import SPEC, deployed
from tests.database.watch import test_watch

_GRANTS = [{"database": "app", "schemas": ["foo"], "access": "read_only"}]
_LEAVER = {"username": "leaver", "grants": _GRANTS}


def _converged(database: Database, *more: dict[str, Any]) -> None:
    wanted = spec(users=[*SAMPLE.as_properties()["users"], *more])
    converge(database, wanted)
    make_tables(database)
    converge(database, wanted)


def asking(cli: Cli) -> str:
    """What a run shows and asks that takes a user's access, and a right given by hand."""
    _converged(cli.database, _LEAVER)
    run(cli.database, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    leaver = cli.database.connect
    with leaver("leaver"), leaver("leaver"), at_terminal(cli.environment, "sync", "--config", CONFIG) as session:
        seen = session.asked()
        session.types("n\n")
        session.ends()
        return seen


def sync(cli: Cli) -> Any:
    return cli.sync("--json").json


def prove(cli: Cli) -> Any:
    _converged(cli.database)
    run(cli.database, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    return cli.prove("--json").json


def found(cli: Cli) -> Any:
    """By the drift watch."""
    with _watched(cli.database):
        return json.loads(json.dumps(test_watch.look()))


@contextmanager
def _watched(database: Database) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASTER", MASTER)
        patch.setenv("DB_CLUSTER_RESOURCE_ID", "cluster-ABC")
        patch.setattr(engine_connection, "with_token", lambda name, *, patience: test_watch.as_watch(database)())
        converge(database, test_watch.SAMPLE)
        make_tables(database)
        converge(database, test_watch.SAMPLE)
        run(database, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
        yield


def grants(cli: Cli) -> str:
    """After somebody was given a group for an hour."""
    deployed(cli.database)
    config = cli.write(SPEC)
    cli("grant", "alice", "--as", "reader", "--for", "1h", "--by", "bob", "--reason", "ticket 4711", "--config", config)
    return cli("grants", "--config", config).out


def who(cli: Cli) -> str:
    """By a group with and without INHERIT, and by a view."""
    with cli.database.superuser() as superuser:
        for statement in (
            "CREATE ROLE writers",
            "CREATE ROLE app_owner",
            "CREATE ROLE alice LOGIN IN ROLE writers",
            "CREATE ROLE bob LOGIN NOINHERIT IN ROLE writers",
            "CREATE ROLE carol LOGIN",
            "CREATE SCHEMA foo AUTHORIZATION app_owner CREATE TABLE event (id int)",
            "CREATE VIEW foo.recent AS SELECT id FROM foo.event",
            "ALTER VIEW foo.recent OWNER TO app_owner",
            "GRANT USAGE ON SCHEMA foo TO PUBLIC",
            "GRANT DELETE ON foo.event TO writers",
            "GRANT DELETE ON foo.recent TO carol",
        ):
            superuser.execute(statement)
    return cli("who", "can", "DELETE", "app.foo.event").out


def migrate(cli: Cli) -> str:
    """A right given by hand, and a default that asks who is logged in."""
    config = cli.folder / "access.yaml"
    config.write_text(stage.SPEC, encoding="utf-8")
    cli.sync(config=config)
    make_tables(cli.database)
    cli("migrate", "start", stage.OLD, "--config", config, "--sync", "--yes")
    run(
        cli.database,
        "rdsadmin",
        f"GRANT TRUNCATE ON bar.audit TO {stage.OLD}",
        "ALTER TABLE bar.audit ALTER name SET DEFAULT current_user",
    )
    return cli("migrate", "start", stage.OLD, "--config", config).out
