"""Variables of functions and containers: none changes the code, the host or the trust of a session."""

from collections.abc import Iterator
from dataclasses import astuple

from keyless_checks.allowed.variables import allowed
from keyless_checks.engines import EVERY_FAMILY, POSTGRESQL
from keyless_checks.reading.clients import clients
from keyless_checks.reading.databases import databases
from keyless_checks.reading.family import family_of
from keyless_checks.reading.roles import ENGINE
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule


def harmless_variables(templates: Templates) -> Iterator[Finding]:
    """The engine's functions have the variables that they read; others have none that loads code or changes a
    session's host or TLS (keyless_checks/allowed/variables.py)."""
    for client in clients(templates):
        engine = client.kind in ENGINE.values()
        for name in client.variables:
            if not allowed(name, engine=engine):
                yield Finding(client.path, f"variable {name} may change what runs, or where and how it logs in")


def same_port(templates: Templates) -> Iterator[Finding]:
    """Database, proxy and functions mean the same port: a proxy has no other than its engine's. Of a database with a
    port of its own for TLS, functions mean that one."""
    family = family_of(templates)
    port, listener = str(family.port), str(family.listener)
    for database in databases(templates):
        if str(database.props.get("Port")) != listener:
            yield Finding(database.path, f"Port is {database.props.get('Port')}; allowed: {listener}")
    for client in clients(templates):
        told = client.told
        if told.host is not None and told.port != port and any(databases(templates)):
            yield Finding(client.path, f"{told.family.names.port} is {told.port}; allowed: {port}")


def one_family(templates: Templates) -> Iterator[Finding]:
    """A client is told of its server by the variables of the database's own family, and by no other's; the engine's
    functions know which it is."""
    family = family_of(templates)
    others = {name for other in EVERY_FAMILY for name in astuple(other.names)} - {*astuple(family.names)}
    for client in clients(templates):
        if named := sorted(others & client.variables.keys()):
            yield Finding(client.path, f"{', '.join(named)} is not read by clients of {family.name}")
        said = client.variables.get("DB_ENGINE_FAMILY", POSTGRESQL.name)
        if client.kind in ENGINE.values() and said != family.name:
            yield Finding(client.path, f"DB_ENGINE_FAMILY is {said}; the database is of {family.name}")


RULES: tuple[Rule, ...] = (harmless_variables, same_port, one_family)
