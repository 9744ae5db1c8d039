"""The statement for each kind of change, and what is refused rather than guessed."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    ClearPassword,
    Configure,
    CreateDatabase,
    CreateRole,
    CreateSchema,
    DescribeRole,
    DropRole,
    EndLogin,
    Grant,
    GrantDefault,
    GrantRole,
    LendRole,
    OwnObject,
    OwnSchema,
    ReturnRole,
    Revoke,
    RevokeDefault,
    RevokeRole,
    SetPassword,
    Target,
)
from db_access.plan.privileges import PUBLIC, DefaultKey, Kind, Privilege
from db_access.plan.roles import Role
from db_access.postgresql import ddl
from db_access.postgresql.ddl.names import PRIVILEGES
from db_access.postgresql.state import Routine

ENDS = datetime(2031, 1, 1, tzinfo=UTC)
F = Routine.of("f(integer, foo.e)", "f", [("pg_catalog", "int4"), ("foo", "e")])
SELECT, INSERT, EXECUTE, USAGE = Privilege.SELECT, Privilege.INSERT, Privilege.EXECUTE, Privilege.USAGE
T, KEY = Target(Kind.TABLE, "foo", ("t", "x")), Target(Kind.TABLE, "foo", ("t",), ("id", "day"))

STATEMENTS: list[tuple[Change, str]] = [
    (CreateDatabase("app", reason=""), 'CREATE DATABASE "app"'),
    (CreateRole(Role("u"), reason=""), 'CREATE ROLE "u" NOLOGIN INHERIT CONNECTION LIMIT -1'),
    (
        CreateRole(Role("u", login=True, inherit=False, connection_limit=7, valid_until=ENDS), reason=""),
        "CREATE ROLE \"u\" LOGIN NOINHERIT CONNECTION LIMIT 7 VALID UNTIL '2031-01-01T00:00:00+00:00'",
    ),
    (
        AlterRole(Role("u"), ("CREATEDB", "SUPERUSER"), never_expires=True, reason=""),
        "ALTER ROLE \"u\" NOLOGIN INHERIT CONNECTION LIMIT -1 NOCREATEDB NOSUPERUSER VALID UNTIL 'infinity'",
    ),
    (
        DescribeRole(Role("u", description="reads", managed_by="ours", password_version="1"), reason=""),
        "COMMENT ON ROLE \"u\" IS 'reads [password 1] [managed by ours]'",
    ),
    (ActAs("u", "app", "owner", reason=""), 'ALTER ROLE "u" IN DATABASE "app" SET role = \'owner\''),
    (ActAs("u", "app", None, reason=""), 'ALTER ROLE "u" IN DATABASE "app" RESET role'),
    (Configure("u", "work_mem", ("4MB",), reason=""), 'ALTER ROLE "u" SET "work_mem" = \'4MB\''),
    (Configure("u", "search_path", ("a", "b c"), reason=""), "ALTER ROLE \"u\" SET \"search_path\" = 'a', 'b c'"),
    (Configure("u", "app.tenant", None, "app", reason=""), 'ALTER ROLE "u" IN DATABASE "app" RESET "app"."tenant"'),
    (SetPassword("u", "1", reason=""), 'ALTER ROLE "u" PASSWORD <redacted>'),
    (ClearPassword("u", reason=""), 'ALTER ROLE "u" PASSWORD NULL'),
    (DropRole("u", reason=""), 'DROP ROLE "u"'),
    (GrantRole("g", "u", reason=""), 'GRANT "g" TO "u"'),
    (
        GrantRole("g", "u", inherit=False, set=True, admin=True, reason=""),
        'GRANT "g" TO "u" WITH ADMIN OPTION, INHERIT FALSE, SET TRUE',
    ),
    (GrantRole("g", "u", inherit=True, set=False, reason=""), 'GRANT "g" TO "u" WITH INHERIT TRUE, SET FALSE'),
    (RevokeRole("g", "u", reason=""), 'REVOKE "g" FROM "u"'),
    (RevokeRole("g", "u", admin_only=True, reason=""), 'REVOKE ADMIN OPTION FOR "g" FROM "u"'),
    (LendRole("u", "master", reason=""), 'GRANT "u" TO "master"'),
    (LendRole("u", "master", options=True, reason=""), 'GRANT "u" TO "master" WITH INHERIT TRUE, SET TRUE'),
    (ReturnRole("u", "master", reason=""), 'REVOKE "u" FROM "master"'),
    (CreateSchema("foo", "owner", reason=""), 'CREATE SCHEMA "foo" AUTHORIZATION "owner"'),
    (OwnSchema("foo", "owner", reason=""), 'ALTER SCHEMA "foo" OWNER TO "owner"'),
    (OwnObject(Kind.TABLE, "foo", "t", "owner", reason=""), 'ALTER TABLE "foo"."t" OWNER TO "owner"'),
    (OwnObject(Kind.SEQUENCE, "foo", "s", "owner", reason=""), 'ALTER TABLE "foo"."s" OWNER TO "owner"'),
    (OwnObject(Kind.TYPE, "foo", "e", "owner", reason=""), 'ALTER TYPE "foo"."e" OWNER TO "owner"'),
    (
        OwnObject(Kind.FUNCTION, "foo", F, "owner", reason=""),
        'ALTER ROUTINE "foo"."f"(IN "pg_catalog"."int4", IN "foo"."e") OWNER TO "owner"',
    ),
    (
        Grant(T, (INSERT, SELECT), ("u", PUBLIC), reason=""),
        'GRANT INSERT, SELECT ON TABLE "foo"."t", "foo"."x" TO "u", PUBLIC',
    ),
    (
        Grant(KEY, (SELECT, INSERT), ("u",), reason=""),
        'GRANT SELECT ("id", "day"), INSERT ("id", "day") ON TABLE "foo"."t" TO "u"',
    ),
    (
        Grant(Target(Kind.DATABASE, None, ("app",)), (Privilege.CONNECT,), ("u",), reason=""),
        'GRANT CONNECT ON DATABASE "app" TO "u"',
    ),
    (EndLogin("u", forget_password=False, reason=""), 'ALTER ROLE "u" NOLOGIN'),
    (EndLogin("u", forget_password=True, reason=""), 'ALTER ROLE "u" NOLOGIN PASSWORD NULL'),
    (Grant(Target(Kind.SCHEMA, "foo", ("foo",)), (USAGE,), ("u",), reason=""), 'GRANT USAGE ON SCHEMA "foo" TO "u"'),
    (
        Grant(Target(Kind.SEQUENCE, "foo", ("s",)), (USAGE,), ("u",), reason=""),
        'GRANT USAGE ON SEQUENCE "foo"."s" TO "u"',
    ),
    (Grant(Target(Kind.TYPE, "foo", ("e",)), (USAGE,), ("u",), reason=""), 'GRANT USAGE ON TYPE "foo"."e" TO "u"'),
    (
        Revoke(Target(Kind.FUNCTION, "foo", (F,)), (EXECUTE,), (PUBLIC,), reason=""),
        'REVOKE EXECUTE ON ROUTINE "foo"."f"(IN "pg_catalog"."int4", IN "foo"."e") FROM PUBLIC',
    ),
    (
        Revoke(T, (SELECT,), ("u",), option_only=True, reason=""),
        'REVOKE GRANT OPTION FOR SELECT ON TABLE "foo"."t", "foo"."x" FROM "u"',
    ),
    (
        GrantDefault(DefaultKey("owner", "foo", Kind.TABLE), (SELECT,), ("u",), reason=""),
        'ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA "foo" GRANT SELECT ON TABLES TO "u"',
    ),
    (
        RevokeDefault(DefaultKey("owner", None, Kind.FUNCTION), (EXECUTE,), (PUBLIC,), reason=""),
        'ALTER DEFAULT PRIVILEGES FOR ROLE "owner" REVOKE EXECUTE ON ROUTINES FROM PUBLIC',
    ),
    (
        RevokeDefault(DefaultKey("owner", "foo", Kind.SEQUENCE), (USAGE,), ("u",), option_only=True, reason=""),
        'ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA "foo" REVOKE GRANT OPTION FOR USAGE ON SEQUENCES FROM "u"',
    ),
    (
        GrantDefault(DefaultKey("owner", "foo", Kind.TYPE), (USAGE,), ("u",), reason=""),
        'ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA "foo" GRANT USAGE ON TYPES TO "u"',
    ),
    (
        RevokeDefault(DefaultKey("owner", None, Kind.SCHEMA), (USAGE,), (PUBLIC,), reason=""),
        'ALTER DEFAULT PRIVILEGES FOR ROLE "owner" REVOKE USAGE ON SCHEMAS FROM PUBLIC',
    ),
]


@pytest.mark.parametrize(("change", "statement"), STATEMENTS, ids=[text for _, text in STATEMENTS])
def test_a_change_has_its_statement(change: Change, statement: str) -> None:
    assert " ".join(ddl.text(change).split()) == statement


def test_every_kind_of_change_has_a_statement_here() -> None:
    assert {type(change) for change, _ in STATEMENTS} == set(get_args(Change))


def test_every_privilege_is_written_as_postgresql_calls_it() -> None:
    assert {privilege: PRIVILEGES[privilege].as_string(None) for privilege in PRIVILEGES} == {
        privilege: str(privilege) for privilege in Privilege
    }


def test_names_are_quoted_whatever_is_in_them() -> None:
    assert ddl.text(GrantRole('a"b', "c;d --", reason="")) == 'GRANT "a""b" TO "c;d --"'
    assert "it''s [managed by x]" in ddl.text(DescribeRole(Role("u", description="it's", managed_by="x"), reason=""))


IMPOSSIBLE: list[tuple[Change, str]] = [
    (OwnObject(Kind.DATABASE, "foo", "app", "owner", reason=""), "database 'app' is not in a schema"),
    (OwnObject(Kind.SCHEMA, "foo", "foo", "owner", reason=""), "schema 'foo' is not in a schema"),
    (OwnObject(Kind.FUNCTION, "foo", "f()", "owner", reason=""), "function 'f\\(\\)' is not from a catalog"),
    (Grant(Target(Kind.FUNCTION, "foo", ("f()",)), (EXECUTE,), ("u",), reason=""), "function 'f\\(\\)' is not from a"),
    *(
        (Grant(Target(kind, None, ("t", "x")), (SELECT,), ("u",), reason=""), f"{kind} 't', 'x' has no schema")
        for kind in (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE)
    ),
    (
        GrantDefault(DefaultKey("owner", None, Kind.DATABASE), (Privilege.CONNECT,), ("u",), reason=""),
        "there are no default privileges on databases",
    ),
]


@pytest.mark.parametrize(("change", "message"), IMPOSSIBLE, ids=[message for _, message in IMPOSSIBLE])
def test_what_cannot_be_named_is_an_error_and_never_a_shorter_statement(change: Change, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        ddl.statement(change)
