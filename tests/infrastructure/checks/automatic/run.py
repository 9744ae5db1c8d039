"""All mutants of prod, and those of variants that break what prod doesn't have."""

from collections.abc import Callable, Iterator
from random import Random

from tests.infrastructure.checks.automatic.mutants import Mutant, Stratum, by_stratum, mutants
from tests.infrastructure.templates import Templates

VARIANTS = ("aurora-B-prod", "instance-A-prod", "egress", "readers", "aurora-mysql-A-prod", "oracle-D-staging")
"""Secrets with their rotation and endpoint; an instance; NAT and S3; the proxy's second endpoint; the MySQL family; an
engine whose users nobody makes."""

Source = Callable[[str], Templates]
"""The templates of `prod` or of a variant, by its name."""


def every(source: Source) -> Iterator[tuple[Templates, list[Mutant]]]:
    known: set[Stratum] = set()
    for name in ("prod", *VARIANTS):
        templates = source(name)
        found = [mutant for mutant in mutants(templates) if mutant.stratum not in known]
        known |= {mutant.stratum for mutant in found}
        yield templates, found


def sample(every_: list[Mutant], seed: int) -> list[Mutant]:
    """One of each stratum: each place of each type is broken in each way once."""
    return [Random(seed).choice(found) for found in by_stratum(every_).values()]
