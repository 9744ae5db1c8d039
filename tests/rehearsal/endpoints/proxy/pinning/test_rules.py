"""AWS's list of what pins a session of PostgreSQL's, and what doesn't, however it is written."""

import pgparse
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.rehearsal.endpoints.proxy.pinning.conversation import Statement
from keyless.rehearsal.endpoints.proxy.pinning.rules import MOST_BYTES, pins

PIN = {
    "SET search_path TO foo": ["SET search_path"],
    "/* a */ set\n search_path = 'SELECT'": ["SET search_path"],
    "SET LOCAL statement_timeout = 1": ["SET LOCAL statement_timeout"],
    "SET app.tenant = 'secret'": ["SET app.tenant"],
    "SET TIME ZONE 'UTC'": ["SET timezone"],
    "SET x TO DEFAULT": ["SET x"],
    "SET ROLE somebody": ["SET role"],
    "SET TRANSACTION READ ONLY": ["SET TRANSACTION"],
    "SET CONSTRAINTS ALL DEFERRED": ["SET CONSTRAINTS"],
    "RESET x": ["RESET x"],
    "RESET ALL": ["RESET ALL"],
    "SELECT set_config('a', 'secret', true)": ["set_config()"],
    "SELECT * FROM pg_catalog.set_config('a', 'secret', false)": ["set_config()"],
    "PREPARE secret AS SELECT 1": ["PREPARE"],
    "EXECUTE secret(1)": ["EXECUTE"],
    "EXPLAIN EXECUTE secret": ["EXECUTE"],
    "CREATE TABLE a AS EXECUTE secret": ["EXECUTE"],
    "DEALLOCATE ALL": ["DEALLOCATE"],
    "DISCARD ALL": ["DISCARD"],
    "DISCARD TEMP": ["DISCARD"],
    "CREATE TEMP TABLE secret (a int)": ["CREATE TEMPORARY TABLE"],
    "CREATE TABLE pg_temp.secret (a int)": ["CREATE TEMPORARY TABLE"],
    "CREATE TEMPORARY TABLE IF NOT EXISTS secret AS SELECT 1": ["CREATE TEMPORARY TABLE"],
    "SELECT 1 INTO TEMP secret": ["CREATE TEMPORARY TABLE"],
    "CREATE TEMP VIEW secret AS SELECT 1": ["CREATE TEMPORARY VIEW"],
    "CREATE TEMP SEQUENCE secret": ["CREATE TEMPORARY SEQUENCE"],
    "DECLARE secret CURSOR WITH HOLD FOR SELECT 1": ["DECLARE CURSOR"],
    'LISTEN "secret"': ["LISTEN"],
    "LOAD 'auto_explain'": ["LOAD"],
    "SELECT nextval('secret')": ["nextval()"],
    "INSERT INTO a VALUES (1 + nextval('secret'))": ["nextval()"],
    "WITH x AS (SELECT setval('secret', 1)) SELECT * FROM x": ["setval()"],
    "SELECT CASE WHEN true THEN (SELECT lastval()) END": ["lastval()"],
    "COPY (SELECT currval('secret')) TO STDOUT": ["currval()"],
    "CALL p(nextval('secret'))": ["nextval()"],
    "SELECT pg_advisory_lock(1)": ["pg_advisory_lock()"],
    "SELECT pg_try_advisory_lock_shared(1, 2)": ["pg_try_advisory_lock_shared()"],
    "SELECT pg_advisory_unlock_all()": ["pg_advisory_unlock_all()"],
    "BEGIN; SET x = 1; SELECT nextval('secret'); COMMIT": ["SET x", "nextval()"],
}
DOES_NOT = (
    "",
    "SELECT 1",
    "SELECT 'SET x = 1; DISCARD ALL', \"nextval\" FROM a -- nextval('s')",
    "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
    "SHOW search_path",
    "SELECT pg_advisory_xact_lock(1), pg_advisory_xact_lock_shared(1)",
    "SELECT pg_try_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(1)",
    "SELECT app.nextval(1), current_setting('x')",
    "CALL anything(1)",
    "DO $$ BEGIN PERFORM nextval('s'); END $$",
    "CREATE TABLE a (b int DEFAULT nextval('s'))",
    "CREATE VIEW a AS SELECT nextval('s')",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET x = 1 BEGIN ATOMIC SELECT nextval('s'); END",
    "ALTER ROLE a SET search_path = b",
    "CREATE UNLOGGED TABLE a (b int)",
    "NOTIFY a",
    "FETCH 1 FROM a",
    "not SQL at all: SET x = 1",
    "SET x = 1; neither is this",
)


def _of(text: str) -> list[str]:
    return list(pins(Statement(text, len(text.encode()))))


@pytest.mark.parametrize("text", PIN)
def test_what_aws_lists_is_named_without_a_value(text: str) -> None:
    assert sorted(_of(text)) == sorted(PIN[text])
    assert "secret" not in str(_of(text))


@pytest.mark.parametrize("text", DOES_NOT)
def test_what_aws_does_not_list_is_none(text: str) -> None:
    assert _of(text) == []


def test_a_text_of_more_than_16_kb_pins_whatever_it_is() -> None:
    fits = "SELECT 1".ljust(MOST_BYTES)
    assert _of(fits) == []
    assert _of(f"{fits} ") == ["a statement of more than 16 KB"]


@pytest.mark.parametrize(
    "text", [f"SELECT {'(' * 8000}1{')' * 8000}", f"SELECT 1{'+1' * 8000}", f"SELECT {'(' * 8000}"]
)
def test_no_depth_breaks_it(text: str) -> None:
    assert _of(text) == []


@given(st.text(max_size=50), st.sampled_from(sorted(PIN)))
def test_any_text_is_taken(text: str, known: str) -> None:
    for each in (text, f"{known}{text}", f"{text}{known}"):
        found = _of(each)
        assert not found or pgparse.parse(each)
