"""PostgreSQL's: LEAST({DBInstanceClassMemory/9531392},5000) (AuroraUserGuide/AuroraPostgreSQL.Managing, "Maximum
connections to an Aurora PostgreSQL DB instance"; UserGuide/CHAP_Limits, "Maximum number of database connections").

That memory is smaller than the class's, because the operating system and RDS keep a part that AWS gives no figure for.
"""

from typing import Final

from keyless_aurora.engines.matrix import Engine

RESERVED: Final = {"superuser_reserved_connections": 3, "rds.rds_superuser_reserved_connections": 2}
"""Slots that no user of the spec gets, by their parameters' defaults. RDS's own sessions need the first."""
SETTABLE: Final = range(6, 262144)
SMALL_MIN_ACU: Final = 0.5
MOST_WITH_SMALL_MIN_ACU: Final = 2000

BYTES: Final = 9_531_392
"""Of memory, for a connection."""
_MOST: Final = 5000
# AuroraUserGuide/aurora-serverless-v2.setting-capacity, "Maximum connections for Aurora Serverless v2": by the maximum
# ACU.
_BY_MAX_ACU: Final = {1: 189, 4: 823, 8: 1669, 16: 3360, 32: 5000}
# AuroraUserGuide/AuroraPostgreSQL.Managing, the table it had up to 2023; from 64 GiB on all have 5,000.
_BY_CLASS: Final = {
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
LEAST_BY_GIB: Final = {1: 75, 2: 189, 4: 405, 8: 844, 16: 1600, 32: 3300}
"""The least of both tables for that many GiB. For 1 GiB AWS publishes nothing: users of db.t4g.micro mostly report 79
to 87."""


def serverless(max_acu: float) -> int:
    """Between two published sizes the smaller one's connections per ACU count: these only grow."""
    published = max(acu for acu in _BY_MAX_ACU if acu <= max_acu)
    return min(int(_BY_MAX_ACU[published] * max_acu / published), _MOST)


def provisioned(instance_class: str, engine: Engine, gib: int) -> int:
    published = _BY_CLASS.get(instance_class.removeprefix("db.")) if engine.aurora else None
    return published or LEAST_BY_GIB.get(gib, _MOST)
