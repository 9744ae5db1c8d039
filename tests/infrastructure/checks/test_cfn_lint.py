"""cfn-lint finds nothing in what ships and in variants of it: all of them in one process, with its rules loaded
once."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]
from cfnlint.decode.cfn_json import CfnJSONDecoder  # type: ignore[import-untyped]
from cfnlint.runner import Runner, run_template_by_data  # type: ignore[import-untyped]

from tests.app.environments import ENVIRONMENTS
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import VARIANTS

TOLD_OTHERWISE = {
    "W3005": "the CDK's constructs say DependsOn beside a GetAtt, which is the same dependency twice and does no harm",
    "W3010": "zones are named, so that a synth looks nothing up (acknowledged on the VPC)",
}


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner(ConfigMixIn(regions=["eu-west-1"], ignore_checks=list(TOLD_OTHERWISE)))


def findings(runner: Runner, templates: Templates) -> Iterator[str]:
    for stack, template in templates.by_stack.items():
        decoded = json.loads(json.dumps(template), cls=CfnJSONDecoder)
        for match in run_template_by_data(decoded, runner.config, runner.rules):
            yield f"{stack}: {match.rule.id} {match.message}"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_cfn_lint_finds_nothing(shipped: Callable[[str], Synthesis], runner: Runner, name: str) -> None:
    assert list(findings(runner, shipped(name).templates)) == []


@pytest.mark.parametrize(
    "name",
    ["aurora-B-prod", "instance-bare", "egress", "readers", "aurora-mysql-A-prod", "mysql-A-prod", "mariadb-B-prod"],
)
def test_cfn_lint_finds_nothing_in_what_only_variants_have(runner: Runner, out: Path, name: str) -> None:
    """Secrets, their rotation and endpoint; an instance; NAT and S3; the proxy's second endpoint."""
    environment, spec = VARIANTS[name]
    assert list(findings(runner, synthesize(environment, out, spec).templates)) == []


def test_it_looks(prod: Synthesis, runner: Runner) -> None:
    def break_it(templates: Templates) -> None:
        next(r for r in templates.all("AWS::RDS::DBProxy")).props["RequireTLS"] = "perhaps"

    workload = {"database": prod.templates.broken(break_it).by_stack["database"]}
    assert [
        finding for finding in findings(runner, Templates(workload)) if "'perhaps' is not of type 'boolean'" in finding
    ] != []
