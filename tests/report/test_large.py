"""A page about 500 users and 10,000 tables, on a real server: it stays one that a browser opens and a mail carries."""

from pathlib import Path

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import converge, run
from tests.report.command import report

SCHEMAS, TABLES, USERS = 100, 100, 500
MOST_BYTES = 1_000_000
PRESETS = ("read_write", "write_only", "append_only", "read_only")
_TABLES = """DO $$ BEGIN FOR i IN 1..{} LOOP EXECUTE format('CREATE TABLE {}.t%s (id int)', i); END LOOP; END $$"""


def schema(number: int) -> str:
    return f"s{number % SCHEMAS:03}"


def user(number: int) -> dict[str, object]:
    """Each with rights of its own, so that no two are alike."""
    groups = {f"readers_{schema(number)}", f"readers_{schema(number * 7 + number // SCHEMAS)}"}
    own = {schema(number * 3), schema(number // SCHEMAS)}
    grant = {"database": "app", "schemas": sorted(own), "access": PRESETS[number % 4]}
    return {"username": f"user_{number:03}", "groups": sorted(groups), "grants": [grant]}


def large() -> AccessSpec:
    names = [schema(number) for number in range(SCHEMAS)]
    read = [{"database": "app", "schemas": [name], "access": "read_only"} for name in names]
    return AccessSpec.parse(
        {
            "managed_by": "keyless-aurora",
            "databases": [{"name": "app", "schemas": [{"name": name, "owner": f"owner_{name}"} for name in names]}],
            "groups": [{"name": f"readers_{g['schemas'][0]}", "grants": [g]} for g in read],
            "users": [user(number) for number in range(USERS)],
        }
    )


def test_a_page_about_500_users_and_10_000_tables_is_under_one_megabyte(database: Database, tmp_path: Path) -> None:
    names = [schema(number) for number in range(SCHEMAS)]
    run(database, "master", *(f"CREATE SCHEMA {name}" for name in names))
    run(database, "master", *(_TABLES.format(TABLES, name) for name in names))
    wanted = large()
    converge(database, wanted)
    config, page = tmp_path / "access.json", tmp_path / "report.html"
    config.write_text(wanted.model_dump_json(exclude_defaults=True))
    answer = report(database, "--config", config, "--managed-by", "keyless-aurora", "--to", page)
    assert answer.returncode == 0, answer.stderr
    text = page.read_text(encoding="utf-8")
    assert len(text.encode()) < MOST_BYTES
    assert [number for number in range(USERS) if f"<bdi>user_{number:03}</bdi>" not in text] == []
    assert all(f"{TABLES} tables in {name}" in text for name in names)
