"""The mark on a role counts only where the engine could have written it: nobody's role is handed to it, or taken by it."""

import pytest

from tests.conftest import MASTER, Database
from tests.database.engine import converge, fingerprint, run

MARK = "[managed by keyless-aurora]"


@pytest.mark.parametrize("role", [MASTER, "rds_superuser", "rds_iam", "pg_monitor", "rdsadmin"])
def test_a_forged_mark_on_a_role_that_cannot_be_ours_is_nothing_to_the_engine(database: Database, role: str) -> None:
    converge(database)
    run(database, "rdsadmin", f"COMMENT ON ROLE {role} IS 'x {MARK}'")
    with database.superuser() as connection:
        before = fingerprint(connection)
    assert converge(database).changes == 0
    with database.superuser() as connection:
        assert fingerprint(connection) == before
        connection.execute(f"COMMENT ON ROLE {role} IS NULL".encode())
