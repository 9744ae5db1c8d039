"""On what a role may use its actions."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.allowed.resources import pattern
from keyless_checks.reading.clients import containers
from keyless_checks.reading.place import Place, place
from keyless_checks.reading.roles import Kind, Use, function_kind, uses
from keyless_checks.reading.statements import statements
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule


def resources(templates: Templates) -> Iterator[Finding]:
    """A role has its actions on its own log, function, group or stacks, in this account and region
    (keyless_checks/allowed/resources.py)."""
    where, used = place(templates), {use.role: use for use in uses(templates)}
    for statement in statements(templates):
        use = used.get(statement.role)
        if use is None or where is None or not statement.allows:
            continue
        texts = [templates.text(statement.stack, resource) for resource in statement.resources]
        for service in sorted({action.partition(":")[0] for action in statement.actions}):
            form = pattern(use.kind, service, **_named(templates, use, where))
            yield from (
                Finding(statement.path, f"{use.kind.value} may use {service} on {text}")
                for text in texts
                if form is not None and not form.fullmatch(text)
            )


def _named(templates: Templates, use: Use, where: Place) -> dict[str, str]:
    group = _log(use)
    functions = templates.all("AWS::Lambda::Function")
    bootstrap = next((found.path for found in functions if function_kind(found) is Kind.BOOTSTRAP), "")
    log = templates.text(use.user.stack, group)
    return {"log": log, "of_bootstrap": bootstrap, "account": where.account, "region": where.region}


def _log(use: Use) -> Any:
    props = use.user.props
    if use.kind is Kind.AGENT:
        logs = [one.get("LogConfiguration", {}).get("Options", {}) for one in containers(use.user)]
        return next((options.get("awslogs-group") for options in logs), None)
    return props.get("LogGroupName") if use.kind is Kind.FLOW_LOGS else props.get("LoggingConfig", {}).get("LogGroup")


def exact_claims(templates: Templates) -> Iterator[Finding]:
    """A workflow's role is for tokens with exact claims: audience and subject, compared as a whole."""
    for use in (use for use in uses(templates) if use.kind is Kind.PIPELINE):
        for entry in use.user.props["AssumeRolePolicyDocument"]["Statement"]:
            conditions = entry.get("Condition", {})
            claims = {name.rpartition(":")[2]: value for name, value in conditions.get("StringEquals", {}).items()}
            exact = all(isinstance(value, str) and "*" not in value for value in claims.values())
            if set(conditions) != {"StringEquals"} or not {"aud", "sub"} <= set(claims) or not exact:
                yield Finding(use.role, f"it is trusted for {conditions}; allowed: StringEquals with aud and sub")


RULES: tuple[Rule, ...] = (resources, exact_claims)
