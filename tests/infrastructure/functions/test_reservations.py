"""What is reserved in Lambda: all or nothing of it can be done without, for an account with a small quota."""

from dataclasses import replace
from pathlib import Path

from keyless_aurora.engines.matrix import Pattern
from tests.app.environments import DEV, PROD
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import PASSWORDS


def reserved(templates: Templates) -> dict[str, int]:
    found = {r.path: r.props.get("ReservedConcurrentExecutions") for r in templates.all("AWS::Lambda::Function")}
    return {path.split("/")[1]: number for path, number in found.items() if number is not None}


def test_a_deploy_of_dev_needs_no_quota_that_a_new_account_lacks(every: Synthesis) -> None:
    assert bool(reserved(every.templates)) is every.environment.protected


def test_the_masters_functions_are_reserved_by_one_setting(out: Path) -> None:
    environment = replace(PROD.with_pattern(Pattern.B), workloads={})
    assert reserved(synthesize(environment, out / "with", PASSWORDS).templates) == {
        "Bootstrap": 2,
        "Watch": 1,
        "Rotate": 1,
    }
    without = replace(environment, maintenance_reserved=False)
    assert reserved(synthesize(without, out / "without", PASSWORDS).templates) == {}


def test_without_a_reservation_the_budget_counts_what_the_callers_may_run_at_once(out: Path) -> None:
    deployment = synthesize(DEV.with_pattern(Pattern.B), out, PASSWORDS).deployment
    users = [user for user in PASSWORDS.users if user.auth_method == "password"]
    sessions = {line.what: line.connections for line in deployment.budget.lines}
    assert (sessions["Bootstrap"], sessions["Watch"], sessions["Rotate"]) == (2, len(PASSWORDS.databases), len(users))
