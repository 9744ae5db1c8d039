"""What the role of a function in the network needs, and what it denies to the function's code."""

from collections.abc import Iterator

from keyless_checks.reading.actions import INTERFACES, LOGS
from keyless_checks.reading.statements import Statement, statements
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule


def attached_functions(templates: Templates) -> Iterator[Finding]:
    """The role of a function in the network can make its interfaces and write its log, and denies the former to the
    function's code."""
    for function in templates.all("AWS::Lambda::Function"):
        role = templates.target(function.stack, function.props.get("Role"))
        if "VpcConfig" not in function.props or role is None:
            continue
        mine = [statement for statement in statements(templates) if statement.role == role.path]
        yield from _missing_rights(templates, function, mine)
        if not any(_denies_to(templates, statement, function) for statement in mine):
            yield Finding(
                function.path,
                "its code may make network interfaces: the denial with lambda:SourceFunctionArn is missing",
            )


def _missing_rights(templates: Templates, function: Resource, mine: list[Statement]) -> Iterator[Finding]:
    log = templates.target(function.stack, function.props.get("LoggingConfig", {}).get("LogGroup"))
    allowed = [s for s in mine if s.allows and "Condition" not in s.body]
    interfaces = {action for s in allowed if "*" in s.resources for action in s.actions}
    logs = {
        a
        for s in allowed
        for a in s.actions
        if log is not None and any(templates.target(s.stack, r) == log for r in s.resources)
    }
    for missing, place in (
        (INTERFACES - interfaces, "*"),
        (LOGS - logs, log.path if log else "a log group of its own"),
    ):
        if missing:
            yield Finding(function.path, f"its role lacks {', '.join(sorted(missing))} on {place}")


def _denies_to(templates: Templates, statement: Statement, function: Resource) -> bool:
    condition = statement.body.get("Condition", {}).get("ArnEquals", {}).get("lambda:SourceFunctionArn")
    return (
        not statement.allows
        and set(statement.actions) >= INTERFACES
        and "*" in statement.resources
        and function in [templates.target(statement.stack, arn) for arn in as_list(condition)]
    )


def confined_denials(templates: Templates) -> Iterator[Finding]:
    """A denial of network interfaces is for a function's own code: without that condition Lambda itself couldn't attach
    the function."""
    for statement in statements(templates):
        confined = "lambda:SourceFunctionArn" in statement.body.get("Condition", {}).get("ArnEquals", {})
        if not statement.allows and INTERFACES & set(statement.actions) and not confined:
            yield Finding(statement.path, "the denial is not confined to a function's code by lambda:SourceFunctionArn")


RULES: tuple[Rule, ...] = (
    attached_functions,
    confined_denials,
)
