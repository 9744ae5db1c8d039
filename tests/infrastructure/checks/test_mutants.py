"""The rules of checks/ hold on what ships, and each sees what it is there for: docs/mutants.md, written by
UPDATE_SNAPSHOTS=1."""

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import aws_cdk as cdk
import jsii
import pytest

from checks.gates import guard_rules
from checks.ruleset import RULES, breaches, name, title
from tests.infrastructure.checks.mutants import (
    of_access,
    of_database,
    of_decided,
    of_functions,
    of_keys,
    of_monitoring,
    of_network,
    of_paths,
    of_proxy,
    of_rights,
    of_sessions,
    of_templates,
    of_variants,
)
from tests.infrastructure.checks.mutants.edit import Mutant
from tests.infrastructure.support import ROOT, Synthesis, synthesize
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import VARIANTS

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
    "Alarms and the drift watch": of_monitoring,
    "An RDS instance, and users with a password": of_variants,
    "Values and ties that nobody decided on": of_decided,
}
MUTANTS: list[Mutant] = [mutant for module in SUBJECTS.values() for mutant in module.MUTANTS]
BY_OTHER_TESTS = {"functions.fitting_bundles"}
"""Needs built bundles: test_bundles_fit."""


def test_the_shipped_templates_break_no_rule(every: Synthesis) -> None:
    assert list(breaches(every.templates)) == []


Whole = Callable[[Mutant], Templates]
"""What a mutant is made of."""


@pytest.fixture(scope="module")
def whole(prod: Synthesis, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The templates of prod, or of a variant of it for what prod doesn't have."""

    @cache
    def variant(name: str) -> Templates:
        environment, spec = VARIANTS[name]
        return synthesize(environment, tmp_path_factory.mktemp(name), spec).templates

    def original(mutant: Mutant) -> Templates:
        if mutant in of_variants.ON_INSTANCE:
            return variant("instance-A-prod")
        return variant("aurora-B-prod") if mutant in of_variants.WITH_PASSWORDS else prod.templates

    return original


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_rule_sees_its_mutant(whole: Whole, mutant: Mutant) -> None:
    assert list(mutant.rule(whole(mutant).broken(mutant.change))) != []


@pytest.mark.parametrize(
    "of", [of_variants.ON_INSTANCE[0], of_variants.WITH_PASSWORDS[0]], ids=["instance", "passwords"]
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


def _page(whole: Whole) -> str:
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
        lines += [
            f"| {m.name} | {_seen_by(whole(m), m)} | {f'`{m.guard}`' if m.guard else ''} |" for m in module.MUTANTS
        ] + [""]
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
    page, text = ROOT / "docs" / "mutants.md", _page(whole)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        page.write_text(text)
    assert page.read_text() == text, "docs/mutants.md is out of date: UPDATE_SNAPSHOTS=1 make infrastructure"
