"""Variables of functions: none changes the code, the host or the trust of a session."""

from collections.abc import Iterator

from checks.allowed.variables import allowed
from checks.reading.databases import databases
from checks.reading.roles import ENGINE, function_kind
from checks.reading.templates import Templates
from checks.rule import Finding, Rule

_PORT = "5432"


def harmless_variables(templates: Templates) -> Iterator[Finding]:
    """The engine's functions have the variables that they read; others have none that loads code or changes a
    session's host or TLS (checks/allowed/variables.py)."""
    for function in templates.all("AWS::Lambda::Function"):
        engine = function_kind(function) in ENGINE.values()
        for name in function.props.get("Environment", {}).get("Variables", {}):
            if not allowed(name, engine=engine):
                yield Finding(function.path, f"variable {name} may change what runs, or where and how it logs in")


def same_port(templates: Templates) -> Iterator[Finding]:
    """Database, proxy and functions mean the same port: a proxy has no other than its engine's."""
    for database in databases(templates):
        if str(database.props.get("Port")) != _PORT:
            yield Finding(database.path, f"Port is {database.props.get('Port')}; allowed: {_PORT}")
    for function in templates.all("AWS::Lambda::Function"):
        variables = function.props.get("Environment", {}).get("Variables", {})
        if "PGHOST" in variables and variables.get("PGPORT") != _PORT and any(databases(templates)):
            yield Finding(function.path, f"PGPORT is {variables.get('PGPORT')}; allowed: {_PORT}")


RULES: tuple[Rule, ...] = (harmless_variables, same_port)
