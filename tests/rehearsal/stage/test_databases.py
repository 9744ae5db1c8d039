"""Which server a stage has: what is asked for, or what the templates say."""

import pytest

from keyless.rehearsal.deployment.engines import family_of
from keyless.rehearsal.servers.mysql.kinds import MARIADB, MYSQL, Kind
from keyless.rehearsal.stage.databases.choosing import declared, expected
from keyless.rehearsal.stage.databases.mysql import MySQLFamily
from keyless.rehearsal.stage.databases.postgresql import PostgreSQL
from keyless.rehearsal.stage.variant import DATABASES


def template(engine: str, kind: str = "Instance") -> dict[str, object]:
    return {"Resources": {"Database": {"Type": f"AWS::RDS::DB{kind}", "Properties": {"Engine": engine}}}}


@pytest.mark.parametrize(("engine", "kind"), [("aurora-mysql", MYSQL), ("mysql", MYSQL), ("mariadb", MARIADB)])
def test_the_templates_engine_decides_whatever_was_expected(engine: str, kind: Kind) -> None:
    found = declared([template(engine)], expected(""))
    assert isinstance(found, MySQLFamily) and found.running.kind == kind
    assert declared([template(engine)], expected(engine)).label == kind.name


@pytest.mark.parametrize("asked", ["", "aurora", "instance"])
@pytest.mark.parametrize("engine", ["aurora-postgresql", "postgres"])
def test_what_was_begun_for_postgresql_stays_for_it(asked: str, engine: str) -> None:
    begun = expected(asked)
    assert declared([{"Resources": {}}, template(engine, "Cluster")], begun) is begun


def test_what_was_begun_for_another_server_does_not_stay() -> None:
    assert isinstance(declared([template("postgres")], expected("mariadb")), PostgreSQL)
    assert declared([template("mysql")], expected("mariadb")).label == "MySQL"


def test_what_can_be_asked_for_has_a_server() -> None:
    assert {expected(name).family for name in DATABASES} == {"postgresql", "mysql"}


def test_an_engine_without_a_server_is_named_with_those_that_have_one() -> None:
    with pytest.raises(LookupError, match=r"'oracle-ee' can't be rehearsed; allowed: aurora-postgresql, postgres, "):
        family_of("oracle-ee")
