"""What real clients do through the proxy is recorded with whose session it was; a statement's values never are."""

import psycopg
import pytest

from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pin
from tests.rehearsal.endpoints.roles import USER
from tests.rehearsal.endpoints.world import World

WRITER = "arn:aws:sts::123456789012:assumed-role/writer/session"


def _pins(world: World) -> list[tuple[int, str]]:
    assert {(pin.user, pin.principal) for pin in world.pins.all()} <= {(USER, WRITER)}
    return [(pin.session, pin.by) for pin in world.pins.all()]


def test_each_interaction_of_a_session_is_recorded_once(world: World) -> None:
    for _ in range(2):
        with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
            for _ in range(2):
                connection.execute("SELECT set_config('app.tenant', %s, false)", ["a secret"])
                connection.execute("SET statement_timeout = 98765")
    expected = [(number, by) for number in (1, 2) for by in ("set_config()", "SET statement_timeout")]
    assert _pins(world) == expected
    assert "secret" not in repr(world.pins.all())
    assert "98765" not in repr(world.pins.all())


def test_a_client_that_keeps_to_transactions_pins_nothing(world: World) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("SELECT %s::text", ["SET x = 1; DISCARD ALL"])
    assert _pins(world) == []


def test_a_cursor_on_the_server_pins(world: World) -> None:
    connection = world.login(world.proxy, world.writer.token(world.proxy))
    with connection, connection.transaction(), connection.cursor("named") as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]
    assert _pins(world) == [(1, "DECLARE CURSOR")]


def test_statements_prepared_by_the_protocol_do_not_pin_but_psycopg_s_deallocate_does(world: World) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        for number in range(3):
            connection.execute("SELECT %s", [number], prepare=True)
        assert _pins(world) == []
        connection.execute("DEALLOCATE ALL")
    assert _pins(world) == [(1, "DEALLOCATE")]


def test_megabytes_pass_and_pin(world: World) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        text = "x" * 3_000_000
        assert connection.execute("SELECT %s::text", [text]).fetchone() == (text,)
        assert _pins(world) == []
        assert psycopg.ClientCursor(connection).execute("SELECT %s::text", [text]).fetchone() == (text,)
    assert _pins(world) == [(1, "a statement of more than 16 KB")]


def test_what_goes_straight_to_the_database_pins_nothing(world: World) -> None:
    with world.login(world.cluster, world.writer.token(world.cluster)) as connection:
        connection.execute("SET statement_timeout = 1000")
    assert _pins(world) == []


@pytest.mark.parametrize("count", [99, 300])
def test_a_session_has_no_more_than_a_hundred(world: World, count: int) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        connection.execute(";".join(f"SET a.b{number} = 1" for number in range(count)).encode())
    assert len(world.pins.all()) == min(count, 100)
    assert world.pins.all()[0] == Pin(USER, WRITER, 1, "SET a.b0")
