"""`--through-lambda`: a person with the right to invoke the drift watch, and no other, sees what the master would see."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.rehearsal.stage.running import Stage
from keyless.verify.deployed import Deployed
from tests.app.app import HERE
from tests.infrastructure.support import ROOT
from tests.rehearsal.emulator.functions import create_role
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.dev.place import PLACE, REGION

SPEC = str(Path(HERE, "config", "access.yaml"))
POLICY = (ROOT / "docs/policies/plan.json").read_text()
_NAME, _SERVICE = "planner", "lambda.amazonaws.com"
THROUGH = ("--env", "dev", "--through-lambda")


@pytest.fixture(scope="module")
def planner(stage: Stage, deployed: Deployed) -> Iterator[dict[str, str]]:
    """Variables of a person who has the policy of the docs, with this environment's names in it."""
    account, watch = stage.cloud.account, deployed.watch.configuration["FunctionArn"]
    document = POLICY.replace("111122223333", account).replace("KeylessAurora-prod", PLACE.prefix)
    (old,) = [one["Resource"] for one in json.loads(document)["Statement"] if ":function:" in one["Resource"]]
    role, iam = create_role(stage.cloud, _NAME, _SERVICE), stage.cloud.client("iam")
    iam.put_role_policy(RoleName=_NAME, PolicyName=_NAME, PolicyDocument=document.replace(old, watch))
    yield {**stage.cloud.environment(), **stage.cloud.role_session(role, _SERVICE).variables}
    iam.delete_role_policy(RoleName=_NAME, PolicyName=_NAME)
    iam.delete_role(RoleName=_NAME)


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    """Another spec than the deployed one."""
    path = tmp_path / "access.yaml"
    path.write_bytes(Path(SPEC).read_bytes())
    edit = ("create-user", "reports", "--databases", "app", "--config", str(path))
    assert keyless(*edit).returncode == 0
    return path


@pytest.mark.parametrize("form", ["text", "sql", "json", "markdown"])
def test_a_plan_is_what_a_dry_run_as_the_master_shows(
    stage: Stage, operator: Operator, planner: dict[str, str], proposal: Path, form: str
) -> None:
    asked = ("--config", str(proposal), "--format", form, "--detailed-exitcode")
    through = keyless("plan", *asked, *THROUGH, **planner)
    direct = keyless("sync", "--dry-run", *asked, "--env", "dev", **operator.at(stage.database))
    assert (through.returncode, direct.returncode) == (2, 2), through.stderr + direct.stderr
    assert through.stdout == direct.stdout and "reports" in through.stdout


def test_a_plan_without_it_is_the_dry_run(stage: Stage, operator: Operator, proposal: Path) -> None:
    there = operator.at(stage.database)
    plan = keyless("plan", "--config", str(proposal), "--env", "dev", **there)
    dry = keyless("sync", "--dry-run", "--config", str(proposal), "--env", "dev", **there)
    assert (plan.returncode, plan.stdout) == (dry.returncode, dry.stdout) == (0, plan.stdout), plan.stderr


def test_the_deployed_spec_plans_nothing_and_holds(planner: dict[str, str]) -> None:
    assert keyless("plan", "--config", SPEC, "--detailed-exitcode", *THROUGH, **planner).returncode == 0
    answer = keyless("prove", "--config", SPEC, *THROUGH, "--json", **planner)
    assert (answer.returncode, json.loads(answer.stdout)["databases"][0]["holds"]) == (0, True), answer.stderr


def test_a_proof_names_a_right_that_was_given_by_hand(stage: Stage, planner: dict[str, str]) -> None:
    with stage.superuser("app") as superuser:
        superuser.execute("GRANT CREATE ON SCHEMA foo TO lambda_writer")
    try:
        answer = keyless("prove", "--config", SPEC, *THROUGH, "--format", "markdown", **planner)
    finally:
        with stage.superuser("app") as superuser:
            superuser.execute("REVOKE CREATE ON SCHEMA foo FROM lambda_writer")
    assert answer.returncode == 2, answer.stderr
    assert answer.stdout.startswith("#### Database ` app `: not as the spec says\n\n```text\n")
    assert "'lambda_writer' can CREATE on schema foo" in answer.stdout


def test_it_logs_in_as_the_watch_and_as_nobody_else(stage: Stage, planner: dict[str, str], proposal: Path) -> None:
    before = len(stage.events.all())
    assert keyless("plan", "--config", str(proposal), *THROUGH, **planner).returncode == 0
    assert {(one.user, one.allowed) for one in stage.events.all()[before:]} == {("drift_watch", True)}


def test_whoever_may_ask_may_not_log_in_or_invoke_the_bootstrap_function(
    stage: Stage, deployed: Deployed, planner: dict[str, str]
) -> None:
    there = {**planner, "PGHOSTADDR": stage.database.address, "PGSSLROOTCERT": str(stage.roots)}
    where = {"PGHOST": stage.database.host, "PGPORT": "5432", "PGUSER": deployed.database.user}
    refused = keyless("plan", "--config", SPEC, **there, **where)
    assert (refused.returncode, "token that was signed for it was refused" in refused.stderr) == (1, True)
    asked = ("approve", "--config", SPEC, "--to", "approved.json", "--managed-by", f"{PLACE.prefix}-access")
    refused = keyless(*asked, "--function", deployed.bootstrap.configuration["FunctionArn"], **planner)
    assert (refused.returncode, "lambda:InvokeFunction" in refused.stderr) == (1, True), refused.stderr


def test_without_the_right_it_says_which_is_missing(stage: Stage, operator: Operator) -> None:
    answer = keyless("plan", "--config", SPEC, *THROUGH, **operator.credentials)
    assert (answer.returncode, "cloudformation:ListStackResources" in answer.stderr) == (1, True), answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_environment_that_is_not_there_is_named_with_those_that_are(planner: dict[str, str]) -> None:
    answer = keyless("plan", "--config", SPEC, "--env", "prod", "--through-lambda", **planner)
    assert (answer.returncode, "allowed: KeylessAurora-dev" in answer.stderr) == (1, True), answer.stderr


def test_a_function_that_fails_is_an_error_for_the_operator(stage: Stage, planner: dict[str, str]) -> None:
    """Its user may not log in."""
    with stage.superuser() as superuser:
        superuser.execute("ALTER ROLE drift_watch NOLOGIN")
    try:
        answer = keyless("plan", "--config", SPEC, *THROUGH, "--json", **planner)
    finally:
        with stage.superuser() as superuser:
            superuser.execute("ALTER ROLE drift_watch LOGIN")
    assert (answer.returncode, [one["database"] for one in json.loads(answer.stdout)["failed"]]) == (1, ["app"])
    assert "gave no plan: " in answer.stderr and "Traceback" not in answer.stderr
    assert REGION in answer.stderr
