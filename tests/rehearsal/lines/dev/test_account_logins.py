"""What is wrong with who may log in as whom is named by the lines of `keyless verify`."""

import json
from dataclasses import replace

import pytest

from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.stage.running import Stage
from keyless.verify.command import spec_of
from keyless.verify.deployed import Deployed
from keyless.verify.policies import policies
from keyless.verify.probes import Probes
from keyless.verify.rehearsed import addresses
from keyless.verify.table import table
from tests.app.app import ACCESS


def _wrong(stage: Stage, deployed: Deployed, probing: Probes) -> set[str]:
    stage.end_sessions()
    found = table(deployed, probing, spec_of(ACCESS, deployed), addresses(stage)).lines
    return {line.what for line in found if not line.holds}


def test_a_place_that_takes_any_token_is_named_by_each_login_that_must_fail(
    stage: Stage, deployed: Deployed, probing: Probes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "judge", lambda **_: Verdict(True, "anybody", "any token is good"))
    wrong = _wrong(stage, deployed, probing)
    assert {
        "workload/Writer as migrator",
        "workload/Writer with a token: expired",
        "workload/Writer with a token: tampered",
        "workload/Writer with a token: other region",
        "workload/Writer with a token: other host",
        "workload/Writer straight to the database",
    } <= wrong


@pytest.mark.parametrize(
    ("logins", "named"),
    [
        (
            "dbuser:prx-*/migrator",
            {"workload/Writer as migrator"},
        ),
        (
            "dbuser:cluster-*/keyless_master",
            {"workload/Writer straight to the database, as keyless_master"},
        ),
        (
            "dbuser:cluster-*/lambda_writer",
            {"workload/Writer straight to the database"},
        ),
        ("dbuser:*/rogue", set()),
    ],
)
def test_a_role_that_may_connect_as_another_is_named(
    stage: Stage, deployed: Deployed, probing: Probes, logins: str, named: set[str]
) -> None:
    (writer,) = [function for function in deployed.functions if function.name == "workload/Writer"]
    role, iam = str(writer.configuration["Role"]).rpartition("/")[2], stage.cloud.client("iam")
    statement = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": f"arn:aws:rds-db:*:*:{logins}"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=document)
    try:
        assert _wrong(stage, deployed, probing) == named
        read, _ = policies(stage.cloud.client, deployed)
        (wrong,) = [line for line in read if not line.holds]
        assert wrong.what == "workload/Writer's role names one login"
        assert wrong.measured.reason == f"more allows {statement['Resource']}"
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="more")


def test_a_role_that_gets_another_policy_is_named(stage: Stage, deployed: Deployed) -> None:
    role, iam = str(deployed.watch.configuration["Role"]).rpartition("/")[2], stage.cloud.client("iam")
    statement = {"Effect": "Allow", "Action": "rds-db:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    arn = iam.create_policy(PolicyName="more", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    try:
        read, _ = policies(stage.cloud.client, deployed)
    finally:
        iam.detach_role_policy(RoleName=role, PolicyArn=arn)
        iam.delete_policy(PolicyArn=arn)
    assert {line.what: line.measured.reason for line in read if not line.holds} == {
        "access/Watch's role names one login": "more allows *"
    }


def test_a_function_whose_probe_fails_is_named_and_the_others_are_measured(
    stage: Stage, deployed: Deployed, probing: Probes
) -> None:
    broken, writer = deployed.functions
    found = replace(deployed, functions=(replace(broken, name="workload/Gone"), writer))
    lines = table(found, probing, spec_of(ACCESS, deployed), addresses(stage)).lines
    assert {line.what for line in lines if not line.holds} == {"workload/Gone's probe"}
    assert "workload/Writer as lambda_writer" in {line.what for line in lines}


def test_a_user_without_its_login_is_named(stage: Stage, deployed: Deployed, probing: Probes) -> None:
    stage.execute("ALTER ROLE lambda_writer NOLOGIN")
    try:
        assert _wrong(stage, deployed, probing) == {"workload/Writer as lambda_writer"}
    finally:
        stage.execute("ALTER ROLE lambda_writer LOGIN")


def test_a_proxy_that_takes_plain_text_is_named(stage: Stage, deployed: Deployed, probing: Probes) -> None:
    rds, name = stage.cloud.client("rds"), stage.deployed.proxy["DBProxyName"]
    rds.modify_db_proxy(DBProxyName=name, RequireTLS=False)
    try:
        assert _wrong(stage, deployed, probing) >= {"workload/Writer without TLS", "workload/Migrator without TLS"}
    finally:
        rds.modify_db_proxy(DBProxyName=name, RequireTLS=True)
