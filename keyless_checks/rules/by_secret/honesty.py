"""What is said of access where nobody carries it out: that nobody does."""

import re
from collections.abc import Iterator

from keyless_checks.reading.roles import Kind, function_kind
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.by_secret.subject import by_secret

_LINE = "No engine of this project makes, changes or checks the users of "
_SAID = re.compile(
    rf"{_LINE}[A-Za-z0-9 ]+: whoever administers it makes them and their rights, with the passwords of their secrets, "
    "and rotates these; no access is proven and no drift is seen"
)
_OF_AN_ENGINE = (
    "AWS::RDS::DBProxy",
    "AWS::RDS::DBProxyEndpoint",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::SecretsManager::RotationSchedule",
    "Custom::DatabaseAccess",
)
_PROJECTS = (Kind.BOOTSTRAP, Kind.WATCH, Kind.ROTATION, Kind.FRAMEWORK)


def said(templates: Templates) -> Iterator[Finding]:
    """The database's stack has an output that says that no engine makes its users."""
    for database, _ in by_secret(templates):
        outputs = templates.by_stack[database.stack].get("Outputs", {})
        if not any(_SAID.fullmatch(str(output.get("Value"))) for output in outputs.values()):
            yield Finding(database.path, f"no output of its stack says the whole of: {_LINE.strip()} …")


def no_engine(templates: Templates) -> Iterator[Finding]:
    """There is no access, engine's function, rotation or proxy, which would promise what nobody carries out."""
    for _, facts in by_secret(templates):
        for resource in templates.all(*_OF_AN_ENGINE):
            yield Finding(resource.path, f"{resource.type} for {facts.id}, whose users nobody makes; allowed: none")
        for function in templates.all("AWS::Lambda::Function"):
            if (kind := function_kind(function)) in _PROJECTS:
                yield Finding(function.path, f"{kind.value} for {facts.id}, whose users nobody makes; allowed: none")


RULES: tuple[Rule, ...] = (said, no_engine)
