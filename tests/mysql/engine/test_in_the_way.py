"""What stands in a run's way is named before anything is made; logins that are to end have ended all the same."""

import re

import pytest

from db_access.errors import PlanError
from keyless.rehearsal.servers.mysql.server import MySQL
from tests.mysql.engine.doing import can, forgotten, tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, fresh, rows

READS = grant("foo", access="read_only")
ANN, BOB = user("ann", READS), user("bob", READS)
IN_THE_WAY = {
    "an anonymous account": "CREATE USER ''@'localhost'",
    "a narrower account": "CREATE USER bob@'10.0.0.1'",
    "nobody's account": "CREATE USER newcomer",
}
ENDING = {
    "disabled": spec({**ANN, "enabled": False}, BOB, user("newcomer")),
    "retired": spec(BOB, user("newcomer"), retired=[{"username": "ann", "drop": True}]),
}


@pytest.mark.parametrize("obstacle", IN_THE_WAY)
@pytest.mark.parametrize("how", ENDING)
def test_whoever_is_to_be_out_is_out(instance: Instance, how: str, obstacle: str) -> None:
    tables(instance)
    run(instance, spec(ANN, BOB))
    with instance.superuser() as root:
        rows(root, IN_THE_WAY[obstacle])
    with instance.log_in("ann") as ann:
        with pytest.raises(PlanError, match="The logins of 'ann' have ended"):
            run(instance, ENDING[how])
        with pytest.raises(Exception, match=r"(?i)gone away|lost connection|broken pipe|killed"):
            rows(ann, "SELECT * FROM foo.event")
    assert can(instance, "ann") is None
    assert can(instance, "bob") == frozenset({("SELECT", "foo.event"), ("key", "foo.event")})


ROLES = {
    "made by a pattern": ["CREATE ROLE ann@'127.%'"],
    "made by an address": ["CREATE ROLE ann@'127.0.0.1'"],
    "renamed": ["CREATE ROLE zz", "RENAME USER zz TO ann@'127.%'", "FLUSH PRIVILEGES"],
    "nobody's": ["CREATE ROLE zz", "RENAME USER zz TO ''@'10.0.0.1'"],
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_on_mysql_is_an_account_that_comes_before_others(mysql: MySQL, role: str) -> None:
    """A locked one: whoever may make roles locks anybody out, and by nobody's name the master, too."""
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, spec(ANN, BOB))
        with instance.superuser() as root:
            for statement in ROLES[role]:
                rows(root, statement)
        assert (can(instance, "ann") is None) is (role != "nobody's")
        told = evidence(instance, spec(ANN, BOB))
        assert not told.holds
        assert re.search(r"^''?(ann)?'@'.*DROP USER", "\n".join(told.conflicts), re.MULTILINE), told
        for tried in (planned, run):
            with pytest.raises(PlanError, match="DROP USER"):
                tried(instance, spec(ANN, BOB))
        with instance.superuser() as root:
            found = rows(root, "SELECT User, Host FROM mysql.user WHERE User IN ('ann', '') AND Host <> '%'")
            rows(root, "DROP USER %s@%s", *found[0])
        assert can(instance, "ann") is not None
        assert run(instance, spec(ANN, BOB)).plan == ()


@pytest.mark.parametrize("enabled", [True, False])
def test_rights_of_a_role_from_a_users_host_are_told(mysql: MySQL, enabled: bool) -> None:
    """Sessions that are open have them, from there."""
    with fresh(mysql) as instance:
        tables(instance)
        wanted = spec(ANN, {**BOB, "enabled": enabled})
        run(instance, spec(ANN, BOB))
        with instance.log_in("bob") as bob:
            with instance.superuser() as root:
                rows(root, "CREATE ROLE bob@'127.0.0.1'")
                rows(root, "GRANT INSERT ON foo.* TO bob@'127.0.0.1'")
            rows(bob, "SET ROLE NONE")
            rows(bob, "INSERT INTO foo.event (id) VALUES (9)")
            told = evidence(instance, wanted)
            assert bool([one for one in told.conflicts if "'bob'@'127.0.0.1' come before" in one]) is enabled
            assert [one for one in told.outsiders if "'bob'@'127.0.0.1'" in one and "INSERT on `foo`.*" in one]


def test_an_account_that_looks_like_a_role_is_still_the_specs(mysql: MySQL) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, spec(ANN, BOB))
        with instance.superuser() as root:
            made = "IDENTIFIED WITH caching_sha2_password AS '' PASSWORD EXPIRE ACCOUNT LOCK"
            rows(root, f"ALTER USER ann {made}")
        run(instance, spec(ANN, BOB))
        assert can(instance, "ann") == frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
        assert run(instance, spec(ANN, BOB)).plan == ()


def test_mysql_makes_nobody_the_definer_of_what_is_there_already(mysql: MySQL) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        with instance.superuser() as root:
            rows(root, "CREATE SCHEMA reports")
            rows(root, "CREATE DEFINER=ann@`%` VIEW reports.of_ann AS SELECT id FROM foo.event")
        for tried in (planned, run):
            with pytest.raises(PlanError, match=r"'ann'@'%' isn't there and is the definer of view reports\.of_ann"):
                tried(instance, spec(ANN, BOB))
        assert can(instance, "bob") is None
        with instance.superuser() as root:
            rows(root, "DROP VIEW reports.of_ann")
        run(instance, spec(ANN, BOB))


def test_what_hands_rights_out_in_other_schemas_is_told(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(ANN))
    with instance.superuser() as root:
        rows(root, "CREATE SCHEMA reports")
        rows(root, "CREATE DEFINER=ann@`%` VIEW reports.of_ann AS SELECT id FROM foo.event")
    assert [one for one in evidence(instance, spec(ANN)).warnings if "view reports.of_ann" in one]


def test_who_may_act_as_anybody_is_told(instance: Instance) -> None:
    run(instance, spec(ANN))
    with instance.superuser() as root:
        rows(root, "CREATE USER evil")
        rows(root, f"GRANT PROXY ON ''@'{'%' if instance.is_mariadb else ''}' TO evil")
    assert [one for one in evidence(instance, spec(ANN)).outsiders if "evil" in one and "GRANT PROXY" in one]


def test_who_is_to_be_out_is_out_also_when_it_has_taken_a_name_that_the_run_needs(instance: Instance) -> None:
    """By a right that was left over, to make accounts: whose role `readers` is, nobody but itself may say (MariaDB)."""
    tables(instance)
    run(instance, spec(ANN, BOB))
    with instance.superuser() as root:
        rows(root, "GRANT CREATE USER ON *.* TO ann")
    with instance.log_in("ann") as ann:
        rows(ann, "CREATE ROLE readers")
        with instance.superuser() as root:
            rows(root, "GRANT SELECT ON bar.* TO readers")
        groups = [{"name": "readers", "grants": [grant("bar", access="read_only")]}]
        with pytest.raises(PlanError, match=r"role 'readers' is there already[^$]*The logins of 'ann' have ended"):
            run(instance, spec({**ANN, "enabled": False}, BOB, groups=groups))
    assert can(instance, "ann") is None


def test_a_role_that_somebody_has_made_by_a_name_of_the_engines_is_made_anew(instance: Instance) -> None:
    tables(instance)
    wanted = spec(ANN, user("bob", grant("foo", access="append_only")))
    run(instance, wanted)
    table = "mysql.global_priv" if instance.is_mariadb else "mysql.user"
    with instance.superuser() as root:
        made = [name for (name,) in rows(root, f"SELECT User FROM {table} WHERE User LIKE 'keyless~%'")]
    forgotten(instance)
    with instance.superuser() as root:
        rows(root, "CREATE USER dba IDENTIFIED BY 'of the dba'")
        rows(root, "GRANT CREATE USER ON *.* TO dba")
    with instance.server.log_in("dba", "of the dba") as dba:
        for name in made:
            rows(dba, f"CREATE ROLE `{name}`")
    run(instance, wanted)
    assert can(instance, "ann") == frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
    assert can(instance, "bob") == frozenset({("INSERT", "foo.event")})
    assert planned(instance, wanted).plan == ()
