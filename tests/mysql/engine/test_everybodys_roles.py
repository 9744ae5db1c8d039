"""On MariaDB whoever administers a role of its own may give it to PUBLIC, which everybody is in, and the master can't take
it: that is told with the statement for who can, a proof doesn't hold where it reaches what is declared, and no run is kept
from the rest."""

from collections.abc import Iterator

import pytest

from db_access.errors import ProofError
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, fresh, rows

_READS, _INSERTS = grant("foo", access="read_only"), grant("foo", access="append_only")
GONE = user("gone", _READS)
BEFORE = spec(user("ann", _READS), user("bob", _READS), GONE)
AFTER = spec(
    user("ann", _INSERTS),
    user("bob", _READS),
    user("new", _INSERTS),
    acknowledged=[{"username": "dba", "reason": "on call"}],
)
INSERTS = frozenset({("INSERT", "foo.event")})
READS = frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
DELETES = frozenset({("DELETE", "bar.event")})
TAKING = {
    "PUBLIC": ("GRANT dbarole TO PUBLIC", "run REVOKE `dbarole` FROM `PUBLIC`"),
    "PUBLIC, to give on": ("GRANT dbarole TO PUBLIC WITH ADMIN OPTION", "run REVOKE `dbarole` FROM `PUBLIC`"),
    "a role of PUBLIC's": ("GRANT dbarole TO everybodys", "run REVOKE `dbarole` FROM `everybodys`"),
}


@pytest.fixture
def instance(mariadb: MariaDB) -> Iterator[Instance]:
    with fresh(mariadb) as made:
        tables(made)
        run(made, BEFORE)
        with made.superuser() as root:
            rows(root, "CREATE SCHEMA other")
            rows(root, "GRANT SELECT ON other.* TO PUBLIC")
            rows(root, "CREATE USER dba IDENTIFIED BY 'of the dba'")
            rows(root, "CREATE ROLE dbarole")
            rows(root, "GRANT dbarole TO dba WITH ADMIN OPTION")
        with made.connect() as master:
            rows(master, "CREATE ROLE everybodys")
            rows(master, "GRANT everybodys TO PUBLIC")
        yield made
        as_the_dba(made, "DROP ROLE dbarole", root=True)


def as_the_dba(instance: Instance, *statements: str, root: bool = False) -> None:
    with instance.superuser() if root else instance.server.log_in("dba", "of the dba") as session:
        for statement in statements:
            rows(session, statement)


@pytest.mark.parametrize("how", TAKING)
def test_rights_on_what_is_declared_are_told_and_no_proof_holds(instance: Instance, how: str) -> None:
    given, taken = TAKING[how]
    as_the_dba(instance, "GRANT DELETE ON bar.* TO dbarole", root=True)
    as_the_dba(instance, "SET ROLE dbarole", given)
    for _ in range(2):
        told = run(instance, AFTER)
        assert (can(instance, "ann"), can(instance, "bob")) == (INSERTS | DELETES, READS | DELETES)
        assert (can(instance, "new"), can(instance, "gone")) == (INSERTS | DELETES, None)
        seen = evidence(instance, AFTER)
        assert not seen.holds and seen.conflicts == ()
        for several in (told.warnings, seen.violations):
            (said,) = [one for one in several if "DELETE on `bar`.*, by role 'dbarole'" in one]
            assert all(f"'{name}'" in said for name in ("ann", "bob", "new"))
            assert taken in said and "'dba'@'%'" in said
    assert planned(instance, AFTER).plan == ()
    as_the_dba(instance, "SET ROLE dbarole", taken.removeprefix("run "))
    assert evidence(instance, AFTER).holds
    assert can(instance, "ann") == INSERTS


@pytest.mark.parametrize("how", TAKING)
def test_rights_elsewhere_are_told(instance: Instance, how: str) -> None:
    given, taken = TAKING[how]
    as_the_dba(instance, "GRANT DELETE ON other.* TO dbarole", root=True)
    as_the_dba(instance, "SET ROLE dbarole", given)
    told = run(instance, AFTER)
    assert (can(instance, "ann"), can(instance, "gone")) == (INSERTS, None)
    seen = evidence(instance, AFTER)
    assert seen.holds and planned(instance, AFTER).plan == ()
    for several in (told.warnings, seen.warnings):
        assert [one for one in several if "DELETE on `other`.*, by role 'dbarole'" in one and taken in one]


def test_what_the_master_can_take_from_everybody_is_in_the_way_as_ever(instance: Instance) -> None:
    as_the_dba(instance, "GRANT DELETE ON bar.* TO everybodys", root=True)
    with pytest.raises(ProofError, match=r"have DELETE on `bar`\.\*, by role 'everybodys', which PUBLIC has"):
        run(instance, AFTER)
    assert can(instance, "ann") == READS | DELETES
