"""Others create, drop and rename while a run is on: it reads again, and comes to an end."""

import pytest

from db_access.errors import ApplyError
from db_access.postgresql import apply
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, make_tables, run, spec, with_user

READER = {"username": "report", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}

MEANWHILE = {
    "a table is dropped": "DROP TABLE foo.event",
    "a table is renamed": "ALTER TABLE foo.event RENAME TO happening",
    "a table moves": "ALTER TABLE foo.event SET SCHEMA bar",
    "a function is dropped": "DROP FUNCTION foo.answer()",
    "a table is made": "CREATE TABLE foo.later (id bigserial); ALTER TABLE foo.later OWNER TO app_owner",
    "a sequence is made": "CREATE SEQUENCE foo.numbers; ALTER SEQUENCE foo.numbers OWNER TO app_owner",
}


@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_what_others_do_between_reading_and_granting_is_found_by_reading_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    converge(database)
    make_tables(database)
    execute = apply.execute
    done: list[object] = []

    def after_others(*arguments: object) -> None:
        if not done:
            done.append(run(database, "rdsadmin", *MEANWHILE[meanwhile].split("; ")))
        execute(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(apply, "execute", after_others)
    wanted = with_user(**READER)
    converge(database, wanted)
    assert done and converge(database, wanted).changes == 0


def test_what_is_missing_for_good_ends_the_run_soon(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[object] = []

    def in_vain(connection: object, statements: object) -> None:
        tries.append(statements)
        connection.execute("GRANT SELECT ON foo.never TO lambda_writer")  # type: ignore[attr-defined]

    monkeypatch.setattr(apply, "execute", in_vain)
    with pytest.raises(ApplyError, match=r"nothing was changed: .*\((42P01|3F000)\)"):
        converge(database)
    assert 1 < len(tries) < 12


def test_what_postgresql_makes_by_itself_belongs_to_nobody(database: Database) -> None:
    """A range type's constructors are the bootstrap superuser's, whoever makes the type."""
    converge(database)
    run(database, "migrator", "CREATE TYPE foo.r AS RANGE (subtype = float8)")
    executing = {
        **READER,
        "grants": [{"database": "app", "schemas": ["foo"], "functions": ["EXECUTE"], "types": ["USAGE"]}],
    }
    wanted = spec(users=[*SAMPLE.as_properties()["users"], executing])
    converge(database, wanted)
    assert converge(database, wanted).changes == 0
    assert run(database, "report", "SELECT foo.r(1, 2) IS NOT NULL") == [(True,)]
