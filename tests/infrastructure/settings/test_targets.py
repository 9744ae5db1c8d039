"""Who may deploy one environment can't deploy another: refused before anything is made, with both names."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest

from keyless_aurora.settings.bootstrap import default_qualifier
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.network import ExistingNetwork
from keyless_aurora.settings.problems import environment_problems
from keyless_aurora.settings.repository import Repository
from keyless_aurora.settings.targets import SharedTargetError, overlaps, refuse_shared
from tests.app.app import app as the_app
from tests.app.environments import DEV, ENVIRONMENTS, PROD, STAGING
from tests.infrastructure.support import ROOT, Synthesis

ONE, TWO = "111122223333", "444455556666"
PIPELINE = Repository("acme@1/aurora@2")
SHARING = replace(PIPELINE, shares_account=True)


def problems(*environments: Environment) -> tuple[str, ...]:
    with pytest.raises(SharedTargetError) as refused:
        refuse_shared(environments)
    return refused.value.problems


def test_the_environments_as_they_ship_are_separate_in_any_account() -> None:
    refuse_shared(ENVIRONMENTS.values())
    assert {name: environment.bootstrap_qualifier for name, environment in ENVIRONMENTS.items()} == {
        "dev": "kldev",
        "staging": "klstaging",
        "prod": "klprod",
    }


@pytest.mark.parametrize(("one", "other"), [("", ""), (ONE, ""), ("", ONE), (ONE, ONE)])
def test_the_same_qualifier_where_the_account_may_be_the_same_is_refused(one: str, other: str) -> None:
    found = problems(
        replace(DEV, account=one, qualifier="hnb659fds"), replace(PROD, account=other, qualifier="hnb659fds")
    )
    (problem,) = found
    assert problem.startswith("dev and prod have the same account")
    assert "qualifier hnb659fds, so who may deploy one may deploy the other; allowed: another" in problem


SAME = replace(DEV, qualifier="hnb659fds"), replace(PROD, qualifier="hnb659fds")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (replace(SAME[0], account=ONE), replace(SAME[1], account=TWO)),
        (replace(SAME[0], region="eu-central-1"), SAME[1]),
        (replace(SAME[0], qualifier="other"), SAME[1]),
    ],
)
def test_another_account_region_or_qualifier_separates(one: Environment, other: Environment) -> None:
    refuse_shared([one, other])


@pytest.mark.parametrize(("one", "other"), [("", ""), (ONE, ""), (ONE, ONE)])
def test_two_pipelines_in_one_account_are_refused(one: str, other: str) -> None:
    """Whatever the region: roles are the account's, and CloudFormation's is an administrator."""
    found = problems(
        replace(DEV, account=one, region="us-east-1", repository=PIPELINE),
        replace(PROD, account=other, repository=SHARING),
    )
    (problem,) = found
    assert problem.startswith("dev and prod have pipelines and the same account")
    assert "allowed: an `account` of its own for each, or `shares_account=True` for the repository of both" in problem


def test_pipelines_in_accounts_of_their_own_or_that_say_so_are_allowed() -> None:
    refuse_shared([replace(DEV, account=ONE, repository=PIPELINE), replace(PROD, account=TWO, repository=PIPELINE)])
    refuse_shared([replace(DEV, repository=SHARING), replace(PROD, repository=SHARING)])
    refuse_shared([replace(DEV, repository=PIPELINE), STAGING, PROD])


def test_all_of_them_are_named_at_once() -> None:
    same = [replace(each, qualifier="same") for each in (DEV, STAGING, PROD)]
    assert [problem.partition(" have ")[0] for problem in problems(*same)] == [
        "dev and staging",
        "dev and prod",
        "staging and prod",
    ]


def test_the_app_refuses_before_it_makes_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when only one of the two is chosen: its pipeline is what reaches the other."""
    monkeypatch.setitem(ENVIRONMENTS, "prod", replace(PROD, qualifier="kldev"))
    app = cdk.App(outdir=str(tmp_path / "out"), context={"environment": "dev"})
    with pytest.raises(SharedTargetError, match=r"^environments share a target:\n  - dev and prod have the same"):
        the_app().compose(app)
    assert app.node.children == []


WIDE = replace(PROD, network=replace(PROD.network, cidr="10.10.0.0/16"))
THERE = ExistingNetwork(
    "vpc-1", "10.10.0.0/20", ("eu-west-1a", "eu-west-1b"), ("subnet-1", "subnet-2"), ("subnet-3", "subnet-4")
)


@pytest.mark.parametrize(
    ("other", "number"),
    [
        (WIDE, 1),
        (replace(WIDE, network=THERE), 1),
        (PROD, 0),
        (replace(WIDE, region="eu-central-1"), 0),
        (replace(WIDE, account=TWO), 0),
        (replace(WIDE, network=replace(PROD.network, cidr="ten")), 0),
    ],
)
def test_neighbours_that_can_never_be_peered_are_named(other: Environment, number: int) -> None:
    said = [*overlaps(replace(DEV, account=ONE), [DEV, other])]
    assert [one.partition(",")[0] for one in said] == [
        f"network.cidr: 10.10.0.0/20 overlaps with {other.network.cidr} of prod"
    ] * number


def test_two_environments_in_one_network_are_not_to_be_peered() -> None:
    assert [*overlaps(replace(DEV, network=THERE), [replace(PROD, network=THERE)])] == []


def test_a_synth_says_what_can_never_be_peered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an information: a warning would fail `make synth`, and a network in use can't have another range."""
    monkeypatch.setitem(ENVIRONMENTS, "prod", WIDE)
    app = cdk.App(outdir=str(tmp_path / "out"), context={"environment": "dev", "aws:cdk:bundling-stacks": []})
    (built,) = the_app().compose(app).deployments
    (said,) = [entry.data for entry in built.network.node.metadata if entry.type == "aws:cdk:info"]
    assert "10.10.0.0/16 of prod" in said


def test_every_stack_is_deployed_by_roles_of_its_environment(every: Synthesis) -> None:
    artifacts = json.loads((Path(every.app.outdir) / "manifest.json").read_text())["artifacts"].values()
    stacks = [artifact["properties"] for artifact in artifacts if artifact["type"] == "aws:cloudformation:stack"]
    assert len(stacks) == len(every.deployment.stacks)
    roles = {
        key: f"role/cdk-{every.environment.bootstrap_qualifier}-{role}-role-"
        for key, role in {"assumeRoleArn": "deploy", "cloudFormationExecutionRoleArn": "cfn-exec"}.items()
    }
    assert all(role in stack[key] for stack in stacks for key, role in roles.items())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dev", "--qualifier kldev --toolkit-stack-name CDKToolkit-kldev"),
        ("prod", "--qualifier klprod --toolkit-stack-name CDKToolkit-klprod"),
    ],
)
def test_make_bootstraps_with_the_environments_own_roles(tmp_path: Path, name: str, options: str) -> None:
    answer = _make(tmp_path, "bootstrap", f"ENV={name}", "CDK=echo", "ARGS=--more")
    assert answer.returncode == 0, answer.stderr
    assert f"bootstrap --no-notices -c environment={name} {options} --more" in answer.stdout.splitlines()


def test_make_bootstraps_no_environment_that_is_not_there(tmp_path: Path) -> None:
    answer = _make(tmp_path, "bootstrap", "ENV=qa", "CDK=echo")
    assert answer.returncode != 0
    assert (
        "no environment is named 'qa'; allowed: ENV=NAME" in answer.stderr
        and "bootstrap --no-notices" not in answer.stdout
    )


def _make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`make`, whose Python takes the app of the tests for `app.py`."""
    python = folder / "python"
    python.write_text(f'#!/bin/sh\n[ "$1" = app.py ] && shift && exec {sys.executable} -m tests.app.app "$@"\n')
    python.chmod(0o700)
    command = ["make", "--silent", "-o", "setup", f"BIN={folder}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["quite-a-long-name", "a-b", "nine99999", "x" * 40])
def test_a_name_that_is_no_qualifier_gets_one_all_the_same(name: str) -> None:
    assert not [*environment_problems(replace(DEV, name=name))]
    assert default_qualifier(name) != default_qualifier(f"{name[:-1]}0")
    assert len(default_qualifier(name)) == 10


@pytest.mark.parametrize("qualifier", ["UPPER", "a-b", "x" * 11, "a\n", "ü"])
def test_a_wrong_qualifier_is_refused_with_its_place(qualifier: str) -> None:
    (problem,) = environment_problems(replace(DEV, qualifier=qualifier))
    assert problem.startswith(f"qualifier: {qualifier!r} is not a qualifier; allowed: ")
