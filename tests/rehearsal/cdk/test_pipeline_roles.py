"""The pipeline's deployed roles are enough for their jobs, and for nothing else.

Behind AssumeRoleWithWebIdentity is ministack's evaluator; that the token is GitHub's is what only AWS checks.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from keyless.rehearsal.cdk.assembly import localise
from keyless.rehearsal.cdk.command import Cdk
from keyless.rehearsal.cdk.synthesis import synth
from keyless.rehearsal.emulator.cloud import Cloud, RoleSession
from tests.rehearsal.rehearsed import APP as REHEARSED

ROOT = Path(__file__).resolve().parents[3]
APP = (
    f"env PYTHONPATH={ROOT}:{ROOT / 'constructs'}:{ROOT / 'bootstrap_lambda'} {sys.executable} "
    f"{Path(__file__).parent / 'pipeline_app.py'}"
)
STACK = "KeylessAurora-dev-pipeline"
PULL_REQUEST = {
    "iss": "https://token.actions.githubusercontent.com",
    "aud": "sts.amazonaws.com",
    "sub": "repo:acme@1/aurora@2:pull_request",
}


@dataclass(frozen=True)
class Pipeline:
    cloud: Cloud
    outputs: Mapping[str, str]
    same: Path
    """As synthesized, with the bootstrap roles that the command line tries to take."""
    changed: Path

    def take(self, role: str, claims: Mapping[str, str]) -> RoleSession:
        """What configure-aws-credentials does with the job's token, but signed: this cloud answers nobody unsigned."""
        part = [
            base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
            for value in ({"alg": "none"}, claims)
        ]
        sts = self.cloud.client("sts")
        sts.meta.events.register_first("choose-signer.sts.AssumeRoleWithWebIdentity", lambda **_: "v4")
        answer = sts.assume_role_with_web_identity(
            RoleArn=self.outputs[role], RoleSessionName="GitHubActions", WebIdentityToken=".".join([*part, ""])
        )
        found = answer["Credentials"]
        return RoleSession(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def diff(self, assembly: Path, who: RoleSession) -> "subprocess.CompletedProcess[str]":
        """The workflow's command."""
        session = {
            "AWS_ACCESS_KEY_ID": who.access_key_id,
            "AWS_SECRET_ACCESS_KEY": who.secret_access_key,
            "AWS_SESSION_TOKEN": who.session_token,
        }
        aws = {**self.cloud.environment(), **session}
        command: list[str | Path] = [
            ROOT / "node_modules/.bin/cdklocal",
            "diff",
            "--app",
            assembly,
            "--method",
            "template",
            "--strict",
            "--no-notices",
            "--no-color",
        ]
        environment = {
            **aws,
            "AWS_ENVAR_ALLOWLIST": ",".join(aws),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "CDK_DISABLE_CLI_TELEMETRY": "1",
        }
        return subprocess.run(
            command, cwd=self.same.parent, env=environment, capture_output=True, text=True, check=False, timeout=120
        )


def synthesized(folder: Path, **context: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDK_VALIDATION", "false")
        synth(REHEARSED, folder, context, app=APP)
    return folder


@pytest.fixture(scope="module")
def pipeline(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("pipeline")
    same, changed = synthesized(folder / "same"), synthesized(folder / "changed", changed="yes")
    localise(same, folder / "localised")
    cdk = Cdk(REHEARSED, cloud, folder / "localised")
    cdk.bootstrap()
    return Pipeline(cloud, cdk.deploy().outputs[STACK], same, changed)


def test_a_pull_requests_job_compares_what_is_deployed(pipeline: Pipeline) -> None:
    who = pipeline.take("DiffRoleArn", PULL_REQUEST)
    same, changed = pipeline.diff(pipeline.same, who), pipeline.diff(pipeline.changed, who)
    assert (same.returncode, changed.returncode) == (0, 0), same.stderr + changed.stderr
    assert "There were no differences" in same.stdout + same.stderr
    assert "refs/heads/release" in changed.stdout + changed.stderr


@pytest.mark.parametrize("missing", ["cloudformation:DescribeStacks", "cloudformation:GetTemplate"])
def test_the_comparison_needs_both_of_its_rights(pipeline: Pipeline, missing: str) -> None:
    iam, role = pipeline.cloud.client("iam"), pipeline.outputs["DiffRoleArn"].rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    less = json.loads(json.dumps(document).replace(f'"{missing}"', '"cloudformation:ListStacks"'))
    assert less != document
    try:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(less))
        assert pipeline.diff(pipeline.same, pipeline.take("DiffRoleArn", PULL_REQUEST)).returncode != 0
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def test_the_diff_role_reads_no_other_stack_and_takes_no_other_role(pipeline: Pipeline) -> None:
    who = pipeline.take("DiffRoleArn", PULL_REQUEST)
    with pytest.raises(ClientError, match="AccessDenied"):
        pipeline.cloud.client("cloudformation", who).get_template(StackName="CDKToolkit-kldev")
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(pipeline, who, "lookup")


@pytest.mark.parametrize(
    "claim",
    [{"aud": "other"}, {"sub": "repo:acme@1/aurora@2:environment:dev"}, {"sub": "repo:acme/aurora:pull_request"}],
)
def test_another_jobs_token_gets_no_role(pipeline: Pipeline, claim: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        pipeline.take("DiffRoleArn", {**PULL_REQUEST, **claim})


def assume(pipeline: Pipeline, who: RoleSession, kind: str) -> None:
    name = f"cdk-kldev-{kind}-role-{pipeline.cloud.account}-{pipeline.cloud.region}"
    pipeline.cloud.client("sts", who).assume_role(
        RoleArn=f"arn:aws:iam::{pipeline.cloud.account}:role/{name}", RoleSessionName="cdk"
    )
