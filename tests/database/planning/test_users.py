"""What a user can be besides its grants: settings, an end of its password, adopted, retired, dropped."""

from datetime import datetime
from typing import Any

import psycopg
import pytest

from db_access.errors import PlanError, SpecError
from tests.conftest import Database
from tests.database.engine import allowed, converge, fingerprint, make_tables, remove, run, spec, with_user
from tests.spec_problems import bare

READS = [{"database": "app", "schemas": ["foo"], "access": "read_only"}]
SETTINGS = {
    "statement_timeout": "5s",
    "search_path": ["foo", 'Bär, "x"'],
    "idle_in_transaction_session_timeout": 7000,
    "jit": False,
}


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    return database


def test_sessions_start_with_the_settings(ready: Database) -> None:
    wanted = with_user(username="u", grants=READS, settings=SETTINGS)
    converge(ready, wanted)
    query = (
        "SELECT current_setting(name) FROM "
        "unnest('{statement_timeout,search_path,idle_in_transaction_session_timeout,jit}'::text[]) name"
    )
    assert [value for (value,) in run(ready, "u", query)] == ["5s", 'foo, "Bär, ""x"""', "7s", "off"]
    assert converge(ready, wanted).changes == 0


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"search_path": 'foo, "Bär"'},
        {"search_path": ""},
        {"search_path": []},
        {"STATEMENT_TIMEOUT": 5},
        {"TimeZone": "Europe/Vienna"},
    ],
)
def test_settings_converge_from_any_others_and_stay(ready: Database, settings: dict[str, Any]) -> None:
    converge(ready, with_user(username="u", grants=READS, settings=SETTINGS))
    wanted = with_user(username="u", grants=READS, settings=settings)
    converge(ready, wanted)
    assert converge(ready, wanted).changes == 0
    assert len(
        run(ready, "rdsadmin", "SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = 'u'::regrole")
    ) == len(settings)


@pytest.mark.parametrize(
    "drift",
    [
        "ALTER ROLE u SET work_mem = '1GB'",
        "ALTER ROLE u RESET jit",
        "ALTER ROLE u SET search_path = bar",
        "ALTER ROLE u RESET ALL",
    ],
)
def test_drift_in_settings_is_put_right(ready: Database, drift: str) -> None:
    wanted = with_user(username="u", grants=READS, settings=SETTINGS)
    converge(ready, wanted)
    query = "SELECT array_agg(s ORDER BY s) FROM pg_db_role_setting, unnest(setconfig) s WHERE setrole = 'u'::regrole"
    before = run(ready, "rdsadmin", query)
    run(ready, "master", drift)
    assert run(ready, "rdsadmin", query) != before
    converge(ready, wanted)
    assert run(ready, "rdsadmin", query) == before


def test_sessions_may_start_as_a_group(ready: Database) -> None:
    users = [{"username": "u", "databases": ["app"], "groups": ["readers"], "settings": {"role": "readers"}}]
    wanted = spec(groups=[{"name": "readers", "grants": READS}], users=users)
    converge(ready, wanted)
    assert run(ready, "u", "SELECT current_user") == [("readers",)]
    assert converge(ready, wanted).changes == 0


def test_valid_until_comes_moves_and_goes(ready: Database) -> None:
    query = "SELECT rolvaliduntil FROM pg_roles WHERE rolname = 'u'"
    for end in ("2031-02-03T04:05:06Z", "2032-01-01T00:00:00+05:30", None):
        wanted = with_user(username="u", auth_method="password", valid_until=end, grants=READS)
        converge(ready, wanted)
        there = run(
            ready,
            "rdsadmin",
            f"SELECT nullif(rolvaliduntil, 'infinity') = {f'{end!r}::timestamptz' if end else 'NULL'} FROM "
            f"({query}) AS q",
        )
        assert there == [(True if end else None,)]
        assert converge(ready, wanted).changes == 0


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (
            {"valid_until": "2031-01-01T00:00:00Z"},
            "users[2].valid_until: applies to passwords only, and auth_method is iam; allowed: with `auth_method: password`",
        ),
        (
            {"auth_method": "password", "valid_until": "2031-01-01T00:00:00"},
            "users[2].valid_until: '2031-01-01T00:00:00' is not allowed; allowed: a date and time with its time zone",
        ),
        (
            {"password_secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"},
            "users[2].password_secret: is for users with a password only, and auth_method is iam",
        ),
        (
            {"auth_method": "password", "password_secret": "arn:x"},
            "users[2].password_secret: 'arn:x' is not allowed; allowed: the ARN of a secret",
        ),
        (
            {"auth_method": "password", "password_secret": "hunter2\n"},
            "users[2].password_secret: this value is not allowed; allowed: the ARN of a secret",
        ),
        (
            {"iam_role": "RDSAccessRole"},
            "users[2].iam_role: 'RDSAccessRole' is not allowed; allowed: the ARN of an IAM role",
        ),
        (
            {"iam_role": "arn:aws:iam::1:role/x"},
            "users[2].iam_role: 'arn:aws:iam::1:role/x' is not allowed; allowed: the ARN of an IAM role",
        ),
        (
            {"auth_method": "none", "iam_role": "arn:aws:iam::123456789012:role/x"},
            "users[2].iam_role: is for users that connect by IAM only, and auth_method is none",
        ),
        (
            {"settings": {"role": "app_owner"}},
            "users[2].settings.role: 'app_owner' is not one of the user's groups; allowed: none, it has no groups",
        ),
        ({"settings": {"a b": "x"}}, "users[2].settings"),
        (
            {"settings": {"work_mem": ["1", "2"]}},
            "users[2].settings: work_mem has 2 values; allowed: one, or a list for",
        ),
        ({"settings": {"jit": "on", "JIT": "off"}}, "users[2].settings: a name is given twice"),
        ({"settings": {"work_mem": {"a": 1}}}, "users[2].settings"),
    ],
)
def test_wrong_fields_are_refused_with_place_and_cause(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError) as refused:
        with_user(username="u", **fields)
    assert any(problem.startswith(says) for problem in bare(refused.value)), refused.value.problems
    assert "hunter2" not in str(refused.value), "a password, put there by mistake"


def test_a_role_of_nobody_is_adopted_when_the_spec_says_so_and_loses_what_the_spec_does_not_give(
    ready: Database,
) -> None:
    run(
        ready,
        "master",
        "CREATE ROLE old LOGIN CREATEDB PASSWORD 'known' IN ROLE app_owner",
        "ALTER ROLE old SET work_mem = '1GB'",
        "CREATE ROLE team",
    )
    run(ready, "migrator", "GRANT ALL ON foo.event TO old")
    with pytest.raises(
        PlanError, match=r"role 'old' exists and was made by somebody else; .* or `adopt: true` beside it"
    ):
        converge(ready, with_user(username="old", grants=READS))
    wanted = with_user(username="old", adopt=True, grants=READS)
    converge(ready, wanted)
    assert allowed(ready, "old", "SELECT * FROM foo.event") and not allowed(ready, "old", "DELETE FROM foo.event")
    query = (
        "SELECT rolcreatedb, rolpassword IS NULL, rolconfig, pg_has_role(oid, 'app_owner', 'MEMBER') FROM "
        "pg_roles JOIN pg_authid USING (oid, rolname, rolcreatedb) WHERE rolname = 'old'"
    )
    query = query.replace("rolpassword", "pg_authid.rolpassword")
    assert run(ready, "rdsadmin", query) == [(False, True, None, False)]
    assert converge(ready, wanted).changes == 0
    assert converge(ready, with_user(username="old", grants=READS)).changes == 0


def test_a_role_of_another_owner_is_not_adopted(ready: Database) -> None:
    run(ready, "master", "CREATE ROLE theirs", "COMMENT ON ROLE theirs IS '[managed by another]'")
    with pytest.raises(PlanError, match="role 'theirs' exists and is managed by 'another'"):
        converge(ready, with_user(username="theirs", adopt=True))


def dropping(*names: str) -> Any:
    return spec(retired=[{"username": name, "drop": True} for name in names])


def exists(database: Database, role: str) -> bool:
    return run(database, "rdsadmin", f"SELECT count(*) FROM pg_roles WHERE rolname = '{role}'") == [(1,)]


def test_a_retired_role_is_dropped_only_when_the_spec_asks(ready: Database) -> None:
    converge(ready, with_user(username="leaver", grants=READS))
    converge(ready, spec(retired=[{"username": "leaver"}]))
    assert exists(ready, "leaver")
    converge(ready, dropping("leaver", "never_there"))
    assert not exists(ready, "leaver")
    assert converge(ready, dropping("leaver", "never_there")).changes == 0


def test_a_role_is_retired_and_dropped_in_one_run(ready: Database) -> None:
    converge(ready, with_user(username="leaver", grants=READS, settings=SETTINGS))
    converge(ready, dropping("leaver"))
    assert not exists(ready, "leaver")


@pytest.mark.parametrize(
    ("owned", "why"),
    [
        ("CREATE SCHEMA theirs AUTHORIZATION leaver", "owns objects in database app"),
        ("ALTER TABLE foo.event OWNER TO leaver", "owns objects in database app"),
        ("CREATE DATABASE second OWNER leaver", "owns database second"),
        ("GRANT CONNECT ON DATABASE postgres TO leaver", "has rights on database postgres"),
        (
            "ALTER TABLE foo.event ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON foo.event TO leaver",
            "is named in database app",
        ),
    ],
)
def test_a_role_that_owns_something_is_retired_but_stays_and_the_run_says_why(
    ready: Database, owned: str, why: str
) -> None:
    converge(ready, with_user(username="leaver", grants=READS))
    if "ALTER TABLE foo.event OWNER" in owned:
        run(ready, "rdsadmin", "CREATE SCHEMA other", "CREATE TABLE other.t ()", "ALTER TABLE other.t OWNER TO leaver")
    else:
        run(ready, "rdsadmin", *owned.split("; "))
    try:
        assert f"retired role 'leaver' is not dropped, it {why}" in "".join(
            converge(ready, dropping("leaver")).warnings
        )
        assert run(ready, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'") == [(False,)]
        assert converge(ready, dropping("leaver")).changes == 0
    finally:
        run(ready, "rdsadmin", "REVOKE ALL ON DATABASE postgres FROM leaver")


def test_rights_in_another_database_keep_a_role_until_a_run_there_takes_them(ready: Database) -> None:
    run(ready, "master", "CREATE DATABASE second")
    second = Database(ready.server, name="second")
    databases = [
        *spec().as_properties()["databases"],
        {"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]},
    ]
    users = [
        *spec().as_properties()["users"],
        {"username": "leaver", "grants": [*READS, {**READS[0], "database": "second"}]},
    ]
    wanted, without = (
        spec(databases=databases, users=users),
        spec(databases=databases, retired=[{"username": "leaver", "drop": True}]),
    )
    for database in (ready, second):
        converge(database, wanted)
    assert "it has rights in database second, has rights on database second" in "".join(
        converge(ready, without).warnings
    )
    assert not any(
        run(
            ready,
            "rdsadmin",
            "SELECT rolcanlogin OR pg_has_role(oid, 'rds_iam', 'MEMBER') FROM pg_roles WHERE rolname = 'leaver'",
        )[0]
    )
    converge(second, without)
    assert not exists(ready, "leaver")


def test_a_declared_role_can_not_be_retired() -> None:
    with pytest.raises(SpecError, match=r"retired\[0\].username \(migrator\): 'migrator' is still declared"):
        spec(retired=[{"username": "migrator", "drop": True}])


@pytest.mark.parametrize(
    ("right", "what"),
    [
        ("LARGE OBJECT 4711", "large object 4711"),
        ("FUNCTION pg_catalog.plpgsql_call_handler()", "function plpgsql_call_handler()"),
        ("LANGUAGE plpgsql", "language plpgsql"),
    ],
)
def test_a_right_that_no_run_takes_keeps_a_retired_role_and_is_the_reason(
    ready: Database, right: str, what: str
) -> None:
    converge(ready, with_user(username="leaver", databases=["app"]))
    run(ready, "rdsadmin", "SELECT lo_create(4711)")
    run(ready, "rdsadmin", f"GRANT {'SELECT' if 'LARGE' in right else 'ALL'} ON {right} TO leaver")
    summary = converge(ready, spec(retired=[{"username": "leaver", "drop": True}]))
    assert any("'leaver' is not dropped" in warning and what in warning for warning in summary.warnings), (
        summary.warnings
    )
    assert run(ready, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'") == [(False,)]
    run(ready, "rdsadmin", f"REVOKE ALL ON {right} FROM leaver", "SELECT lo_unlink(4711)")
    converge(ready, spec(retired=[{"username": "leaver", "drop": True}]))
    assert run(ready, "rdsadmin", "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'") == [(0,)]


def test_a_role_that_is_not_ours_is_never_dropped(ready: Database) -> None:
    run(ready, "master", "CREATE ROLE stranger")
    assert converge(ready, dropping("stranger")).changes == 0
    assert exists(ready, "stranger")


@pytest.mark.parametrize("drop", [False, True])
def test_the_sessions_of_a_retired_user_end_at_once(ready: Database, drop: bool) -> None:
    converge(ready, with_user(username="leaver", grants=READS))
    with ready.connect("leaver") as leaver, ready.connect("lambda_writer") as stayer:
        converge(ready, dropping("leaver") if drop else spec())
        with pytest.raises(psycopg.OperationalError, match="terminat"):
            leaver.execute("SELECT 1")
        assert stayer.execute("SELECT 1").fetchone() == (1,)


def test_a_delete_ends_the_sessions_of_all_users(ready: Database) -> None:
    with ready.connect("lambda_writer") as writer:
        remove(ready)
        with pytest.raises(psycopg.OperationalError, match="terminat"):
            writer.execute("SELECT 1")


def test_sessions_that_the_master_may_not_end_are_reported_and_the_user_is_retired(ready: Database) -> None:
    converge(ready, with_user(username="leaver", grants=READS))
    run(ready, "rdsadmin", "REVOKE rds_superuser FROM master")
    with ready.connect("leaver") as leaver:
        assert "open sessions of 'leaver' could not be ended: " in "".join(converge(ready).warnings)
        assert leaver.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            leaver.execute("SELECT * FROM foo.event")


def test_valid_until_is_read_whatever_its_value(ready: Database) -> None:
    converge(ready, with_user(username="u", auth_method="password", grants=READS))
    run(ready, "master", "ALTER ROLE u VALID UNTIL 'infinity'")
    assert converge(ready, with_user(username="u", auth_method="password", grants=READS)).changes == 0
    run(ready, "master", f"ALTER ROLE u VALID UNTIL '{datetime(2031, 1, 1)}'")
    with ready.superuser() as connection:
        before = fingerprint(connection)
        assert converge(ready, with_user(username="u", auth_method="password", grants=READS)).changes == 1
        assert fingerprint(connection) != before
    for until in ("-infinity", "4000-01-01 BC", "12001-01-01"):  # beyond what Python's datetime holds
        run(ready, "master", f"ALTER ROLE u VALID UNTIL '{until}'")
        assert converge(ready, with_user(username="u", auth_method="password", grants=READS)).changes == 1
        assert run(ready, "rdsadmin", "SELECT rolvaliduntil = 'infinity' FROM pg_roles WHERE rolname = 'u'") == [
            (True,)
        ]
