"""An additive spec is about the users and groups that it mentions. What of others has been tied to an outsider's role
stays as it is: they lose nothing by it, whatever of the spec's own has to be made anew."""

import pytest

from db_access.mysql.reconcile import prove
from tests.mysql.engine.doing import everybody, tables
from tests.mysql.engine.specs import TIMEOUTS, grant, master, spec, user
from tests.mysql.engine.test_tied import GROUPS, OTHERS, TARGETS, held_by, outsider, run, tie
from tests.mysql.servers import Instance, rows

_READS, _ADDS = grant("foo", access="read_only"), grant("foo", access="append_only")
_CLERK = OTHERS[1]
MAIN = spec(user("ann", _READS), user("carl", groups=["readers"]), user("bob", _READS), _CLERK, groups=GROUPS)
BESIDE = {
    "as it is": spec(user("bob", _READS), additive=True),
    "other rights": spec(user("bob", _ADDS), additive=True),
    "another user": spec(user("dan", _READS), additive=True),
    "with the group": spec(user("bob", _READS, groups=["readers"]), groups=GROUPS, additive=True),
}
_OTHERS = ("ann", "carl")
_IN_FOO = frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
_IN_BAR = frozenset({("SELECT", "bar.event"), ("key", "bar.event")})
_SAID = {"ann": _IN_FOO, "carl": _IN_BAR}
_SAYS = {
    "as it is": {"bob": _IN_FOO},
    "other rights": {"bob": frozenset({("INSERT", "foo.event")})},
    "another user": {"dan": _IN_FOO},
    "with the group": {"bob": _IN_FOO | _IN_BAR},
}


def _members(instance: Instance) -> set[str]:
    with instance.log_in("carl") as carl:
        return {str(row) for row in rows(carl, "SHOW GRANTS") if "readers" in str(row)}


def _clerk_reads(instance: Instance) -> bool:
    with instance.server.log_in("clerk", "the clerk's password") as clerk:
        return rows(clerk, "SELECT * FROM foo.event") == []


@pytest.mark.parametrize("how", BESIDE)
@pytest.mark.parametrize("target", [each for each in TARGETS if each not in ("an account that leaves", "all of them")])
def test_others_lose_nothing(instance: Instance, target: str, how: str) -> None:
    tables(instance)
    run(instance, wanted=MAIN)
    outsider(instance)
    tie(instance, *TARGETS[target](instance))
    tie(instance, *TARGETS[target](instance), admin=True)
    had, member = everybody(instance, _OTHERS), _members(instance)
    run(instance, wanted=BESIDE[how])
    for name, can in everybody(instance, _OTHERS).items():
        assert _SAID[name] <= (can or frozenset()) <= (had[name] or frozenset())
    assert (_clerk_reads(instance), _members(instance)) == (True, member)
    mentioned = _SAYS[how]
    assert everybody(instance, mentioned) == mentioned
    assert not held_by(instance) & {*mentioned, *(["readers"] if how == "with the group" else [])}
    assert run(instance, wanted=BESIDE[how]).plan == ()
    found = prove(master(instance), BESIDE[how], timeouts=TIMEOUTS)
    assert (found.violations, found.plan, found.conflicts) == ((), (), ())
    run(instance, wanted=MAIN)
    assert held_by(instance) == set()
    assert everybody(instance, (*_OTHERS, "bob")) == {**_SAID, "bob": _IN_FOO}
    assert (_clerk_reads(instance), run(instance, wanted=MAIN).plan) == (True, ())


@pytest.mark.parametrize("name", ["keyless~4d1c2f", "keyless#of-nobody"])
def test_a_role_of_an_engines_name_that_others_made_goes_from_who_is_mentioned(instance: Instance, name: str) -> None:
    tables(instance)
    run(instance, wanted=MAIN)
    outsider(instance)
    with instance.superuser() as root:
        rows(root, f"CREATE ROLE `{name}`{' WITH ADMIN dba' if instance.is_mariadb else ''}")
        rows(root, f"GRANT SELECT ON bar.* TO `{name}`")
        rows(root, f"GRANT `{name}` TO dba WITH ADMIN OPTION" if not instance.is_mariadb else "DO 1")
    tie(instance, "ann", "bob", role=f"`{name}`")
    run(instance, wanted=BESIDE["as it is"])
    assert everybody(instance, ("ann", "bob")) == {"ann": _IN_FOO | _IN_BAR, "bob": _IN_FOO}
    assert run(instance, wanted=BESIDE["as it is"]).plan == ()
