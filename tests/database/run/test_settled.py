"""What a session of the engine's starts with stays, whatever comes of its transactions."""

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from db_access.postgresql.session import OPTIONS, settle
from tests.conftest import Database


@pytest.mark.parametrize("autocommit", [False, True])
def test_settings_begin_no_transaction_and_outlive_a_rollback(database: Database, autocommit: bool) -> None:
    """In one that it began, the database's owner could have the session ended before its first statement."""
    with psycopg.connect(database.master_conninfo, autocommit=autocommit) as connection:
        settle(connection)
        assert (connection.info.transaction_status, connection.autocommit) == (TransactionStatus.IDLE, autocommit)
        connection.rollback()
        assert connection.execute("SHOW search_path").fetchone() == ("pg_catalog, pg_temp",)


def test_settings_in_a_transaction_that_goes_on_leave_it_on(database: Database) -> None:
    with psycopg.connect(database.master_conninfo, options=OPTIONS) as connection:
        connection.execute("SELECT 1")
        settle(connection)
        assert connection.info.transaction_status is TransactionStatus.INTRANS
