"""What `keyless doctor` counts of a limit is what PostgreSQL counts: sessions, and not the processes that help them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from keyless.doctor.database import catalog
from tests.conftest import Database
from tests.database.engine import major, run

PATIENCE_SECONDS = 30
WORKERS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker' AND usename = 'busy'"


def test_a_parallel_query_takes_one_connection(database: Database) -> None:
    run(database, "rdsadmin", "CREATE ROLE busy LOGIN CONNECTION LIMIT 2", "GRANT CONNECT ON DATABASE app TO busy")
    forced = "debug_parallel_query" if major(database) > 15 else "force_parallel_mode"
    with database.connect("busy") as session, database.superuser() as inside, ThreadPoolExecutor(1) as background:
        before = catalog.room(inside).sessions
        session.execute(f"SET {forced} = on".encode())
        running = background.submit(session.execute, "SELECT pg_sleep(600)")
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while inside.execute(WORKERS).fetchone() == (0,):
                assert time.monotonic() < deadline and not running.done(), "there is no worker"
                time.sleep(0.05)
            role, there = catalog.role(inside, "busy"), catalog.database(inside, "app", "busy")
            assert role is not None and there is not None
            assert (role.sessions, there.sessions) == (1, 1)
            assert catalog.room(inside).sessions == before
        finally:
            session.cancel_safe()
            assert running.exception(PATIENCE_SECONDS) is not None


@pytest.mark.parametrize(("until", "expired"), [("infinity", False), ("-infinity", True), ("0044-03-15 BC", True)])
def test_an_end_that_python_has_no_word_for_is_read(database: Database, until: str, expired: bool) -> None:
    run(database, "rdsadmin", f"CREATE ROLE ends LOGIN VALID UNTIL '{until}'")
    with database.superuser() as inside:
        found = catalog.role(inside, "ends")
    assert found is not None and found.expired is expired
