"""What a synth runs: every gate is attached, and what the rules find fails the synth and stands in its report."""

import json
import subprocess
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds

from keyless.rehearsal.servers.files import binaries
from keyless_checks import gates
from keyless_checks.parameters import PARAMETERS
from keyless_checks.plugin import environments
from keyless_checks.rules.functions import fitting_bundles
from tests.infrastructure.support import new_app
from tests.infrastructure.templates import Templates


def test_a_broken_template_fails_the_synth_and_every_gate_reports(out: Path) -> None:
    app = new_app(out)
    stack = cdk.Stack(app, "KeylessAurora-dev-database")
    iam.CfnUser(stack, "User", managed_policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"])
    logs.CfnLogGroup(stack, "Logs")
    rds.CfnDBProxy(
        stack,
        "Proxy",
        db_proxy_name="a--b",
        engine_family="POSTGRESQL",
        role_arn="arn:aws:iam::111122223333:role/x",
        vpc_subnet_ids=["subnet-1", "subnet-2"],
        default_auth_scheme="IAM_AUTH",
    )
    gates.attach(app, passwords=False, bundled=False)
    with pytest.raises(RuntimeError, match=r"RequireTLS must be true"):
        app.synth()
    reports = {
        report["pluginName"]: report
        for report in json.loads((out / "validation-report.json").read_text())["pluginReports"]
    }
    assert set(reports) == {"AwsSolutions", "NIST.800.53.R5", "Keyless", "CloudFormation Validate"}
    ours = {
        (v["ruleName"], construct["constructPath"])
        for v in reports["Keyless"]["violations"]
        for construct in v["violatingConstructs"]
    }
    assert {
        ("proxy.tls", "KeylessAurora-dev-database/Proxy"),
        ("proxy.limits", "KeylessAurora-dev-database/Proxy"),
    } <= ours
    assert "keyless_proxy_requires_tls" in {v["ruleName"] for v in reports["CloudFormation Validate"]["violations"]}


def test_secrets_are_allowed_only_when_a_user_has_a_password() -> None:
    with_passwords, without = (
        {rule.name for rule in gates.guard_rules(passwords=passwords)} for passwords in (True, False)
    )
    assert without - with_passwords == {"passwordless"}


def test_each_environment_of_an_app_is_judged_by_itself() -> None:
    files = [Path(f"KeylessAurora-{name}.template.json") for name in ("dev-network", "prod-network", "dev-database")]
    assert [sorted(found) for found in environments(files)] == [["database", "network"], ["network"]]


def _with_bundle(folder: Path, name: str, **properties: object) -> Templates:
    (folder / "asset.abc" / "package").mkdir(parents=True)
    (folder / "asset.abc" / "package" / name).touch()
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "python3.14", "Architectures": ["arm64"], "Code": {"S3Key": "abc.zip"}, **properties},
    }
    return Templates({"access": {"Resources": {"F": function}}}, assets=folder)


@pytest.mark.parametrize("name", ["a.cpython-314-aarch64-linux-gnu.so", "a.abi3.so", "a.py", "libpq-9b38.so.5"])
def test_a_bundle_that_fits_its_runtime_passes(tmp_path: Path, name: str) -> None:
    assert list(fitting_bundles(_with_bundle(tmp_path, name))) == []


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("a.cpython-313-aarch64-linux-gnu.so", {}),
        ("a.cpython-314-x86_64-linux-gnu.so", {}),
        ("a.cpython-314-darwin.so", {}),
        ("a.cpython-314-aarch64-linux-gnu.so", {"Runtime": "python3.13"}),
        ("a.cpython-314-aarch64-linux-gnu.so", {"Architectures": ["x86_64"]}),
    ],
)
def test_a_bundle_for_another_python_or_machine_is_seen(
    tmp_path: Path, name: str, properties: dict[str, object]
) -> None:
    (finding,) = fitting_bundles(_with_bundle(tmp_path, name, **properties))
    assert finding.problem.startswith(f"{name} is not for python3.1")


def test_every_parameter_that_may_be_set_is_one_that_postgresql_has() -> None:
    """RDS's own and pgaudit's excepted, which no stock server knows."""
    settings = subprocess.run(
        [str(binaries() / "postgres"), "--describe-config"], capture_output=True, text=True, check=True
    ).stdout
    known = {line.partition("\t")[0].lower() for line in settings.splitlines()}
    assert len(known) > 300
    assert {name for name in PARAMETERS if not name.startswith(("rds.", "pgaudit."))} - known == set()
