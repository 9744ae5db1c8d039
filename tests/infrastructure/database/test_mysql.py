"""What the MySQL family has otherwise than PostgreSQL, where no gate looks: words for the operator, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from db_access.errors import SpecError
from keyless_aurora.budget.connections import Budget, Workload
from keyless_aurora.budget.rules import problems
from keyless_aurora.engines.capacity import existing
from keyless_aurora.engines.matrix import AURORA_MYSQL, MARIADB, MYSQL
from keyless_aurora.settings.error import SettingsError
from tests.app.environments import DEV
from tests.infrastructure.support import SPEC, Synthesis, synthesize
from tests.infrastructure.variants import TEMPORARY, VARIANTS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synthesis]:
    return cache(lambda name: synthesize(VARIANTS[name][0], tmp_path_factory.mktemp(name), VARIANTS[name][1]))


def _alarms(synthesis: Synthesis) -> str:
    return "\n".join(
        alarm["Properties"]["AlarmDescription"] for alarm in synthesis.templates.of_type("AWS::CloudWatch::Alarm")
    )


def test_alarms_send_the_operator_to_what_the_server_has(made: Callable[[str], Synthesis]) -> None:
    text = _alarms(made("mariadb-A"))
    assert "performance_schema.processlist" in text and "binary log" in text and "AWSAuthenticationPlugin" in text
    assert "pg_stat_activity" not in text and "rds_iam" not in text and "replication slot" not in text
    assert "has not told of the server for 3 runs" in text


def test_a_rotation_is_told_no_user_and_may_log_in_as_nobody_with_iam(made: Callable[[str], Synthesis]) -> None:
    templates = made("mariadb-B-prod").templates
    variables = templates.props("access/Rotate/Function")["Environment"]["Variables"]
    assert "MYSQL_USER" not in variables and "DB_MASTER_SECRET_ARN" not in variables
    assert "rds-db:connect" not in str(templates.props("access/Rotate/Role/DefaultPolicy"))
    assert "direct as the user whose secret it is" in made("mariadb-B-prod").deployment.budget.text


def test_the_master_logs_in_with_iam_where_a_setting_says_so(made: Callable[[str], Synthesis]) -> None:
    templates = made("mysql-iam-master").templates
    assert templates.props("database/Database/Instance")["MasterUserAuthenticationType"] == "iam-db-auth"
    assert [path for path, _ in templates.named("AWS::KMS::Key") if "Master" in path] == []
    assert "/keyless_master" in str(templates.props("access/Bootstrap/Role/DefaultPolicy"))


@pytest.mark.parametrize("variant", ["mariadb-A", "existing-mysql"])
def test_the_bootstrap_function_is_told_whom_the_watch_looks_as(made: Callable[[str], Synthesis], variant: str) -> None:
    """It makes what that user looks by."""
    told = {
        name: made(variant).templates.props(f"access/{name}/Function")["Environment"]["Variables"]
        for name in ("Bootstrap", "Watch")
    }
    assert told["Bootstrap"]["WATCH_USER"] == told["Watch"]["MYSQL_USER"] and "WATCH_USER" not in told["Watch"]


def test_a_database_that_exists_is_logged_in_to_with_iam(made: Callable[[str], Synthesis]) -> None:
    templates = made("existing-mysql").templates
    variables = templates.props("access/Bootstrap/Function")["Environment"]["Variables"]
    assert variables["MYSQL_USER"] == "admin_iam" and variables["DB_ENGINE_FAMILY"] == "mysql"
    assert templates.of_type("AWS::EC2::VPCEndpoint") == []


def test_a_limit_that_is_too_low_is_told_in_the_words_of_the_server() -> None:
    workload = Workload("Writer", "writer", through_proxy=False, connections=10)
    (problem,) = problems(Budget(existing(100, MYSQL), None, (workload,), {"writer": 5}))
    assert "the server refuses one more (1226, max_user_connections)" in problem


def test_what_would_end_by_itself_is_refused_where_nothing_ends_it(out: Path) -> None:
    with pytest.raises(
        SpecError, match=r"\.may_have \(alice\): nothing is given for a while on MySQL; allowed: `groups`"
    ):
        synthesize(DEV.with_cluster(AURORA_MYSQL), out, TEMPORARY)


def test_readers_are_auroras_alone(out: Path) -> None:
    proxy = VARIANTS["aurora-mysql-readers"][0].proxy
    with pytest.raises(SettingsError, match=r"proxy.reader_endpoint: RDS for MariaDB has no readers"):
        synthesize(replace(DEV.with_instance(MARIADB), proxy=proxy), out, SPEC)
