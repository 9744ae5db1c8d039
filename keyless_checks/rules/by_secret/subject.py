"""Which databases these rules are about."""

from collections.abc import Iterator

from keyless_checks.engines import ENGINES, EngineFacts
from keyless_checks.reading.databases import databases
from keyless_checks.reading.templates import Resource, Templates


def by_secret(templates: Templates) -> Iterator[tuple[Resource, EngineFacts]]:
    """Those whose users no engine of this project makes."""
    for database in databases(templates):
        facts = ENGINES.get(str(database.props.get("Engine")))
        if facts is not None and not facts.family.converged:
            yield database, facts
