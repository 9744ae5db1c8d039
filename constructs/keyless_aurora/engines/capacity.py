"""How many connections a database takes: its `max_connections`, known before it exists. Data and arithmetic; knows no
CDK.

What AWS has published comes first, and else the least that it published for as much memory: rather a budget that is a
little tight than one that the server doesn't keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from keyless_aurora.engines.defaults import mysql, postgresql
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.instance_classes import memory_gib
from keyless_aurora.engines.matrix import AURORA_POSTGRESQL, POSTGRESQL, Engine

_BY_PARAMETER = "set in the parameter group"


class CapacityError(Exception):
    """The max_connections of a database can't be known from its settings, or is out of range."""


@dataclass(frozen=True)
class Capacity:
    """What one instance of the database takes. Each reader of a cluster has as many again, for itself."""

    max_connections: int
    source: str
    """Where the number is from, for the operator."""
    family: Family = Family.POSTGRESQL

    @property
    def reserved(self) -> Mapping[str, int]:
        """What no user of the spec gets of it, by why."""
        if not self.family.converged:
            return {}
        return mysql.RESERVED if self.family is Family.MYSQL else postgresql.RESERVED


def serverless(
    min_acu: float, max_acu: float, engine: Engine = AURORA_POSTGRESQL, *, max_connections: int | None = None
) -> Capacity:
    """Of Aurora Serverless v2; `max_connections` is what the parameter group sets, if it does.

    The current capacity doesn't matter. With at most 0.5 ACU as the minimum PostgreSQL has never more than 2,000.

    Raises:
        CapacityError: when `max_acu` is below 1, or `max_connections` out of range.
    """
    if max_acu < 1:
        raise CapacityError(f"max_acu: {max_acu:g} is less than Aurora Serverless v2 can have; allowed: 1 to 256")
    by_memory = (mysql if engine.family is Family.MYSQL else postgresql).serverless(max_acu)
    asked = by_memory if max_connections is None else _checked(max_connections, engine)
    capped = engine.family is Family.POSTGRESQL and min_acu <= postgresql.SMALL_MIN_ACU
    if capped and asked > postgresql.MOST_WITH_SMALL_MIN_ACU:
        return Capacity(
            postgresql.MOST_WITH_SMALL_MIN_ACU,
            f"Aurora Serverless v2, capped while min_acu is {min_acu:g}; from 1 on it is {asked:,}",
            engine.family,
        )
    if max_connections is not None:
        return Capacity(asked, _BY_PARAMETER, engine.family)
    source = f"Aurora Serverless v2 by its max_acu of {max_acu:g}, whatever the current capacity"
    return Capacity(asked, source, engine.family)


def provisioned(instance_class: str, engine: Engine, *, max_connections: int | None = None) -> Capacity:
    """Of an instance class such as `r8g.large` or `db.r8g.large`; `max_connections` is what the parameter group sets,
    if it does.

    Raises:
        CapacityError: when the class is unknown and `max_connections` isn't set, or is out of range.
    """
    if max_connections is not None:
        return Capacity(_checked(max_connections, engine), _BY_PARAMETER, engine.family)
    gib = memory_gib(instance_class, engine)
    if isinstance(gib, str):
        raise CapacityError(
            f"{gib}; for any other class, set `max_connections` to what {_asked(engine)} returns on one"
        )
    found = (mysql if engine.family is Family.MYSQL else postgresql).provisioned(instance_class, engine, gib)
    return Capacity(found, f"{engine.label} on {instance_class}, {gib:,} GiB", engine.family)


def existing(max_connections: int, engine: Engine = POSTGRESQL) -> Capacity:
    """Of a database that exists, by its own max_connections. Raises CapacityError when that can't be."""
    return Capacity(_checked(max_connections, engine), "as the settings say of the existing database", engine.family)


def stated(max_connections: int, engine: Engine) -> Capacity:
    """Of a database whose parameters for it are nobody's here."""
    return Capacity(max_connections, "as the settings say", engine.family)


def _asked(engine: Engine) -> str:
    return "SELECT @@max_connections" if engine.family is Family.MYSQL else "SHOW max_connections"


def _checked(max_connections: int, engine: Engine) -> int:
    settable = postgresql.SETTABLE
    if engine.family is Family.MYSQL:
        settable = mysql.SETTABLE_ON_AURORA if engine.aurora else mysql.SETTABLE
    if max_connections not in settable:
        raise CapacityError(
            f"max_connections: {max_connections:,} is out of range; allowed: {settable[0]} to {settable[-1]:,}"
        )
    return max_connections
