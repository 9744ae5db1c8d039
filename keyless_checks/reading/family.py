"""The family of engines of an environment's database, whether the stacks make it or it exists."""

from keyless_checks.engines import ENGINES, FAMILIES, POSTGRESQL, Family
from keyless_checks.reading.databases import databases
from keyless_checks.reading.roles import Kind, function_kind
from keyless_checks.reading.templates import Templates


def family_of(templates: Templates) -> Family:
    """That of the databases of the stacks. Where they make none, what the bootstrap function is told: PostgreSQL when
    nothing."""
    engines = [str(database.props.get("Engine")) for database in databases(templates)]
    if known := [ENGINES[engine].family for engine in engines if engine in ENGINES]:
        return known[0]
    said = [
        function.props.get("Environment", {}).get("Variables", {}).get("DB_ENGINE_FAMILY")
        for function in templates.all("AWS::Lambda::Function")
        if function_kind(function) is Kind.BOOTSTRAP
    ]
    return next((family for family in FAMILIES if family.name in said), POSTGRESQL)
