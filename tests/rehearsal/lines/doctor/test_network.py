"""`keyless doctor` on the way from here: the clock, the credentials, the name, the connection, TLS."""

import pytest

from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.clocks import another_clock
from tests.rehearsal.lines.dev.place import REGION
from tests.rehearsal.lines.doctor.logins import PERSON, at, only, token
from tests.rehearsal.lines.examining import SPEC, Examining

ELSEWHERE = f"other.cluster-abc.{REGION}.rds.amazonaws.com"


def test_a_clock_that_is_twenty_minutes_off(stage: Stage, examining: Examining) -> None:
    with another_clock(stage.cloud.endpoint_url, minutes=20) as url:
        found = examining.look(*PERSON, AWS_ENDPOINT_URL=url)
    only(found, "clock")
    assert "20 minutes behind AWS's" in found.answered


@pytest.mark.parametrize(
    "keys",
    [{"AWS_SESSION_TOKEN": "another"}, {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}],
    ids=["ended", "none"],
)
def test_credentials_that_are_none(examining: Examining, keys: dict[str, str]) -> None:
    only(examining.look(*PERSON, **keys), "credentials")
    only(examining.look("--database", "app", "--as", "x", **keys, PGHOST=ELSEWHERE), "credentials")


def test_an_endpoint_that_is_not_the_accounts(examining: Examining) -> None:
    found = examining.look("--database", "app", "--as", "x", PGHOST=ELSEWHERE)
    only(found, "endpoint")
    assert "none of this account" in found.answered


def test_another_port_than_the_databases(stage: Stage, examining: Examining) -> None:
    found = examining.look(**{**at(stage.database), "PGPORT": "5433"})
    only(found, "endpoint")
    assert found.fix == "set PGPORT to 5432"


def test_a_name_that_nobody_knows(examining: Examining) -> None:
    only(examining.look("--database", "app", "--as", "x", PGHOST="db.example", PGPASSWORD="of-nobody"), "name")


def test_without_a_way_from_here_nothing_behind_it_is_called_well(stage: Stage, examining: Examining) -> None:
    (nobody,) = free_loopback_addresses(1)
    found = examining.look(*PERSON, PGHOSTADDR=nobody)
    assert (found.status, found.wrong) == (1, None), found.text
    assert found.all("not seen from here")[:2] == ["network", "TLS"] and found.verdict("role") == "not seen from here"
    assert "isolated subnets" in str(found.hops["network"]["answered"]) and found.verdict("proxy's policy") == "well"
    only(examining.look(**at(stage.proxy), PGHOSTADDR=nobody), "network")


def test_no_encryption_where_it_is_required(stage: Stage, examining: Examining) -> None:
    for endpoint, said in ((stage.database, "no pg_hba.conf entry"), (stage.proxy, "requires TLS")):
        with_token = {**at(endpoint), "PGPASSWORD": token(stage, examining.role, endpoint)}
        found = examining.look(**with_token, PGSSLMODE="disable")
        only(found, "TLS")
        assert said in found.answered and "unset PGSSLMODE" in found.fix


def test_who_needs_not_be_verified_is_not_called_well(stage: Stage, examining: Examining) -> None:
    found = examining.look("--config", SPEC, **at(stage.database), PGSSLMODE="require")
    assert (found.status, found.all("not seen from here")) == (1, ["TLS"]), found.text


def test_other_roots(examining: Examining, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Authority(tmp_path_factory.mktemp("other"), "other").root
    found = examining.look(*PERSON, PGSSLROOTCERT=str(other))
    only(found, "TLS")
    assert "certificate verify failed" in found.answered


def test_no_roots(stage: Stage, examining: Examining) -> None:
    only(examining.look(*PERSON, PGSSLROOTCERT="/nowhere"), "TLS")
    alias = {**at(stage.database), "PGHOST": "db.example", "PGHOSTADDR": stage.database.address}
    found = examining.look(**alias, PGPASSWORD="a-password", PGSSLROOTCERT="")
    only(found, "TLS")
    assert "'db.example' is not the name of an RDS endpoint" in found.answered


def test_another_server_at_the_end_of_the_tunnel(stage: Stage, examining: Examining) -> None:
    found = examining.look(*PERSON, PGHOSTADDR=stage.database.address)
    only(found, "TLS")
    assert "does not match host name" in found.answered and "PGHOSTADDR" in found.fix
