"""Which rule of a synth sees a mutant."""

from collections.abc import Sequence

from keyless_checks.rule import Rule
from keyless_checks.rules.decided.contents import undecided, values
from keyless_checks.ruleset import RULES, breaches, name
from tests.infrastructure.checks.automatic.mutants import Mutant, applied
from tests.infrastructure.templates import Templates


def seen_by(mutant: Mutant, templates: Templates, rules: Sequence[Rule] = RULES) -> str | None:
    """The name of the first of `rules` that finds something; None: the mutant survives.

    The rule that looks at each resource by itself is asked about the broken one first, which saves reading the others.
    """
    with applied(mutant, templates) as broken:
        mutated = broken.resource(mutant.place.stack, mutant.place.name)
        if values in rules and mutated is not None and any(undecided(broken, mutated)):
            return name(values)
        return next((breach.rule for breach in breaches(broken, rules)), None)
