"""How many connections a database takes: its `max_connections`, known before it exists. Data and arithmetic; knows no
CDK.

By default it is LEAST({DBInstanceClassMemory/9531392},5000) (AuroraUserGuide/AuroraPostgreSQL.Managing, "Maximum
connections to an Aurora PostgreSQL DB instance"; UserGuide/CHAP_Limits, "Maximum number of database connections"). That
memory is smaller than the class's, because the operating system and RDS keep a part that AWS gives no figure for. So
what AWS has published comes first, and else the least that it published for as much memory: rather a budget that is a
little tight than one that PostgreSQL doesn't keep.
"""

from dataclasses import dataclass

from keyless_aurora.engines.instance_classes import memory_gib
from keyless_aurora.engines.matrix import AURORA_POSTGRESQL, Engine

RESERVED = {"superuser_reserved_connections": 3, "rds.rds_superuser_reserved_connections": 2}
"""Slots that no user of the spec gets, by their parameters' defaults. RDS's own sessions need the first."""

# AuroraUserGuide/aurora-serverless-v2.setting-capacity, "Maximum connections for Aurora Serverless v2": by the maximum
# ACU.
_BY_MAX_ACU = {1: 189, 4: 823, 8: 1669, 16: 3360, 32: 5000}
_MOST_BY_DEFAULT = 5000
_SMALL_MIN_ACU, _MOST_WITH_SMALL_MIN_ACU = 0.5, 2000
# AuroraUserGuide/AuroraPostgreSQL.Managing, the table it had up to 2023; from 64 GiB on all have 5,000.
_BY_CLASS = {
    "t3.medium": 420,
    "t3.large": 844,
    "t4g.medium": 405,
    "t4g.large": 844,
    "r5.large": 1600,
    "r5.xlarge": 3300,
    "r6g.large": 1722,
    "r6g.xlarge": 3479,
    "x2g.large": 3479,
}
# The least of both tables for that many GiB. For 1 GiB AWS publishes nothing: users of db.t4g.micro mostly report 79 to
# 87.
_LEAST_BY_GIB = {1: 75, 2: 189, 4: 405, 8: 844, 16: 1600, 32: 3300}
_SETTABLE = range(6, 262144)
_BY_PARAMETER = "set in the parameter group"


class CapacityError(Exception):
    """The max_connections of a database can't be known from its settings, or is out of range."""


@dataclass(frozen=True)
class Capacity:
    """What one instance of the database takes. Each reader of a cluster has as many again, for itself."""

    max_connections: int
    source: str
    """Where the number is from, for the operator."""


def serverless(min_acu: float, max_acu: float, *, max_connections: int | None = None) -> Capacity:
    """Of Aurora Serverless v2; `max_connections` is what the parameter group sets, if it does.

    Between two published sizes the smaller one's connections per ACU count: these only grow. The current capacity
    doesn't matter, and with at most 0.5 ACU as the minimum there are never more than 2,000.

    Raises:
        CapacityError: when `max_acu` is below 1, or `max_connections` out of range.
    """
    if max_acu < 1:
        raise CapacityError(f"max_acu: {max_acu:g} is less than Aurora Serverless v2 can have; allowed: 1 to 256")
    published = max(acu for acu in _BY_MAX_ACU if acu <= max_acu)
    by_memory = min(int(_BY_MAX_ACU[published] * max_acu / published), _MOST_BY_DEFAULT)
    asked = by_memory if max_connections is None else _checked(max_connections)
    if min_acu <= _SMALL_MIN_ACU and asked > _MOST_WITH_SMALL_MIN_ACU:
        return Capacity(
            _MOST_WITH_SMALL_MIN_ACU,
            f"Aurora Serverless v2, capped while min_acu is {min_acu:g}; from 1 on it is {asked:,}",
        )
    if max_connections is not None:
        return Capacity(asked, _BY_PARAMETER)
    return Capacity(asked, f"Aurora Serverless v2 by its max_acu of {max_acu:g}, whatever the current capacity")


def provisioned(instance_class: str, engine: Engine, *, max_connections: int | None = None) -> Capacity:
    """Of an instance class such as `r8g.large` or `db.r8g.large`; `max_connections` is what the parameter group sets,
    if it does.

    Raises:
        CapacityError: when the class is unknown and `max_connections` isn't set, or is out of range.
    """
    if max_connections is not None:
        return Capacity(_checked(max_connections), _BY_PARAMETER)
    gib = memory_gib(instance_class, engine)
    if isinstance(gib, str):
        raise CapacityError(
            f"{gib}; for any other class, set `max_connections` to what SHOW max_connections returns on one"
        )
    by_memory = _LEAST_BY_GIB.get(gib, _MOST_BY_DEFAULT)
    published = _BY_CLASS.get(instance_class.removeprefix("db.")) if engine == AURORA_POSTGRESQL else None
    return Capacity(published or by_memory, f"{engine.label} on {instance_class}, {gib:,} GiB")


def existing(max_connections: int) -> Capacity:
    """Of a database that exists, by its own SHOW max_connections. Raises CapacityError when that can't
    be."""
    return Capacity(_checked(max_connections), "as the settings say of the existing database")


def _checked(max_connections: int) -> int:
    if max_connections not in _SETTABLE:
        raise CapacityError(
            f"max_connections: {max_connections:,} is out of range; allowed: {_SETTABLE[0]} to {_SETTABLE[-1]:,}"
        )
    return max_connections
