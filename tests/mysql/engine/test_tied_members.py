"""What has been tied to an outsider's role is made anew on MariaDB. Who else had it, and is neither the spec's to put there
nor to take out, has it as before: acknowledged accounts, others that are told, and roles."""

from itertools import count
from typing import Any

import pytest
from pymysql.connections import Connection

from db_access.errors import PlanError
from tests.mysql.engine.doing import tables
from tests.mysql.engine.dying import Dying
from tests.mysql.engine.specs import spec
from tests.mysql.engine.test_tied import AFTER, ANN, BEFORE, GROUPS, OTHERS, TARGETS, held_by, outsider, run, tie
from tests.mysql.servers import Instance, rows

_ACKNOWLEDGED = [{"username": "oncall", "reason": "on call"}]
WANTED = spec({**ANN, "enabled": False}, *OTHERS, groups=GROUPS, acknowledged=_ACKNOWLEDGED)
_LOGINS = ("oncall", "other", "worker")


@pytest.fixture
def there(instance: Instance) -> Instance:
    tables(instance)
    run(instance, wanted=BEFORE)
    outsider(instance)
    with instance.superuser() as root:
        for name in _LOGINS:
            rows(root, f"CREATE USER {name} IDENTIFIED BY 'of the others'")
        rows(root, "CREATE ROLE works")
        with instance.server.log_in(instance.master, instance.password) as master:
            rows(master, "GRANT readers TO works")
            for role in ("readers", *TARGETS["a profile"](instance)):
                rows(master, f"GRANT `{role}` TO oncall WITH ADMIN OPTION")
                rows(master, f"GRANT `{role}` TO other")
        rows(root, "GRANT works TO worker, dba")
        rows(root, "SET DEFAULT ROLE readers " + ("FOR other" if instance.is_mariadb else "TO other"))
        rows(root, "SET DEFAULT ROLE works " + ("FOR worker" if instance.is_mariadb else "TO worker"))
    return instance


def had(instance: Instance) -> dict[str, object]:
    """By the server's tables, and by what they can do with what their sessions start with, or can go to."""
    asked = {
        True: "SELECT Role, User, Admin_option FROM mysql.roles_mapping WHERE User IN %s",
        False: "SELECT FROM_USER, TO_USER, WITH_ADMIN_OPTION FROM mysql.role_edges WHERE TO_USER IN %s",
    }
    with instance.superuser() as root:
        found: dict[str, object] = {"in": sorted(rows(root, asked[instance.is_mariadb], (*_LOGINS, "works")))}
    for name in _LOGINS:
        with instance.server.log_in(name, "of the others") as session:
            rows(session, "SET ROLE readers" if name == "oncall" else "DO 1")
            found[name] = rows(session, "SELECT v FROM bar.event"), rows(session, "SELECT CURRENT_ROLE()")
    return found


@pytest.mark.parametrize("admin", [False, True])
@pytest.mark.parametrize("target", ["a group", "a profile", "all of them"])
def test_who_else_had_it_has_it_as_before(there: Instance, target: str, admin: bool) -> None:
    before = had(there)
    tie(there, *TARGETS[target](there), admin=admin)
    tie(there, "gone")
    told = run(there, wanted=WANTED).warnings
    assert had(there) == before
    assert any("'other'" in each and "'readers'" in each for each in told)
    with there.server.log_in("oncall", "of the others") as oncall, there.superuser() as root:
        rows(root, "CREATE USER another")
        rows(oncall, "GRANT readers TO another")
    assert held_by(there) == set()
    assert run(there, wanted=WANTED).plan == ()


def test_a_plan_says_who_gets_it_back_and_their_sessions_end(there: Instance) -> None:
    tie(there, "readers")
    with there.server.log_in("other", "of the others") as other:
        steps = [change for change in run(there, wanted=WANTED).plan if "nobody's spec" in change.reason]
        with pytest.raises(Exception, match=r"(?i)gone away|lost connection|broken pipe|killed"):
            rows(other, "SELECT v FROM bar.event")
    found = {(step.role.name, who.name, step.admin) for step in steps for who in step.members}  # type: ignore[union-attr]
    back = {("readers", "oncall", True), ("readers", "other", False), ("readers", "works", False)}
    assert found == (back if there.is_mariadb else set())


class _Lost(Dying):
    """The connection is, and the run tries again on another."""

    def _kill(self, connection: Connection) -> Any:
        with self._instance.superuser() as root:
            rows(root, f"KILL {connection.thread_id()}")
        return connection.ping(reconnect=False)


@pytest.mark.parametrize("how", ["refused", "lost"])
def test_so_it_is_when_a_run_fails_or_tries_again(there: Instance, how: str) -> None:
    before, n = had(there), 0
    for n in count():
        tie(there, *TARGETS["a group"](there))
        dying = _Lost(there, n) if how == "lost" else Dying(there, n, refused=True)
        try:
            run(there, dying, wanted=(AFTER, BEFORE)[n % 2])
        except Exception as error:
            assert "has what it had before" in str(error), (error, dying.written)
        assert had(there) == before, dying.written
        if len(dying.written) <= n:
            break
    assert n > (5 if there.is_mariadb else 0)  # MySQL's master takes any role


def test_who_takes_a_group_over_is_told_of_strangers_all_the_same(there: Instance) -> None:
    tie(there, "readers", admin=True)
    over = spec(*OTHERS, groups=GROUPS, managed_by="billing", take_over=["keyless-aurora"])
    before = had(there)
    with pytest.raises(PlanError, match=r"'oncall'.*in it, whom the spec doesn't declare"):
        run(there, wanted=over)
    assert had(there) == before
