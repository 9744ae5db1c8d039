"""All rules, and what they find in templates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules import (
    access,
    bastions,
    by_secret,
    containers,
    database,
    decided,
    drift_watch,
    functions,
    identifiers,
    kept,
    keys,
    load_balancers,
    logs,
    monitoring,
    network,
    paths,
    policies,
    proxy,
    retention,
    roles,
    secrets,
    servers,
    sessions,
    stacks,
)
from keyless_checks.unreadable import UNREADABLE, unreadable

RULES: tuple[Rule, ...] = (
    *stacks.RULES,
    *policies.RULES,
    *decided.RULES,
    *database.RULES,
    *proxy.RULES,
    *kept.RULES,
    *identifiers.RULES,
    *logs.RULES,
    *network.RULES,
    *paths.RULES,
    *roles.RULES,
    *access.RULES,
    *sessions.RULES,
    *functions.RULES,
    *containers.RULES,
    *servers.RULES,
    *bastions.RULES,
    *load_balancers.RULES,
    *secrets.RULES,
    *by_secret.RULES,
    *keys.RULES,
    *retention.RULES,
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


def breaches(templates: Templates, rules: Sequence[Rule] = RULES) -> Iterator[Breach]:
    """What is wrong, rule by rule. A template that a rule can't read is wrong, too."""
    for rule in rules:
        try:
            findings = list(rule(templates))
        except UNREADABLE as error:
            findings = list(unreadable(templates, error))
        yield from (Breach(name(rule), title(rule), finding) for finding in findings)
