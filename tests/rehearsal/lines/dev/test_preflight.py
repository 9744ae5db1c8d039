"""The preflight of what is deployed already: a deploy of it again would not fail, and nothing is counted twice."""

from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from keyless.preflight.account.connection import Connection
from keyless.preflight.finding import Verdict
from keyless.preflight.look import look
from keyless.preflight.planned.assembly import stacks
from keyless.preflight.planned.target import Target, targets
from keyless.rehearsal.stage.running import Stage


def connection(stage: Stage) -> Connection:
    unsigned = {"endpoint_url": stage.cloud.endpoint_url, "config": Config(signature_version=UNSIGNED)}
    return Connection(
        stage.cloud.client,
        lambda service: boto3.client(service, region_name=stage.cloud.region, **unsigned),  # type: ignore[call-overload]
    )


@pytest.fixture
def planned(stage: Stage) -> Target:
    (target,) = targets("dev", stacks(Path(stage.assembly)), stage.cloud.region)
    return target


def test_a_deploy_of_what_is_deployed_already_would_not_fail(stage: Stage, planned: Target) -> None:
    """Quotas aren't asked about, because nothing is added. RDS's role is the one thing that the rehearsal does without."""
    found = {result.check: result.problems for result in look(planned, connection(stage))}
    assert {check for check, problems in found.items() if problems} == {"RDS's role"}


def test_stacks_that_were_lost_leave_their_names_behind(stage: Stage, planned: Target) -> None:
    """The same templates under other names of stacks: everything with a fixed name is in their way."""
    strangers = tuple(
        type(stack)(f"Other-{stack.name}", stack.account, stack.region, stack.template, stack.bootstrap)
        for stack in planned.stacks
    )
    other = Target(planned.environment, planned.account, planned.region, strangers)
    found = {result.check: result for result in look(other, connection(stage))}
    kinds = {problem.evidence.split(" keyless")[0].split(" /")[0] for problem in found["names in use"].problems}
    assert {"log group", "cluster", "topic"} <= kinds
    assert found["names in use"].verdict is Verdict.FAIL
