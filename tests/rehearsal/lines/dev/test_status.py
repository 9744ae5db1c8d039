"""`keyless status` of an environment that is deployed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.place import PLACE


def looked(stage: Stage, *arguments: str) -> tuple[int, Any, str]:
    answer = keyless("status", "--env", "dev", "--json", *arguments, **stage.cloud.environment())
    return answer.returncode, json.loads(answer.stdout)["regions"][0], answer.stderr


def test_the_database_its_master_its_proxy_and_its_users_are_those_of_the_environment(stage: Stage) -> None:
    status, found, said = looked(stage)
    assert (status, said, found["remarks"]) == (0, "", [])
    (database,) = found["databases"]
    assert (database["endpoint"], database["environment"]) == (stage.database.host, PLACE.prefix)
    assert (database["master"], database["master_login"]) == (stage.deployed.database.master, "IAM")
    assert (database["iam"], database["members"], database["version"]["offered"]) == (True, 2, True)
    (proxy,) = found["proxies"]
    assert (proxy["endpoint"], proxy["tls"], proxy["iam"]) == (stage.proxy.host, True, True)
    assert [target["state"] for target in proxy["targets"]] == ["AVAILABLE"]
    (environment,) = found["environments"]
    assert {"migrator", "lambda_writer", "drift_watch"} <= {*environment["users"]}


@pytest.fixture
def drift(stage: Stage) -> Iterator[str]:
    name, cloudwatch = f"{PLACE.prefix}-Drift", stage.cloud.client("cloudwatch")
    (before,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    yield name
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=before["StateValue"], StateReason="as it was")


def test_the_drift_watchs_verdict_is_its_alarms(stage: Stage, drift: str) -> None:
    status, found, _ = looked(stage)
    assert (status, found["environments"][0]["drift"]) == (2, "differs from the spec")
    assert found["remarks"] == [
        f"environment {PLACE.prefix}: the database differs from the spec, as its drift watch says"
    ]


def test_without_an_environment_there_is_the_same_and_in_text_it_is_a_table(stage: Stage) -> None:
    answer = keyless("status", **stage.cloud.environment())
    assert answer.returncode == 0, answer.stderr
    assert (
        f"{stage.deployed.database.master} (IAM)" in answer.stdout and stage.proxy.host.split(".")[0] in answer.stdout
    )
