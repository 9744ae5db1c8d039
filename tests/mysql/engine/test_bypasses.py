"""Ways around a spec, opened by hand: the proof names each, in words of the operator's."""

import re
from collections.abc import Iterator

import pymysql
import pytest

from db_access.errors import PlanError
from tests.mysql.engine.doing import tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, rows

WORKER = user("worker", grant("foo", access="read_only"))
GROUP = {"name": "readers", "grants": [grant("foo", access="read_only")]}
WANTED = spec(WORKER, user("member", groups=["readers"]), groups=[GROUP])
IAM = "AWSAuthenticationPlugin"

BOTH: dict[str, tuple[list[str], str]] = {
    "schema": (["GRANT UPDATE ON foo.* TO worker"], r"'worker' has UPDATE on `foo`\.\*"),
    "pattern": (["GRANT UPDATE ON `f%`.* TO worker"], r"'worker' has UPDATE on `f%`\.\*"),
    "table": (["GRANT DELETE ON foo.event TO worker"], r"'worker' has DELETE on `foo`\.`event`"),
    "column": (["GRANT UPDATE (v) ON foo.event TO worker"], r"'worker' has UPDATE \('v'\) on `foo`\.`event`"),
    "routine": (
        ["CREATE PROCEDURE foo.p() SELECT 1", "GRANT EXECUTE ON PROCEDURE foo.p TO worker"],
        r"'worker' has EXECUTE on PROCEDURE `foo`\.`p`",
    ),
    "global": (["GRANT SELECT ON *.* TO worker"], r"'worker' has SELECT on \*\.\*"),
    "beyond the master": (["GRANT FILE ON *.* TO worker"], r"'worker' has FILE on \*\.\*"),
    "grant option": (["GRANT SELECT ON foo.* TO worker WITH GRANT OPTION"], r"'worker' has .*, and may pass it on"),
    "elsewhere": (
        ["CREATE DATABASE other", "GRANT SELECT ON other.* TO worker"],
        r"'worker' has SELECT on `other`\.\*",
    ),
    "role": (
        ["CREATE ROLE r", "GRANT UPDATE ON foo.* TO r", "GRANT r TO worker"],
        r"'worker' has UPDATE on `foo`\.\*, by role 'r'",
    ),
    "group": (["GRANT UPDATE ON foo.* TO readers"], r"'readers' has UPDATE"),
    "role in group": (
        ["CREATE ROLE r", "GRANT UPDATE ON foo.* TO r", "GRANT r TO readers"],
        r"'member' has UPDATE on `foo`\.\*, by role 'r'",
    ),
    "unlimited": (["ALTER USER worker WITH MAX_USER_CONNECTIONS 0"], r"'worker' may have any number of sessions"),
    "no TLS": (["ALTER USER worker REQUIRE NONE"], r"'worker' may log in without TLS"),
    "plugin": (["ALTER USER worker IDENTIFIED BY 'p'"], r"'worker' logs in by .*, not by an IAM token"),
    "proxy": (
        ["CREATE USER spy IDENTIFIED BY 'p'", "GRANT PROXY ON worker TO spy"],
        r"'spy'@'%' may act as 'worker'@'%'",
    ),
    "proxied": (
        ["CREATE USER chief IDENTIFIED BY 'p'", "GRANT PROXY ON chief TO worker"],
        r"'worker'@'%' may act as 'chief'",
    ),
    "narrower host": (["CREATE USER worker@'10.%' IDENTIFIED BY 'p'"], r"'worker'@'10\.%' come before 'worker'@'%'"),
    "anonymous": (["CREATE USER ''@'localhost'"], r"''@'localhost' let in whoever"),
    "lost right": (["REVOKE {profile} FROM worker"], r"'worker' lacks SELECT on `foo`"),
    "lost default": (["SET DEFAULT ROLE NONE {to} worker"], r"'worker' lacks SELECT on `foo`"),
    "member of a group": (
        ["CREATE USER spy IDENTIFIED BY 'p'", "GRANT readers TO spy"],
        r"'spy'@'%' has 'readers', which the spec gives",
    ),
    "outsider": (
        ["CREATE USER spy IDENTIFIED BY 'p'", "GRANT SELECT ON foo.* TO spy"],
        r"'spy'@'%', which the spec doesn't manage, has SELECT",
    ),
    "passing on": (["GRANT readers TO member WITH ADMIN OPTION"], r"'member' may give 'readers' to others"),
}
MARIADB: dict[str, tuple[list[str], str]] = {
    "public": (
        ["GRANT UPDATE ON foo.* TO PUBLIC"],
        r"'worker' and 'member' have UPDATE|'worker', 'member' have UPDATE",
    ),
    "outsider by a pattern": (
        ["CREATE USER spy IDENTIFIED BY 'p'", "GRANT SELECT ON `fo_`.* TO spy"],
        r"'spy'@'%', which the spec doesn't manage, has SELECT on `fo_`",
    ),
    "or": (
        [f"ALTER USER worker IDENTIFIED VIA {IAM} AS 'RDS' OR mysql_native_password USING PASSWORD('p')"],
        r"'worker' may log in by something else",
    ),
}
MYSQL: dict[str, tuple[list[str], str]] = {
    "mandatory": (
        ["CREATE ROLE r", "GRANT UPDATE ON foo.* TO r", "SET GLOBAL mandatory_roles = 'r'"],
        r"have UPDATE on `foo`\.\*, by role 'r', which mandatory_roles",
    ),
    "dynamic": (["GRANT BACKUP_ADMIN ON *.* TO worker"], r"'worker' has BACKUP_ADMIN on \*\.\*"),
    "role logs in": (["ALTER USER readers IDENTIFIED BY 'p' ACCOUNT UNLOCK"], r"role 'readers' has become an account"),
}


def cases() -> Iterator[object]:
    for kind, planted in (("mariadb", {**BOTH, **MARIADB}), ("mysql", {**BOTH, **MYSQL})):
        for name, (statements, found) in planted.items():
            yield pytest.param(kind, statements, found, id=f"{kind}-{name}")


def _planted(instance: Instance, statements: list[str]) -> None:
    with instance.superuser() as root:
        for statement in statements:
            planted = statement.format(profile=_profile(root), to="FOR" if instance.is_mariadb else "TO")
            try:
                rows(root, planted)
            except pymysql.err.OperationalError as error:
                assert error.args[0] == 1698, error  # on MariaDB a role is its maker's to give
                with instance.connect() as master:
                    rows(master, planted)


def _profile(root: object) -> str:
    (((name,),),) = (rows(root, "SELECT User FROM mysql.user WHERE User LIKE 'keyless~%' ORDER BY 1 LIMIT 1"),)
    return f"`{name}`"


@pytest.fixture(params=["mariadb", "mysql"])
def family(request: pytest.FixtureRequest) -> object:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("family", "statements", "found"), list(cases()), indirect=["family"])
def test_is_found(instance: Instance, statements: list[str], found: str) -> None:
    tables(instance)
    run(instance, WANTED)
    assert evidence(instance, WANTED).holds
    _planted(instance, statements)
    seen = evidence(instance, WANTED)
    said = [*seen.violations, *seen.outsiders, *seen.conflicts]
    assert [sentence for sentence in said if re.search(found, sentence)], said
    assert not seen.holds


@pytest.mark.parametrize(
    "name",
    [
        "schema",
        "pattern",
        "table",
        "column",
        "routine",
        "global",
        "grant option",
        "elsewhere",
        "group",
        "unlimited",
        "no TLS",
        "plugin",
        "lost right",
        "lost default",
        "passing on",
    ],
)
def test_what_a_run_can_take_it_takes(instance: Instance, name: str) -> None:
    tables(instance)
    run(instance, WANTED)
    _planted(instance, BOTH[name][0])
    run(instance, WANTED)
    assert evidence(instance, WANTED).holds
    assert planned(instance, WANTED).plan == ()


@pytest.mark.parametrize("name", ["role", "role in group"])
def test_roles_of_others_it_takes_whether_the_master_may_or_not(instance: Instance, name: str) -> None:
    tables(instance)
    run(instance, WANTED)
    _planted(instance, BOTH[name][0])
    run(instance, WANTED)
    assert evidence(instance, WANTED).holds


@pytest.mark.parametrize("name", ["narrower host", "anonymous", "beyond the master"])
def test_what_it_cannot_take_stops_it_before_anything_is_changed(instance: Instance, name: str) -> None:
    tables(instance)
    run(instance, WANTED)
    _planted(instance, BOTH[name][0])
    with pytest.raises(PlanError, match=r"DROP USER|as who has"):
        run(instance, WANTED)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            "CREATE DEFINER = rdsadmin@localhost VIEW foo.secrets AS SELECT * FROM bar.event",
            "view foo.secrets runs with the rights of rdsadmin@localhost",
        ),
        (
            "CREATE DEFINER = rdsadmin@localhost PROCEDURE foo.spy() SELECT * FROM bar.event",
            "procedure foo.spy runs with",
        ),
        (
            "CREATE DEFINER = rdsadmin@localhost FUNCTION foo.one() RETURNS INT DETERMINISTIC RETURN 1",
            "function foo.one runs with",
        ),
    ],
    ids=["view", "procedure", "function"],
)
def test_what_runs_with_its_definers_rights_is_told(instance: Instance, made: str, said: str) -> None:
    tables(instance)
    with instance.superuser() as root:
        rows(root, made)
    run(instance, WANTED)
    seen = evidence(instance, WANTED)
    assert seen.holds
    assert said in "\n".join(seen.warnings)


def test_who_is_acknowledged_is_noted_and_no_drift(instance: Instance) -> None:
    tables(instance)
    wanted = spec(WORKER, acknowledged=[{"username": "dba", "reason": "on call"}])
    run(instance, wanted)
    with instance.superuser() as root:
        rows(root, "CREATE USER dba IDENTIFIED BY 'p'")
        rows(root, "GRANT SELECT ON *.* TO dba")
    seen = evidence(instance, wanted)
    assert seen.holds and "'dba'@'%'" in "\n".join(seen.warnings)
    assert not evidence(instance, spec(WORKER)).holds


def test_what_everybody_has_elsewhere_is_told_and_stops_nobody(instance: Instance) -> None:
    tables(instance)
    with instance.superuser() as root:
        rows(root, "CREATE DATABASE other")
        if instance.is_mariadb:
            rows(root, "GRANT SELECT ON other.* TO PUBLIC")
        else:
            rows(root, "CREATE ROLE everybodys")
            rows(root, "GRANT SELECT ON other.* TO everybodys")
            rows(root, "SET GLOBAL mandatory_roles = 'everybodys'")
    run(instance, WANTED)
    seen = evidence(instance, WANTED)
    assert seen.holds
    assert "everybody has SELECT on `other`.*, by" in "\n".join(seen.warnings)
