"""Objects whose code would run if a probe's statements carried anything out, or only planned it: functions that count
their calls, in every place where a table has code, and marked IMMUTABLE, so that the planner runs them itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import psycopg

from tests.conftest import Database

MADE: Final[LiteralString] = """
CREATE ROLE keeper;
CREATE ROLE somebody LOGIN;
CREATE SCHEMA lair AUTHORIZATION keeper;
SET ROLE keeper;
CREATE SEQUENCE lair.drawn;
CREATE FUNCTION lair.as_default() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION lair.as_check(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION lair.as_generated(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE FUNCTION lair.as_policy(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION lair.as_index(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE FUNCTION lair.as_predicate(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION lair.as_statistics(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE FUNCTION lair.as_key(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE FUNCTION lair.as_rule(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE FUNCTION lair.as_view(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
CREATE FUNCTION lair.as_volatile() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN nextval('lair.drawn'); END $$;
CREATE FUNCTION lair.as_operator(int, int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN true; END $$;
CREATE FUNCTION lair.as_trigger() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN PERFORM nextval('lair.drawn'); RETURN NULL; END $$;
CREATE OPERATOR lair.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = lair.as_operator);
CREATE DOMAIN lair.odd AS int CHECK (lair.as_check(1));
CREATE DOMAIN lair.given AS int DEFAULT lair.as_default();
CREATE TYPE lair.pair AS (a lair.odd, b int);

CREATE TABLE lair.by_check (id int PRIMARY KEY, CHECK (lair.as_check(1)), CHECK (lair.as_check(id)));
CREATE TABLE lair.by_default (id int PRIMARY KEY, n int DEFAULT lair.as_default(), m int DEFAULT lair.as_volatile());
CREATE TABLE lair.by_domain (id lair.odd, n lair.given, p lair.pair);
CREATE TABLE lair.by_generated (id int PRIMARY KEY, n int GENERATED ALWAYS AS (lair.as_generated(1)) STORED);
CREATE TABLE lair.by_index (id int PRIMARY KEY);
CREATE INDEX ON lair.by_index ((lair.as_index(1)));
CREATE INDEX ON lair.by_index (id) WHERE lair.as_predicate(1);
CREATE TABLE lair.by_operator (id int PRIMARY KEY, n boolean DEFAULT (1 OPERATOR(lair.===) 2));
CREATE TABLE lair.by_parent (id int);
CREATE TABLE lair.by_child (CHECK (lair.as_check(1))) INHERITS (lair.by_parent);
CREATE INDEX ON lair.by_child ((lair.as_index(1)));
CREATE TABLE lair.by_partition (id int) PARTITION BY RANGE ((id + lair.as_key(1)));
CREATE TABLE lair.by_partitioned (id int) PARTITION BY RANGE (id);
CREATE TABLE lair.part PARTITION OF lair.by_partitioned FOR VALUES FROM (0) TO (10);
CREATE INDEX ON lair.part ((lair.as_index(1)));
CREATE TABLE lair.by_policy (id int PRIMARY KEY);
ALTER TABLE lair.by_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON lair.by_policy USING (lair.as_policy(1)) WITH CHECK (lair.as_policy(1));
CREATE TABLE lair.by_rule (id int PRIMARY KEY);
CREATE RULE also AS ON DELETE TO lair.by_rule DO ALSO SELECT lair.as_rule(1);
CREATE RULE instead AS ON INSERT TO lair.by_rule DO INSTEAD SELECT lair.as_rule(1);
CREATE TABLE lair.by_statistics (id int PRIMARY KEY, n int);
CREATE STATISTICS lair.counted ON (lair.as_statistics(1)), n FROM lair.by_statistics;
CREATE TABLE lair.by_trigger (id bigserial PRIMARY KEY, n int);
CREATE TRIGGER saw BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON lair.by_trigger
    FOR EACH STATEMENT EXECUTE FUNCTION lair.as_trigger();
CREATE VIEW lair.by_view AS SELECT lair.as_view(1), lair.as_volatile() FROM lair.by_check;
CREATE VIEW lair.by_plain_view AS SELECT id FROM lair.by_index;
CREATE MATERIALIZED VIEW lair.by_matview AS SELECT id FROM lair.by_index;
INSERT INTO lair.by_trigger (n) VALUES (1), (2);
RESET ROLE;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE lair.by_server (id int) SERVER nowhere;
CREATE FUNCTION lair.as_event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER saw_command ON ddl_command_start EXECUTE FUNCTION lair.as_event();
GRANT USAGE, CREATE ON SCHEMA lair TO somebody;
GRANT ALL ON ALL TABLES IN SCHEMA lair TO somebody;
GRANT ALL ON ALL SEQUENCES IN SCHEMA lair TO somebody;
ALTER DATABASE app SET track_functions = 'all'
"""
GONE: Final[LiteralString] = """
DROP EVENT TRIGGER saw_command;
DROP FOREIGN DATA WRAPPER nowhere CASCADE
"""
_CALLED: Final[LiteralString] = """
SELECT proname, pg_stat_get_function_calls(oid) FROM pg_proc WHERE pronamespace = 'lair'::regnamespace ORDER BY 1
"""
_THERE: Final[LiteralString] = "SELECT FROM pg_stat_activity WHERE usename = 'somebody'"


@contextmanager
def made(database: Database) -> Iterator[None]:
    """What belongs to the server is dropped afterwards."""
    with database.superuser() as superuser:
        superuser.execute(MADE)
    yield
    with database.superuser() as superuser:
        superuser.execute(GONE)


def called(database: Database, *sessions: "psycopg.Connection[Any]") -> dict[str, int]:
    """How often each function was called, told by PostgreSQL when a session ends: `sessions` are ended here."""
    for session in sessions:
        session.close()
    with database.superuser() as superuser:
        while superuser.execute(_THERE).fetchall():
            time.sleep(0.05)
        return {name: calls for name, calls in superuser.execute(_CALLED).fetchall() if calls}
