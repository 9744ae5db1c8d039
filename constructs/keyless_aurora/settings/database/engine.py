"""The engine of a database, and its version."""

import re
from collections.abc import Iterator

from keyless_aurora.engines.matrix import ENGINES, Engine
from keyless_aurora.settings.allowed import written_as


def engine_problems(engine: Engine) -> Iterator[str]:
    if not engine.deployed:
        able = ", ".join(e.label for e in ENGINES.values() if e.deployed)
        without = ", or SecretInstanceSettings, which creates none" if engine.by_secret else ""
        yield f"database.engine: this app can't create users in {engine.label} yet; allowed: {able}{without}"


def kind_problems(engine: Engine, *, aurora: bool) -> Iterator[str]:
    """That it is an engine of clusters, or of instances."""
    if engine.deployed and engine.aurora is not aurora:
        able = ", ".join(e.label for e in ENGINES.values() if e.deployed and e.aurora is aurora)
        what = "Aurora" if aurora else "an instance"
        yield f"database.engine: {engine.label} is no engine of {what}; allowed: {able}"


def version_problems(engine: Engine, version: str) -> Iterator[str]:
    """That it has the form and a major version that is supported. Which minor versions a region has, only RDS knows
    (`aws rds describe-db-engine-versions`)."""
    majors = ", ".join(engine.majors)
    rest = re.escape(engine.version.removeprefix(engine.major(engine.version)))
    form = re.sub("[0-9]+", "[0-9]+", rest)
    yield from written_as(
        "database.engine_version",
        version,
        f"({'|'.join(map(re.escape, engine.majors))}){form}",
        f"a version of {engine.label}, with a major version of {majors} and a minor one, such as {engine.version}",
    )


def master_problems(engine: Engine, iam_master: bool | None) -> Iterator[str]:
    if iam_master is False and engine.iam_master:
        yield (
            f"database.iam_master: the master of {engine.label} can log in with IAM, and a password would be the one "
            "that is stored; allowed: None or True"
        )
