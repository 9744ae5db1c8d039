"""What a statement may leave on its session is seen in its text; what ends with the transaction is not taken for it."""

import pytest

from keyless_client.watching import _LASTING


@pytest.mark.parametrize(
    "statement",
    [
        "SET search_path = evil",
        "  set session role other",
        "/* app:shop */ SET app.tenant = 'a'",
        "-- who\nSET app.tenant = 'a'",
        "SELECT 1; SET app.tenant = 'a'",
        "SELECT 1; /* a */ -- b\n RESET ALL",
        "SELECT set_config('app.tenant', 'a', false)",
        "SELECT pg_catalog.set_config ('app.tenant', %s, %s)",
        "SELECT set_config('a', 'b', false), set_config('c', 'd', true)",
        "SELECT set_config('a', 'b', true), set_config('c', 'd', false)",
        "CREATE TEMP TABLE t ()",
        "SELECT * INTO TEMPORARY t FROM u",
        "LISTEN news",
        "SELECT pg_try_advisory_lock(1)",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "PREPARE p AS SELECT 1",
        "DO 'BEGIN END'",
        "CALL act()",
        "LOAD 'auto_explain'",
        """SELECT "set_config"('app.tenant', 'a', false)""",
        "SELECT set_config/* now */('app.tenant', 'a', false)",
        "SELECT set_config('app.tenant', 'a, true)', false)",
        "SELECT set_config('app.tenant', 'it''s, true)', false)",
        "SELECT set_config('app.tenant', concat('a', true), false)",
        "SELECT set_config('app.tenant', %s, %s)",
        """SELECT U&"set\\005fconfig"('app.tenant', 'a', false)""",
        "UPDATE pg_settings SET setting = 'evil' WHERE name = 'search_path'",
        "SET local.tenant = 'a'",
        "SET transaction . tenant TO 'a'",
        "SET constraints.tenant = 'a'",
        "SET /* LOCAL */ search_path = evil",
        "SET -- LOCAL\n search_path = evil",
        "CREATE VIEW pg_temp_3.v AS SELECT 1",
        "SELECT dblink_connect('a', 'b')",
    ],
)
def test_what_lasts_is_seen(statement: str) -> None:
    assert _LASTING.search(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "UPDATE t SET a = 1",
        "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2",
        "SET LOCAL app.tenant = 'a'",
        "SET /* for now */ LOCAL app.tenant = 'a'",
        "SELECT set_config('app.tenant', 'it''s', true), set_config(%(name)s, tenant.id, true)",
        "BEGIN; SET TRANSACTION READ ONLY",
        "SET CONSTRAINTS ALL DEFERRED",
        "SELECT set_config('app.tenant', %s, true)",
        "SELECT set_config('app.tenant', 'a', TRUE )",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT settings FROM temperature",
    ],
)
def test_what_ends_with_the_transaction_costs_no_login(statement: str) -> None:
    assert not _LASTING.search(statement)
