"""Thousands of users: made in portions where PostgreSQL would look through all of them each time, and no more on one
table than it holds."""

from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL

from db_access.errors import ApplyError, PlanError
from db_access.postgresql.ddl.portions import MANY
from db_access.postgresql.planning import conflicts
from db_access.postgresql.planning.conflicts import MOST_GRANTEES
from db_access.secrets import Secret
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import Database, fresh_database
from tests.database.engine import converge, run

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:report-AbCdEf"


def spec(users: list[dict[str, Any]], grants: str = "through_groups", **more: Any) -> AccessSpec:
    schemas = [{"name": "foo", "owner": "app_owner"}]
    return AccessSpec.parse(
        {"databases": [{"name": "app", "grants": grants, "schemas": schemas}], "users": users, **more}
    )


def many(count: int, access: str = "read_only") -> list[dict[str, Any]]:
    return [
        {"username": f"u{n}", "grants": [{"database": "app", "schemas": ["foo"], "access": access}]}
        for n in range(count)
    ]


def test_through_groups_there_may_be_any_number(database: Database) -> None:
    wanted = spec(many(2500))
    converge(database, wanted)
    run(database, "rdsadmin", "CREATE TABLE foo.t (); ALTER TABLE foo.t OWNER TO app_owner")
    converge(database, wanted)
    assert run(
        database,
        "rdsadmin",
        "SELECT bool_and(has_table_privilege(rolname, 'foo.t', 'SELECT')), count(*) FROM pg_roles WHERE rolname "
        "~ '^u[0-9]+$'",
    ) == [(True, 2500)]
    assert converge(database, wanted).changes == 0


ROLES = """
SELECT rolname, rolcanlogin, rolinherit, rolconnlimit, rolcreaterole, shobj_description(oid, 'pg_authid'),
    (SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = r.oid AND setdatabase = 0), rolpassword ~ '^SCRAM',
    (SELECT array_agg(membership ORDER BY membership) FROM pg_auth_members,
        concat_ws(' ', roleid::regrole, admin_option, grantor::regrole) AS membership WHERE member = r.oid)
FROM pg_authid AS r ORDER BY 1
"""


def test_many_at_once_are_what_they_are_in_two_runs_of_fewer(postgres: Postgres) -> None:
    users = [
        {**user, "description": f"d{n}", "settings": {"statement_timeout": "5s"}} for n, user in enumerate(many(MANY))
    ]
    users[0] |= {"groups": ["z team"], "settings": {"role": "z team"}}  # a group of a later portion
    users[1] |= {"auth_method": "password", "password_secret": ARN}
    wanted, some = (spec(these, groups=[{"name": "z team"}]) for these in (users, users[: MANY // 2]))
    at_once, one_by_one = roles_after(postgres, wanted), roles_after(postgres, some, wanted)
    assert at_once == one_by_one
    assert len(at_once) > MANY
    assert sum(row[7] is True for row in at_once) == 1


def roles_after(postgres: Postgres, *specs: AccessSpec) -> list[tuple[Any, ...]]:
    with fresh_database(postgres) as database:
        for wanted in specs:
            converge(database, wanted, read_secret=lambda arn: Secret("a password", "1"))
        assert converge(database, specs[-1], read_secret=lambda arn: Secret("a password", "1")).changes == 0
        return run(database, "rdsadmin", ROLES)


@pytest.mark.parametrize("how", ["direct", "only", "key_columns"])
def test_more_grantees_than_a_table_can_have_are_refused_before_anything_runs(database: Database, how: str) -> None:
    users = many(MOST_GRANTEES + 1)
    if how == "only":  # together they are too many
        users = [
            {**user, "grants": [{**user["grants"][0], "only": ["foo.t"] if n % 2 else []}]}
            for n, user in enumerate(users)
        ]
    if how == "key_columns":
        users = [
            {**user, "grants": [{**user["grants"][0], "access": "append_only", "key_columns": ["id"]}]}
            for user in users
        ]
    where = {
        "direct": "each table in schema 'foo'",
        "only": "table foo.t",
        "key_columns": "column id of each table in schema 'foo'",
    }[how]
    with pytest.raises(
        PlanError,
        match=rf"{where} would have 1,001 grantees, .*'row is too big'.*up to 1,000, or `grants: through_groups`",
    ):
        converge(database, spec(users, "direct"))
    assert run(database, "rdsadmin", "SELECT FROM pg_roles WHERE rolname = 'u0'") == []


def test_as_many_as_are_allowed_do(database: Database) -> None:
    wanted = spec(many(MOST_GRANTEES), "direct")
    converge(database, wanted)
    run(database, "rdsadmin", "CREATE TABLE foo.t (); ALTER TABLE foo.t OWNER TO app_owner")
    assert converge(database, wanted).changes == 1
    assert converge(database, wanted).changes == 0


FILL = """
UPDATE pg_class SET relacl = (
    SELECT array_agg(makeaclitem((hashint4(i)::bigint & 2147483647)::oid, relowner, (ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'])[1 + i % 4], false))
    FROM generate_series(1, {}) AS i
) WHERE relname = 't'
"""


def test_postgresql_holds_as_many_as_are_allowed_wherever_their_oids_lie_and_not_twice_as_many(
    database: Database,
) -> None:
    run(database, "rdsadmin", "CREATE TABLE t ()")
    with database.superuser() as connection:
        connection.execute("SET allow_system_table_mods = on")
        connection.execute(SQL(FILL).format(MOST_GRANTEES))
        with pytest.raises(psycopg.errors.ProgramLimitExceeded, match="row is too big"):
            connection.execute(SQL(FILL).format(2 * MOST_GRANTEES))


def test_without_the_rule_a_run_breaks_off_in_the_middle_and_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "MOST_GRANTEES", 10_000)
    converge(database, spec([]))
    run(database, "rdsadmin", "CREATE TABLE foo.t (); ALTER TABLE foo.t OWNER TO app_owner")
    with pytest.raises(ApplyError, match=r"rolled back: row is too big"):
        converge(database, spec(many(2600), "direct"))
    assert run(database, "rdsadmin", "SELECT FROM pg_roles WHERE rolname = 'u0'") == []
