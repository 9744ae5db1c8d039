"""The rules of keyless_checks/ hold on what ships, and each sees what it is there for: docs/mutants.md, written by
UPDATE_SNAPSHOTS=1."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import aws_cdk as cdk
import jsii
import pytest

from keyless_checks.gates import guard_rules
from keyless_checks.ruleset import RULES, breaches, name, title
from tests.infrastructure.checks.mutants import (
    of_access,
    of_bastions,
    of_by_secret,
    of_containers,
    of_database,
    of_decided,
    of_functions,
    of_keys,
    of_load_balancers,
    of_monitoring,
    of_mysql,
    of_network,
    of_paths,
    of_proxy,
    of_rights,
    of_servers,
    of_sessions,
    of_templates,
    of_temporary,
    of_variants,
)
from tests.infrastructure.checks.mutants.edit import Mutant
from tests.infrastructure.support import ROOT, Synthesis, synthesize
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import VARIANTS
from tests.infrastructure.workloads import people, workloads

SUBJECTS = {
    "What a template is made of": of_templates,
    "The database": of_database,
    "The proxy": of_proxy,
    "The network": of_network,
    "Who reaches whom": of_paths,
    "Rights": of_rights,
    "Who logs in as whom": of_sessions,
    "How access is made": of_access,
    "Keys": of_keys,
    "Functions": of_functions,
    "Services": of_containers,
    "Servers": of_servers,
    "Load balancers": of_load_balancers,
    "Bastions": of_bastions,
    "Alarms and the drift watch": of_monitoring,
    "An RDS instance, and users with a password": of_variants,
    "Memberships for a while": of_temporary,
    "The MySQL family": of_mysql,
    "SQL Server, Oracle and Db2": of_by_secret,
    "Values and ties that nobody decided on": of_decided,
}
MUTANTS: list[Mutant] = [mutant for module in SUBJECTS.values() for mutant in module.MUTANTS]
PAGE = ROOT / "docs" / "mutants.md"
_OUT_OF_DATE = "docs/mutants.md is out of date: UPDATE_SNAPSHOTS=1 make infrastructure"
BY_OTHER_TESTS = {"functions.fitting_bundles"}
"""Needs built bundles: test_bundles_fit."""


def test_the_shipped_templates_break_no_rule(every: Synthesis) -> None:
    assert list(breaches(every.templates)) == []


ON_VARIANT: dict[str, Sequence[Mutant]] = {
    "temporary-grants-prod": of_temporary.MUTANTS,
    "instance-A-prod": of_variants.ON_INSTANCE,
    "aurora-B-prod": of_variants.WITH_PASSWORDS,
    "findings-bus": of_monitoring.ON_BUS,
    "aurora-mysql-A-prod": of_mysql.ON_AURORA,
    "mariadb-B-prod": of_mysql.ON_MARIADB,
    "existing-mysql": of_mysql.ON_EXISTING,
    "oracle-D-staging": of_by_secret.ON_ORACLE,
    "sqlserver-D-staging": of_by_secret.ON_SQLSERVER,
    "db2-D-staging": of_by_secret.ON_DB2,
}
"""What prod doesn't have, in a variant of it."""
Whole = Callable[[Mutant], Templates]
"""What a mutant is made of."""


@pytest.fixture(scope="module")
def whole(prod: Synthesis, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The templates of prod, or of a variant of it for what prod doesn't have."""

    @cache
    def variant(name: str) -> Templates:
        environment, spec = VARIANTS[name]
        return synthesize(environment, tmp_path_factory.mktemp(name), spec).templates

    @cache
    def with_workloads() -> Templates:
        return workloads(tmp_path_factory.mktemp("workloads")).templates

    @cache
    def with_people() -> Templates:
        return people(tmp_path_factory.mktemp("people")).templates

    def original(mutant: Mutant) -> Templates:
        if mutant in of_bastions.MUTANTS:
            return with_people()
        if mutant in (*of_containers.MUTANTS, *of_servers.MUTANTS, *of_load_balancers.MUTANTS):
            return with_workloads()
        name = next((name for name, mutants in ON_VARIANT.items() if mutant in mutants), None)
        return variant(name) if name else prod.templates

    return original


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_rule_sees_its_mutant_and_the_page_says_which_others_do(whole: Whole, mutant: Mutant) -> None:
    seen = _seen_by(whole(mutant), mutant)
    assert f"`{name(mutant.rule)}`" in seen
    if not os.environ.get("UPDATE_SNAPSHOTS"):
        assert _row(mutant, seen) in PAGE.read_text().splitlines(), _OUT_OF_DATE


@pytest.mark.parametrize(
    "of",
    [
        of_variants.ON_INSTANCE[0],
        of_variants.WITH_PASSWORDS[0],
        of_monitoring.ON_BUS[0],
        of_containers.MUTANTS[0],
        of_bastions.MUTANTS[0],
        of_temporary.MUTANTS[0],
        of_mysql.ON_AURORA[0],
        of_mysql.ON_MARIADB[0],
        of_mysql.ON_EXISTING[0],
        of_by_secret.ON_ORACLE[0],
        of_by_secret.ON_SQLSERVER[0],
        of_by_secret.ON_DB2[0],
    ],
    ids=[
        "instance",
        "passwords",
        "bus",
        "workloads",
        "people",
        "temporary grants",
        "Aurora MySQL",
        "MariaDB",
        "MySQL there",
        "Oracle",
        "SQL Server",
        "Db2",
    ],
)
def test_the_variants_break_no_rule_before_they_are_broken(whole: Whole, of: Mutant) -> None:
    assert list(breaches(whole(of))) == []


def test_a_rule_has_a_name_of_its_own() -> None:
    assert len({name(rule) for rule in RULES}) == len(RULES)


def test_every_rule_has_a_mutant_and_a_title() -> None:
    assert {name(rule) for rule in RULES} - {name(mutant.rule) for mutant in MUTANTS} == BY_OTHER_TESTS
    assert [name(rule) for rule in RULES if not title(rule)] == []
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@jsii.implements(cdk.IPolicyValidationContext)
class _Context:
    """What the CDK hands to a validation plugin."""

    def __init__(self, app: cdk.App, paths: list[str]) -> None:
        self._app, self._paths = app, paths

    app_construct = property(lambda self: self._app)
    template_paths = property(lambda self: self._paths)
    account_id = region = property(lambda self: None)
    stack_templates = property(
        lambda self: [cdk.PolicyValidationStack(stack_construct_path=path, template_path=path) for path in self._paths]
    )


@pytest.fixture(scope="module")
def guard() -> cdk.CloudFormationValidatePlugin:
    return cdk.CloudFormationValidatePlugin(include_default_rules=False, guard_rules=guard_rules(passwords=False))


def _failing(
    guard: cdk.CloudFormationValidatePlugin, synthesis: Synthesis, templates: Templates, folder: Path
) -> Iterator[tuple[str, str]]:
    """The project's guard rules that fail, each with the stack's name."""
    files = {str(folder / f"{stack}.json"): stack for stack in templates.by_stack}
    for file, stack in files.items():
        Path(file).write_text(json.dumps(templates.by_stack[stack]))
    for violation in guard.validate(_Context(synthesis.app, list(files))).violations:
        if violation.rule_name.startswith("keyless_"):
            yield from (
                (violation.rule_name, files[resource.template_path or ""]) for resource in violation.violating_resources
            )


def test_the_guard_rules_pass_what_ships(
    every: Synthesis, guard: cdk.CloudFormationValidatePlugin, tmp_path: Path
) -> None:
    assert list(_failing(guard, every, every.templates, tmp_path)) == []


def test_the_guard_rules_pass_services_and_servers(
    prod: Synthesis, whole: Whole, guard: cdk.CloudFormationValidatePlugin, tmp_path: Path
) -> None:
    assert list(_failing(guard, prod, whole(of_servers.MUTANTS[0]), tmp_path)) == []


def test_a_guard_rule_sees_each_of_its_mutants(
    prod: Synthesis, whole: Whole, guard: cdk.CloudFormationValidatePlugin, tmp_path: Path
) -> None:
    """All in one call, each mutant as the stack that it breaks."""
    by_stack, expected = {}, set()
    for number, mutant in enumerate(MUTANTS):
        if mutant.guard:
            original = whole(mutant)
            broken = original.broken(mutant.change)
            (stack,) = [stack for stack, template in broken.by_stack.items() if template != original.by_stack[stack]]
            by_stack[str(number)] = broken.by_stack[stack]
            expected.add((mutant.guard, str(number)))
    assert expected - set(_failing(guard, prod, Templates(by_stack), tmp_path)) == set()


def test_every_guard_rule_has_a_mutant(guard: cdk.CloudFormationValidatePlugin) -> None:
    ours = {rule for rule in guard.rule_ids or [] if rule.startswith("keyless_")}
    assert ours - {mutant.guard for mutant in MUTANTS} == set()


def _seen_by(original: Templates, mutant: Mutant) -> str:
    rules = dict.fromkeys(breach.rule for breach in breaches(original.broken(mutant.change)))
    return ", ".join(f"`{rule}`" for rule in sorted(rules, key=lambda rule: rule != name(mutant.rule)))


def _row(mutant: Mutant, seen: str) -> str:
    return f"| {mutant.name} | {seen} | {f'`{mutant.guard}`' if mutant.guard else ''} |"


def _page(row: Callable[[Mutant], str]) -> str:
    lines = [
        "# Mutants",
        "",
        f"{len(MUTANTS)} templates broken on purpose, one thing each. `make infrastructure` breaks the templates of "
        "prod (or a variant of it) so and",
        "fails unless every rule and cfn-guard rule named here sees it. This page is written by that test "
        "(`UPDATE_SNAPSHOTS=1`).",
        "",
    ]
    for subject, module in SUBJECTS.items():
        lines += [f"## {subject}", "", "| mutant | rules that see it | cfn-guard |", "|---|---|---|"]
        lines += [*map(row, module.MUTANTS), ""]
    return "\n".join(
        [
            *lines,
            "## The rules",
            "",
            "| rule | says |",
            "|---|---|",
            *(f"| `{name(rule)}` | {title(rule)} |" for rule in RULES),
            "",
        ]
    )


def test_the_page_lists_them_all(whole: Whole) -> None:
    """The test above looks at each row."""
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(_page(lambda mutant: _row(mutant, _seen_by(whole(mutant), mutant))))
    rows = {line.split(" | ")[0]: line for line in PAGE.read_text().splitlines()}
    assert PAGE.read_text() == _page(lambda mutant: rows.get(f"| {mutant.name}", "")), _OUT_OF_DATE
