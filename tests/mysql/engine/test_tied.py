"""Whoever administers a role of its own may give it to what is the spec's: nobody has it after a run, and no run is kept
from taking anything by it, though MariaDB's master can't take such a role."""

from collections.abc import Callable
from itertools import count

import pytest

from db_access.errors import ApplyError
from db_access.mysql.reconcile import Summary, converge, prove
from db_access.secrets import Secret
from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.doing import Can, everybody, forgotten, tables
from tests.mysql.engine.dying import Died, Dying
from tests.mysql.engine.specs import TIMEOUTS, grant, master, spec, user
from tests.mysql.servers import Instance, fresh, rows

NAMES = ("ann", "bob", "clerk", "gone")
_SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:clerk-AbCdEf"
_READS = grant("foo", access="read_only")
ANN = user("ann", _READS)
OTHERS = (
    user("bob", _READS, groups=["readers"]),
    user("clerk", _READS, auth_method="password", password_secret=_SECRET),
)
GROUPS = [{"name": "readers", "grants": [grant("bar", access="read_only")]}]
BEFORE = spec(ANN, *OTHERS, user("gone", _READS), groups=GROUPS)
AFTER = spec({**ANN, "enabled": False}, *OTHERS, groups=GROUPS)
TARGETS: dict[str, Callable[[Instance], list[str]]] = {
    "an account that stays": lambda _: ["bob"],
    "an account with a password": lambda _: ["clerk"],
    "an account that is locked": lambda _: ["ann"],
    "an account that leaves": lambda _: ["gone"],
    "a group": lambda _: ["readers"],
    "a profile": lambda instance: _named(instance, "keyless~%"),
    "the marker": lambda instance: _named(instance, "keyless/%"),
    "a version": lambda instance: _named(instance, "keyless#%"),
    "all of them": lambda instance: [*NAMES, "readers", *_named(instance, "keyless%")],
}


def _named(instance: Instance, pattern: str) -> list[str]:
    table = "mysql.global_priv" if instance.is_mariadb else "mysql.user"
    with instance.superuser() as root:
        return [name for (name,) in rows(root, f"SELECT User FROM {table} WHERE User LIKE %s", pattern)]


def _secret(arn: str) -> Secret:
    return Secret("the clerk's password", "1", "clerk")


def run(instance: Instance, dying: Dying | None = None, wanted: object = AFTER) -> Summary:
    connect = dying.connect if dying else master(instance)
    return converge(connect, wanted, timeouts=TIMEOUTS, read_secret=_secret)  # type: ignore[arg-type]


def tied(instance: Instance, target: str) -> None:
    tables(instance)
    run(instance, wanted=BEFORE)
    outsider(instance)
    tie(instance, *TARGETS[target](instance))


def outsider(instance: Instance) -> None:
    """Who may do nothing but give its own role away."""
    with instance.superuser() as root:
        rows(root, "CREATE USER dba IDENTIFIED BY 'of the dba'")
        rows(root, "CREATE ROLE dbarole")
        rows(root, "GRANT ALL ON bar.* TO dbarole")
        rows(root, "GRANT dbarole TO dba WITH ADMIN OPTION")


def tie(instance: Instance, *names: str, role: str = "dbarole", admin: bool = False) -> None:
    with instance.server.log_in("dba", "of the dba") as dba:
        rows(dba, f"SET ROLE {role}")
        for name in names:
            rows(dba, f"GRANT {role} TO {identifier(name)}{' WITH ADMIN OPTION' if admin else ''}")


def held_by(instance: Instance, role: str = "dbarole") -> set[str]:
    """Who has the outsider's role."""
    asked = {
        True: "SELECT User FROM mysql.roles_mapping WHERE Role = %s",
        False: "SELECT TO_USER FROM mysql.role_edges WHERE FROM_USER = %s",
    }
    with instance.superuser() as root:
        return {name for (name,) in rows(root, asked[instance.is_mariadb], role)} - {"dba", "root", "rdsadmin"}


def as_the_spec_says(instance: Instance) -> dict[str, Can | None]:
    read = frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
    also = frozenset({("SELECT", "bar.event"), ("key", "bar.event")})
    return {"ann": None, "bob": read | also, "clerk": None, "gone": None}  # the clerk comes with a password


@pytest.mark.parametrize("target", TARGETS)
def test_nobody_has_it_after_a_run_and_who_is_to_be_out_is_out(instance: Instance, target: str) -> None:
    tied(instance, target)
    with instance.log_in("ann") as ann:
        run(instance)
        with pytest.raises(Exception, match=r"(?i)gone away|lost connection|broken pipe|killed"):
            rows(ann, "SELECT * FROM foo.event")
    assert everybody(instance, NAMES) == as_the_spec_says(instance)
    with instance.server.log_in("clerk", "the clerk's password") as clerk:
        assert rows(clerk, "SELECT * FROM foo.event") == []
    assert held_by(instance) == set()
    assert run(instance).plan == ()
    found = prove(master(instance), AFTER, timeouts=TIMEOUTS, read_secret=_secret)
    assert (found.violations, found.plan, found.conflicts) == ((), (), ())  # the dba is told of as an outsider


def test_what_takes_the_markers_place_may_be_tied_as_well(instance: Instance) -> None:
    """Each time anew, and all of them at once: a run that failed leaves several."""
    tied(instance, "the marker")
    for number in range(3):
        run(instance)
        assert held_by(instance) == set()
        assert run(instance).plan == ()
        with instance.superuser() as root:
            if instance.is_mariadb:
                rows(root, f"CREATE ROLE IF NOT EXISTS `keyless/keyless-aurora+{number + 2}` WITH ADMIN admin")
            for name in _named(instance, "keyless/%"):
                rows(root, f"GRANT dbarole TO {identifier(name)}")
    run(instance)
    assert (held_by(instance), len(_named(instance, "keyless/%"))) == (set(), 1)
    assert everybody(instance, NAMES) == as_the_spec_says(instance)


def test_a_marker_that_others_have_made_marks_nobody(mariadb: MariaDB) -> None:
    with fresh(mariadb) as instance:
        tied(instance, "the marker")
        with instance.superuser() as root:
            rows(root, "CREATE USER bystander IDENTIFIED BY 'of the bystander'")
            rows(root, "GRANT SELECT ON foo.* TO bystander")
            rows(root, "GRANT CREATE USER ON *.* TO dba")
        with instance.server.log_in("dba", "of the dba") as dba:
            for number in (1, 9):
                rows(dba, f"CREATE ROLE `keyless/keyless-aurora+{number}`")
                rows(dba, f"GRANT `keyless/keyless-aurora+{number}` TO bystander")
        run(instance)
        assert run(instance).plan == ()
        instance.server.log_in("bystander", "of the bystander").close()


def test_a_password_that_no_secret_is_known_of_is_kept(instance: Instance) -> None:
    tied(instance, "an account with a password")
    without = spec(ANN, user("clerk", _READS, auth_method="password"), groups=GROUPS)
    versions = _named(instance, "keyless#%")
    assert converge(master(instance), without, timeouts=TIMEOUTS).plan != ()
    assert converge(master(instance), without, timeouts=TIMEOUTS).plan == ()
    assert _named(instance, "keyless#%") == versions != []
    with instance.server.log_in("clerk", "the clerk's password") as clerk:
        assert rows(clerk, "SELECT * FROM foo.event") == []
    assert held_by(instance) == set()


def test_killed_anywhere_the_next_run_goes_on(instance: Instance) -> None:
    for n in count():
        forgotten(instance)
        tied(instance, "all of them")
        dying = Dying(instance, n)
        try:
            run(instance, dying)
        except Died:
            run(instance)
        assert everybody(instance, NAMES) == as_the_spec_says(instance), dying.written
        assert held_by(instance) == set(), dying.written
        assert run(instance).plan == ()
        if len(dying.written) <= n:
            break
    assert n > (8 if instance.is_mariadb else 3)  # MySQL's master takes any role


def test_refused_anywhere_who_stays_has_what_it_had(instance: Instance) -> None:
    for n in count():
        forgotten(instance)
        tied(instance, "all of them")
        had = everybody(instance, NAMES)["bob"] or frozenset()
        refused = Dying(instance, n, refused=True)
        try:
            run(instance, refused)
        except ApplyError as error:
            assert "has what it had before" in str(error), (error, refused.written)
        else:
            break
        bob = everybody(instance, NAMES)["bob"]
        assert bob is not None and as_the_spec_says(instance)["bob"] <= bob <= had, refused.written  # type: ignore[operator]
        run(instance)
        assert everybody(instance, NAMES) == as_the_spec_says(instance), refused.written
    assert n > (8 if instance.is_mariadb else 3)  # MySQL's master takes any role
