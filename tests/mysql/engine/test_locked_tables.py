"""Whoever keeps a table locked vetoes nothing for others: users of the spec have their sessions ended, others are named."""

import pytest

from db_access.errors import AccessError
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, run, spec, user
from tests.mysql.engine.test_sessions import lives
from tests.mysql.servers import Instance, rows

OWNER = user("maker", grant("foo", access="owner"))
READS = user("reads", grant("bar", access="read_only"))
BEFORE = spec(OWNER, READS, user("worker", grant("foo", access="read_write")))
THEN = spec(OWNER, READS, user("worker", grant("foo", access="append_only", key_columns=["id"])))


def test_an_owner_that_stays_vetoes_nobody_elses_change(instance: Instance) -> None:
    tables(instance)
    run(instance, BEFORE)
    with instance.log_in("maker") as owner, instance.log_in("reads") as other:
        rows(owner, "LOCK TABLES foo.event WRITE")
        run(instance, THEN)
        assert not lives(owner)
        assert lives(other)
    assert evidence(instance, THEN).holds
    assert can(instance, "worker") == frozenset({("INSERT", "foo.event"), ("key", "foo.event")})


def test_a_strangers_lock_is_named_or_how_to_find_it(instance: Instance) -> None:
    tables(instance)
    run(instance, BEFORE)
    with instance.superuser() as root:
        rows(root, "CREATE USER stranger IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL")
        rows(root, "GRANT SELECT, LOCK TABLES ON foo.* TO stranger")
    with instance.log_in("stranger") as stranger:
        rows(stranger, "LOCK TABLES foo.event WRITE")
        with pytest.raises(AccessError) as refused:
            run(instance, THEN)
        assert lives(stranger)
    if instance.is_mariadb:
        assert "SHOW FULL PROCESSLIST" in str(refused.value)
    else:
        assert f"session {stranger.thread_id()} of 'stranger', on table foo.event" in str(refused.value)
    run(instance, THEN)
