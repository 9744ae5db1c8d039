"""Who may take the pipeline's roles, and what they may do then. Trust is decided by a policy evaluator that is not
ours."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.problems import environment_problems
from keyless_aurora.settings.repository import Repository
from keyless_aurora.stacks.pipeline import PipelineStack
from keyless_aurora.testing.texts.rights import Right, stated
from tests.app.environments import DEV, PROD
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import ROOT, new_app
from tests.infrastructure.templates import Change, Templates

REPOSITORY = Repository("acme@123456/aurora@456789")
STACKS = tuple(f"KeylessAurora-prod-{name}" for name in ("network", "database"))
PROVIDER = "pipeline/GitHub/Provider.Arn"
HOST = "token.actions.githubusercontent.com"
DEPLOY, DIFF = "pipeline/Deploy/Role", "pipeline/Diff/Role"

ON_MAIN = {
    "aud": "sts.amazonaws.com",
    "sub": "repo:acme@123456/aurora@456789:environment:prod",
    "ref": "refs/heads/main",
}
PROPOSED = {
    "aud": "sts.amazonaws.com",
    "sub": "repo:acme@123456/aurora@456789:pull_request",
    "ref": "refs/pull/7/merge",
}


def synthesized(
    out: Path, repository: Repository = REPOSITORY, environment: Environment = PROD
) -> tuple[Templates, Any]:
    app = new_app(out)
    PipelineStack(app, environment, repository=repository, stacks=STACKS)
    folder = Path(app.synth().directory)
    template = json.loads((folder / f"KeylessAurora-{environment.name}-pipeline.template.json").read_text())
    return Templates({"pipeline": template}), app


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return synthesized(tmp_path_factory.mktemp("pipeline"))[0]


def taken_by(templates: Templates, claims: Mapping[str, str], provider: str = PROVIDER) -> set[str]:
    """The roles that a job with this token may take."""
    context = EvalContext(
        principal_arn=provider,
        principal_type="WebIdentityUser",
        principal_account="1",
        action="sts:AssumeRoleWithWebIdentity",
        resource_arn="*",
        region="",
        service_context={f"{HOST}:{name}": value for name, value in claims.items()},
    )
    return {
        path
        for path, role in templates.named("AWS::IAM::Role")
        if evaluate_trust_policy(_trust(templates, role["Properties"]["AssumeRolePolicyDocument"]), provider, context)
    }


def _trust(templates: Templates, document: dict[str, Any]) -> dict[str, Any]:
    def plain(statement: dict[str, Any]) -> dict[str, Any]:
        principal = {kind: templates.text("pipeline", value) for kind, value in statement["Principal"].items()}
        return {**statement, "Principal": principal}

    return {**document, "Statement": [plain(statement) for statement in document["Statement"]]}


def test_a_job_of_the_environment_on_main_deploys_and_a_pull_requests_job_compares(templates: Templates) -> None:
    assert taken_by(templates, ON_MAIN) == {DEPLOY}
    assert taken_by(templates, PROPOSED) == {DIFF}


OTHERS: list[tuple[str, Mapping[str, str]]] = [
    ("another branch", {**ON_MAIN, "ref": "refs/heads/feature"}),
    ("a tag named as the branch", {**ON_MAIN, "ref": "refs/tags/main"}),
    ("another environment", {**ON_MAIN, "sub": "repo:acme@123456/aurora@456789:environment:dev"}),
    ("a longer environment's name", {**ON_MAIN, "sub": ON_MAIN["sub"] + "-eu"}),
    ("main, but in no environment", {**ON_MAIN, "sub": "repo:acme@123456/aurora@456789:ref:refs/heads/main"}),
    ("another repository", {**ON_MAIN, "sub": "repo:acme@123456/other@456790:environment:prod"}),
    ("another owner of the same names", {**ON_MAIN, "sub": "repo:acme@999/aurora@998:environment:prod"}),
    ("names without numbers", {**ON_MAIN, "sub": "repo:acme/aurora:environment:prod"}),
    ("a repository whose name goes on", {**PROPOSED, "sub": "repo:acme@123456/aurora@4567890:pull_request"}),
    ("another audience", {**ON_MAIN, "aud": "https://github.com/acme"}),
    ("no audience", {"sub": ON_MAIN["sub"], "ref": ON_MAIN["ref"]}),
    ("no subject", {"aud": ON_MAIN["aud"], "ref": ON_MAIN["ref"]}),
    ("no branch", {"aud": ON_MAIN["aud"], "sub": ON_MAIN["sub"]}),
    ("a pull request that names another audience", {**PROPOSED, "aud": "other"}),
]


@pytest.mark.parametrize(("who", "claims"), OTHERS)
def test_no_other_job_takes_a_role(templates: Templates, who: str, claims: Mapping[str, str]) -> None:
    assert taken_by(templates, claims) == set(), who


def test_no_other_identity_provider_is_trusted(templates: Templates) -> None:
    assert taken_by(templates, ON_MAIN, provider="arn:aws:iam::1:oidc-provider/gitlab.com") == set()


def expected_rights() -> set[Right]:
    bootstrap = "arn:aws:iam::ACCOUNT:role/cdk-klprod-{}-role-ACCOUNT-eu-west-1"
    stack = "arn:aws:cloudformation:eu-west-1:ACCOUNT:stack/{}/*"
    return {
        *(Right(DEPLOY, "sts:AssumeRole", bootstrap.format(kind)) for kind in ("deploy", "file-publishing")),
        *(
            Right(DIFF, f"cloudformation:{action}", stack.format(name))
            for action in ("DescribeStacks", "GetTemplate")
            for name in (*STACKS, "KeylessAurora-prod-pipeline")
        ),
    }


def test_the_roles_have_exactly_the_listed_rights(templates: Templates) -> None:
    assert set(stated(templates)) == expected_rights()


def loose(templates: Templates) -> Iterator[str]:
    """What makes a role's trust or rights wider than this pipeline needs."""
    yield from (
        f"{path} is taken by another job: {who}" for who, claims in OTHERS for path in taken_by(templates, claims)
    )
    if taken_by(templates, ON_MAIN) != {DEPLOY} or taken_by(templates, PROPOSED) != {DIFF}:
        yield "the pipeline's own jobs don't take exactly their roles"
    for path, role in templates.named("AWS::IAM::Role"):
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            if statement["Action"] != "sts:AssumeRoleWithWebIdentity" or set(statement["Principal"]) != {"Federated"}:
                yield f"{path} is trusted to somebody else"
            if set(statement["Condition"]) != {"StringEquals"} or "*" in json.dumps(statement["Condition"]):
                yield f"{path} compares claims by a pattern"
    yield from (f"right too many or too few: {right}" for right in set(stated(templates)) ^ expected_rights())


def test_nothing_is_loose(templates: Templates) -> None:
    assert list(loose(templates)) == []


def _statement(templates: Templates, role: str) -> dict[str, Any]:
    statement: dict[str, Any] = templates.props(role)["AssumeRolePolicyDocument"]["Statement"][0]
    return statement


def _claim(role: str, claim: str, value: str | None) -> Change:
    def change(templates: Templates) -> None:
        exactly = _statement(templates, role)["Condition"]["StringEquals"]
        exactly.pop(f"{HOST}:{claim}")
        if value is not None:
            exactly[f"{HOST}:{claim}"] = value

    return change


def _pattern(role: str, value: str) -> Change:
    def change(templates: Templates) -> None:
        _claim(role, "sub", None)(templates)
        _statement(templates, role)["Condition"]["StringLike"] = {f"{HOST}:sub": value}

    return change


def _rights(role: str, **fields: object) -> Change:
    return lambda templates: templates.props(f"{role}/DefaultPolicy")["PolicyDocument"]["Statement"][0].update(fields)


MUTANTS: dict[str, Change] = {
    "sub is a pattern": _pattern(DEPLOY, "repo:acme@123456/aurora@456789:*"),
    "sub is a pattern that no listed job matches": _pattern(DEPLOY, ON_MAIN["sub"][:-1] + "?"),
    "sub of another environment": _claim(DEPLOY, "sub", "repo:acme@123456/aurora@456789:environment:dev"),
    "no sub": _claim(DEPLOY, "sub", None),
    "no aud": _claim(DEPLOY, "aud", None),
    "no aud for pull requests": _claim(DIFF, "aud", None),
    "any branch": _claim(DEPLOY, "ref", None),
    "no condition": lambda t: _statement(t, DEPLOY)["Condition"].clear(),
    "claims that may be absent": lambda t: _statement(t, DEPLOY).update(
        Condition={"StringEqualsIfExists": _statement(t, DEPLOY)["Condition"]["StringEquals"]}
    ),
    "trusted to the account": lambda t: t.props(DEPLOY)["AssumeRolePolicyDocument"]["Statement"].append(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": "ACCOUNT"},
            "Condition": {"StringEquals": {}},
        }
    ),
    "a pull request deploys": _claim(DEPLOY, "sub", PROPOSED["sub"]),
    "takes every role": _rights(DEPLOY, Resource="arn:aws:iam::1:role/*"),
    "takes every bootstrap role": _rights(DEPLOY, Resource="arn:aws:iam::1:role/cdk-*"),
    "takes another environment's bootstrap roles": _rights(
        DEPLOY, Resource="arn:aws:iam::1:role/cdk-kldev-deploy-role-1-eu-west-1"
    ),
    "takes those of the account's default bootstrap": _rights(
        DEPLOY, Resource="arn:aws:iam::1:role/cdk-hnb659fds-deploy-role-1-eu-west-1"
    ),
    "does more than take roles": _rights(DEPLOY, Action=["sts:AssumeRole", "iam:PassRole"]),
    "compares any stack": _rights(DIFF, Resource="*"),
    "compares by CDK's lookup role": _rights(
        DIFF, Action="sts:AssumeRole", Resource="arn:aws:iam::1:role/cdk-hnb659fds-lookup-role-1-eu-west-1"
    ),
    "writes while it compares": _rights(DIFF, Action=["cloudformation:CreateChangeSet", "cloudformation:GetTemplate"]),
    "a managed policy": lambda t: t.props(DIFF).update(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_looser_role_is_seen(templates: Templates, name: str) -> None:
    assert list(loose(templates.broken(MUTANTS[name]))) != []


def test_a_deploys_session_may_last_as_long_as_the_job(templates: Templates) -> None:
    """And no longer: the workflow's rules hold that it asks for as much as its job may take."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/deploy-environment.yml").read_text())["jobs"]["deploy"]
    assert templates.props(DEPLOY)["MaxSessionDuration"] == 60 * workflow["timeout-minutes"]
    assert "MaxSessionDuration" not in templates.props(DIFF), "an hour, the least that AWS takes"


def test_an_account_that_has_the_provider_gets_no_second_one(out: Path) -> None:
    templates, _ = synthesized(out, dataclasses.replace(REPOSITORY, provider_exists=True))
    assert templates.of_type("AWS::IAM::OIDCProvider") == []
    assert taken_by(templates, ON_MAIN, provider=f"arn:aws:iam::ACCOUNT:oidc-provider/{HOST}") == {DEPLOY}


@pytest.mark.parametrize("environment", [DEV, dataclasses.replace(DEV, account="111122223333")])
def test_every_finding_is_acknowledged_and_every_acknowledgement_needed(out: Path, environment: Environment) -> None:
    _, app = synthesized(out, environment=environment)
    assert mismatches(app) == ([], [])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "acme/aurora",
        "acme@1/*",
        "acme@1/aurora",
        "*@1/aurora@2",
        "acme@1/aurora@2:environment:prod",
        "acme@1/aurora@*",
        "acme@1/aurora@2\n",
    ],
)
def test_a_repository_without_its_numbers_or_with_a_pattern_is_refused(name: str) -> None:
    (problem,) = environment_problems(dataclasses.replace(PROD, repository=Repository(name)))
    assert "allowed: OWNER@OWNER_ID/NAME@REPOSITORY_ID" in problem


@pytest.mark.parametrize("branch", ["", "*", "release/?", "main "])
def test_a_branch_that_is_a_pattern_is_refused(branch: str) -> None:
    repository = dataclasses.replace(REPOSITORY, branch=branch)
    (problem,) = environment_problems(dataclasses.replace(PROD, repository=repository))
    assert "is not one branch" in problem
