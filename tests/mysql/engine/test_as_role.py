"""On MariaDB an owner may make what runs as the engine's role (DEFINER=CURRENT_ROLE): it ends with its maker's access,
though others have the same rights, and comes back with nobody's. It is told."""

import pymysql
import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, fresh, rows

_ALL = grant("foo", "bar", access="owner")
CALLER = user("caller", grant("foo", functions=["EXECUTE"]))
COLLEAGUE = user("colleague", _ALL)
BOTH = spec(user("maker", _ALL), COLLEAGUE, CALLER)
_ROUTINE, _EVENT = (
    "CREATE DEFINER=CURRENT_ROLE PROCEDURE foo.made() INSERT INTO bar.event (id, v) VALUES (NULL, 1)",
    "CREATE DEFINER=CURRENT_ROLE EVENT foo.made ON SCHEDULE EVERY 1 DAY DO DELETE FROM bar.event",
)
MADE = {"all": (_ROUTINE, _EVENT), "routine": (_ROUTINE,), "event": (_EVENT,)}
LEAVING: dict[str, AccessSpec] = {
    "disabled": spec(user("maker", _ALL, enabled=False), COLLEAGUE, CALLER),
    "retired": spec(COLLEAGUE, CALLER),
    "dropped": spec(COLLEAGUE, CALLER, retired=[{"username": "maker", "drop": True}]),
    "narrowed": spec(user("maker", grant("foo", access="owner")), COLLEAGUE, CALLER),
}


@pytest.fixture(params=["all", "routine", "event"])
def instance(mariadb: MariaDB, request: pytest.FixtureRequest) -> object:
    """The server has two ways to write a role that is a definer: each by itself, too."""
    with fresh(mariadb) as made:
        tables(made)
        with made.superuser() as root:
            rows(root, "ALTER TABLE bar.event MODIFY id INT AUTO_INCREMENT")
        run(made, BOTH)
        with made.log_in("maker") as maker:
            for statement in MADE[request.param]:
                rows(maker, statement)
        yield made


def works(instance: Instance) -> bool:
    """For who has nothing in bar."""
    with instance.log_in("caller") as caller:
        try:
            rows(caller, "CALL foo.made()")
        except pymysql.err.MySQLError as error:
            assert error.args[0] in (1142, 1305, 1370, 1449), error
            return False
    return True


def test_it_is_told_while_its_maker_is_there_and_goes_on(instance: Instance) -> None:
    assert planned(instance, BOTH).plan == ()
    (told,) = [one for one in evidence(instance, BOTH).warnings if "foo.made" in one and "the role of" in one]
    assert "event foo.made" in told or "procedure foo.made" in told
    assert "'colleague'" in told and "'maker'" in told


@pytest.mark.parametrize("how", LEAVING)
def test_it_ends_with_its_makers_access(instance: Instance, how: str) -> None:
    run(instance, LEAVING[how])
    assert not works(instance)
    assert ("DELETE", "bar.event") in (can(instance, "colleague") or ())
    found = evidence(instance, LEAVING[how])
    assert (found.plan, found.violations) == ((), ())
    assert [one for one in found.warnings if "foo.made" in one and "there no more" in one]


def test_it_comes_back_with_nobodys_later(instance: Instance) -> None:
    nobody = spec(CALLER)
    run(instance, nobody)
    for wanted in (spec(COLLEAGUE, CALLER), nobody, BOTH):
        run(instance, wanted)
        assert not works(instance)
        assert [one for one in evidence(instance, wanted).warnings if "the role of" in one] == []
        assert planned(instance, wanted).plan == ()
