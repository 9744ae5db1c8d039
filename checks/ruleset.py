"""All rules, and what they find in templates."""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.reading.templates import Templates
from checks.rule import Finding, Rule
from checks.rules import (
    database,
    drift_watch,
    functions,
    identifiers,
    kept,
    logs,
    monitoring,
    network,
    paths,
    proxy,
    roles,
    secrets,
)

RULES: tuple[Rule, ...] = (
    *database.RULES,
    *proxy.RULES,
    *kept.RULES,
    *identifiers.RULES,
    *logs.RULES,
    *network.RULES,
    *paths.RULES,
    *roles.RULES,
    *functions.RULES,
    *secrets.RULES,
    *monitoring.RULES,
    *drift_watch.RULES,
)


@dataclass(frozen=True)
class Breach:
    """A finding and the rule that found it."""

    rule: str
    title: str
    finding: Finding


def name(rule: Rule) -> str:
    """Such as `proxy.tls`: the part of the system, which names its module or package, and the rule."""
    return f"{rule.__module__.split('.')[2]}.{rule.__name__}"


def title(rule: Rule) -> str:
    return " ".join((rule.__doc__ or "").split())


def breaches(templates: Templates) -> Iterator[Breach]:
    """What is wrong, rule by rule."""
    for rule in RULES:
        yield from (Breach(name(rule), title(rule), finding) for finding in rule(templates))
