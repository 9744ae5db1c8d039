"""Who may call a function from outside: schedules of the stacks, and Secrets Manager for a rotation."""

from collections.abc import Iterator

from keyless_checks.reading.roles import Kind, function_kind
from keyless_checks.reading.schedules import ending
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_SOURCES = {
    Kind.WATCH: ("events.amazonaws.com", "AWS::Events::Rule"),
    Kind.ROTATION: ("secretsmanager.amazonaws.com", "AWS::SecretsManager::Secret"),
}
_MOST_DAYS = 365


def callers(templates: Templates) -> Iterator[Finding]:
    """A permission lets one service call for one source: the watch's schedule, one that ends temporary memberships, a
    secret that is rotated. Nobody else calls the engine's functions."""
    for permission in templates.all("AWS::Lambda::Permission"):
        if problem := _permission_problem(templates, permission):
            yield Finding(permission.path, problem)


def _permission_problem(templates: Templates, permission: Resource) -> str | None:
    props = permission.props
    function = templates.target(permission.stack, props.get("FunctionName"))
    kind = Kind.YOURS if function is None else function_kind(function)
    source = templates.target(permission.stack, props.get("SourceArn"))
    principal = str(props.get("Principal"))
    if props.get("Action") != "lambda:InvokeFunction":
        return f"it allows {props.get('Action')}; allowed: lambda:InvokeFunction"
    if kind in _SOURCES:
        service, type_ = _SOURCES[kind]
        fits = principal == service and source is not None and source.type == type_
        return None if fits else f"{principal} may call {kind.value}; allowed: {service} for an {type_} of the stacks"
    if kind is Kind.BOOTSTRAP and principal == "events.amazonaws.com" and source and [*ending(templates, source)]:
        return None
    if kind is not Kind.YOURS:
        return f"{principal} may call {kind.value}; allowed: nobody"
    return (
        None if principal.endswith(".amazonaws.com") else f"{principal} may call it; allowed: a service, for a source"
    )


def rotations(templates: Templates) -> Iterator[Finding]:
    """A secret is rotated by the engine's rotation function, which Secrets Manager may call for it, at least once a
    year."""
    allowed = [
        (templates.target(p.stack, p.props.get("FunctionName")), templates.text(p.stack, p.props.get("SourceArn")))
        for p in templates.all("AWS::Lambda::Permission")
    ]
    for schedule in templates.all("AWS::SecretsManager::RotationSchedule"):
        function = templates.target(schedule.stack, schedule.props.get("RotationLambdaARN"))
        secret = templates.text(schedule.stack, schedule.props.get("SecretId"))
        days = schedule.props.get("RotationRules", {}).get("AutomaticallyAfterDays")
        if function is None or function_kind(function) is not Kind.ROTATION:
            yield Finding(schedule.path, "it is not the engine's rotation function that rotates")
        elif (function, secret) not in allowed:
            yield Finding(schedule.path, f"Secrets Manager may not call the rotation for {secret}")
        if not 1 <= days <= _MOST_DAYS:
            yield Finding(schedule.path, f"it rotates after {days} days; allowed: 1 to {_MOST_DAYS}")


RULES: tuple[Rule, ...] = (callers, rotations)
