"""A service and servers on the MySQL family: the gates let through its port and its clients' variables, and no others."""

import pytest

from keyless_aurora.engines.matrix import MARIADB, MYSQL
from keyless_aurora.settings.environment import Environment
from keyless_aurora.testing.texts import reachability
from keyless_checks.reading.clients import clients
from keyless_checks.ruleset import breaches
from tests.infrastructure.checks.mutants.edit import pick
from tests.infrastructure.support import Synthesis
from tests.infrastructure.templates import Templates
from tests.infrastructure.workloads import WITH_NAT, workloads

ENVIRONMENTS = {engine.id: WITH_NAT.with_instance(engine) for engine in (MYSQL, MARIADB)}
NAMES = ["Api", "Site"]


@pytest.fixture(scope="module", params=ENVIRONMENTS.values(), ids=list(ENVIRONMENTS))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    environment: Environment = request.param
    return workloads(tmp_path_factory.mktemp("mysql"), environment)


def test_they_break_no_gate(made: Synthesis) -> None:
    assert list(breaches(made.templates)) == []


def test_each_reaches_the_proxy_at_the_port_that_it_is_told(made: Synthesis) -> None:
    ways = [line for line in reachability(made.templates).splitlines() if "-> database/Proxy/Proxy" in line]
    mine = [line for line in ways if line.startswith("services/")]
    assert len(mine) == len(NAMES) and all(line.endswith("database/Proxy/Proxy: tcp 3306") for line in mine)
    told = [client.variables for client in clients(made.templates) if client.path.startswith("services/")]
    assert [(one["MYSQL_TCP_PORT"], "PGHOST" in one) for one in told] == [("3306", False)] * len(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("port", [5432, 443])
def test_a_path_at_another_port_is_found(made: Synthesis, name: str, port: int) -> None:
    def another(templates: Templates) -> None:
        for way in ("Ingress", "Egress"):
            path = pick(templates, f"AWS::EC2::SecurityGroup{way}", f"services/{name}/ToProxy")
            path.props.update(FromPort=port, ToPort=port)

    assert "paths.clients_arrive" in {breach.rule for breach in breaches(made.templates.broken(another))}
