"""Every place in the templates is broken by machine, in every way: what survives is published, and explained."""

import os
import pickle
from collections.abc import Callable

import pytest

from keyless_checks.rules import decided
from keyless_checks.ruleset import RULES
from tests.infrastructure.checks.automatic.explanations import EXPLANATIONS, explained
from tests.infrastructure.checks.automatic.judges import seen_by
from tests.infrastructure.checks.automatic.mutants import Mutant, applied, mutants
from tests.infrastructure.checks.automatic.outcome import Outcome
from tests.infrastructure.checks.automatic.page import FILE, page
from tests.infrastructure.checks.automatic.run import every, sample
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import VARIANTS

LEAST = 95
"""Percent of all mutants that a synth's rules see."""
SEED = int(os.environ.get("MUTANTS_SEED", "0"))
"""Which one of each stratum is tried."""


@pytest.fixture(scope="module")
def published() -> Outcome:
    return Outcome.read()


@pytest.fixture(scope="module")
def tried(prod: Synthesis, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Mutant, str | None]]:
    """One mutant of each stratum, with the rule that sees it."""

    def source(name: str) -> Templates:
        if name == "prod":
            return prod.templates
        environment, spec = VARIANTS[name]
        return synthesize(environment, tmp_path_factory.mktemp(name), spec).templates

    return [(mutant, seen_by(mutant, t)) for t, found in every(source) for mutant in sample(found, SEED)]


def test_what_survives_is_published(tried: list[tuple[Mutant, str | None]], published: Outcome) -> None:
    """So the rate doesn't fall below the one that is published: `make mutants` publishes another."""
    survivors = {mutant.stratum for mutant, rule in tried if rule is None}
    assert sorted(survivors - set(published.survivors)) == []
    assert published.rate >= LEAST


def test_what_survives_is_explained(tried: list[tuple[Mutant, str | None]], published: Outcome) -> None:
    survivors = {mutant.stratum for mutant, rule in tried if rule is None} | set(published.survivors)
    assert sorted(stratum for stratum in survivors if explained(stratum) is None) == []


def test_every_explanation_is_needed(published: Outcome) -> None:
    needed = {explained(stratum) for stratum in published.survivors}
    assert [explanation.subject for explanation in EXPLANATIONS if explanation not in needed] == []


def test_the_page_says_what_was_found(published: Outcome) -> None:
    assert FILE.read_text() == page(published), "docs/mutants-automatic.md is out of date: make mutants"


def _rate(rules: Callable[[], tuple[object, ...]], templates: Templates, some: list[Mutant]) -> float:
    kept = tuple(rule for rule in RULES if rule in rules())
    return 100 * sum(seen_by(mutant, templates, kept) is not None for mutant in some) / len(some)


def test_a_gate_that_is_missing_lowers_the_rate(prod: Synthesis) -> None:
    proxies = [m for m in sample(list(mutants(prod.templates)), SEED) if m.place.type == "AWS::RDS::DBProxy"]
    whole = _rate(lambda: RULES, prod.templates, proxies)
    assert whole > LEAST - 5
    assert _rate(lambda: tuple(r for r in RULES if r not in decided.RULES), prod.templates, proxies) < whole - 10
    assert _rate(lambda: (), prod.templates, proxies) == 0


def test_a_mutant_is_in_the_templates_only_while_it_is_tried(prod: Synthesis) -> None:
    before = str(prod.templates.by_stack)
    for mutant in sample(list(mutants(prod.templates)), SEED):
        with applied(mutant, prod.templates) as broken:
            assert str(broken.by_stack) != before
        assert str(prod.templates.by_stack) == before


def test_a_mutant_is_the_same_in_another_process(prod: Synthesis) -> None:
    some = next(mutant for mutant in mutants(prod.templates) if mutant.kind == "drop")
    assert pickle.loads(pickle.dumps(some)).value is some.value


def test_every_resource_is_broken_and_every_property_of_it(prod: Synthesis) -> None:
    broken = {(m.place.stack, m.place.name, m.place.keys) for m in mutants(prod.templates)}
    properties = {
        (resource.stack, resource.logical_id, ("Properties", name))
        for resource in prod.templates.all()
        for name in resource.props
    }
    resources = {(resource.stack, resource.logical_id, ()) for resource in prod.templates.all()}
    assert (properties | resources) - broken == set()
