"""The engine of a database."""

from collections.abc import Iterator

from keyless_aurora.engines.matrix import ENGINES, Engine


def engine_problems(engine: Engine) -> Iterator[str]:
    if not engine.deployed:
        able = ", ".join(e.label for e in ENGINES.values() if e.deployed)
        yield f"database.engine: this app can't create users in {engine.label} yet; allowed: {able}"
