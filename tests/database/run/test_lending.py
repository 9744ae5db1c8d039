"""A run lends the master what it needs, whatever memberships of its own the master has already."""

import pytest

from tests.conftest import Database
from tests.database.approval.worlds import BASE, CHANGES, by_hand, prepared
from tests.database.engine import converge, run

LESS = CHANGES["a user less"]


@pytest.mark.parametrize("inherit", ["TRUE", "FALSE"])
@pytest.mark.parametrize("set_", ["TRUE", "FALSE"])
def test_a_membership_that_the_master_gave_itself_is_no_obstacle(database: Database, inherit: str, set_: str) -> None:
    prepared(database, lambda spec: converge(database, spec))
    if run(database, "rdsadmin", "SELECT current_setting('server_version_num')::int < 160000") == [(True,)]:
        pytest.skip("a membership has no options of its own before PostgreSQL 16")
    by_hand(
        database,
        "ALTER TABLE foo.event OWNER TO reader",
        "SET ROLE master",
        f"GRANT reader TO master WITH INHERIT {inherit}, SET {set_}",
    )
    assert converge(database, LESS).changes > 0
    owner = run(database, "rdsadmin", "SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE relname = 'event'")
    assert owner == [("app_owner",)]
    assert converge(database, BASE).changes > 0
