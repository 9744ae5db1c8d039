"""Which survivors cfn-lint sees, which runs in the tests and is slow. One of each stratum is asked about."""

import json
from collections.abc import Iterator

from cfnlint.config import ConfigMixIn  # type: ignore[import-untyped]
from cfnlint.decode.cfn_json import CfnJSONDecoder  # type: ignore[import-untyped]
from cfnlint.runner import Runner, run_template_by_data  # type: ignore[import-untyped]

from tests.infrastructure.checks.automatic.mutants import Mutant, Stratum, applied, by_stratum
from tests.infrastructure.checks.test_cfn_lint import TOLD_OTHERWISE
from tests.infrastructure.templates import Templates


def by_lint(templates: Templates, survivors: list[Mutant]) -> dict[Stratum, str]:
    """Its rule, by stratum that it sees."""
    runner = Runner(ConfigMixIn(regions=["eu-west-1"], ignore_checks=list(TOLD_OTHERWISE)))
    found: dict[Stratum, str] = {}
    for stratum, mutants in by_stratum(survivors).items():
        with applied(mutants[0], templates) as broken:
            if rule := next(_lint(runner, broken.by_stack[mutants[0].place.stack]), None):
                found[stratum] = f"cfn-lint {rule}"
    return found


def _lint(runner: Runner, template: dict[str, object]) -> Iterator[str]:
    decoded = json.loads(json.dumps(template), cls=CfnJSONDecoder)
    yield from (str(match.rule.id) for match in run_template_by_data(decoded, runner.config, runner.rules))
