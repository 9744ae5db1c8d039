"""The engine of a database, and its version."""

from collections.abc import Iterator
from typing import Final

from keyless_aurora.engines.matrix import ENGINES, Engine
from keyless_aurora.settings.allowed import written_as

VERSION: Final = "17.9"
"""Of a database that this app makes, unless its settings say another."""


def engine_problems(engine: Engine) -> Iterator[str]:
    if not engine.deployed:
        able = ", ".join(e.label for e in ENGINES.values() if e.deployed)
        yield f"database.engine: this app can't create users in {engine.label} yet; allowed: {able}"


def version_problems(engine: Engine, version: str) -> Iterator[str]:
    """That it has the form and a major version that is supported. Which minor versions a region has, only RDS knows
    (`aws rds describe-db-engine-versions`)."""
    majors = ", ".join(map(str, engine.majors))
    yield from written_as(
        "database.engine_version",
        version,
        rf"({majors.replace(', ', '|')})\.[0-9]+",
        f"a version of {engine.label}, with a major version of {majors} and a minor one, such as {VERSION}",
    )
