"""Those of the MySQL family.

Aurora MySQL has steps (AuroraUserGuide/AuroraMySQL.Managing.Performance, "Maximum connections to an Aurora MySQL DB
instance"; aurora-serverless-v2.setting-capacity, "Maximum connections for Aurora Serverless v2"). RDS divides the
memory: {DBInstanceClassMemory/12582880} for MySQL, LEAST({DBInstanceClassMemory/25165760},12000) for MariaDB
(UserGuide/CHAP_Limits, "Maximum number of database connections"). What the operating system and RDS keep of it AWS
gives no figure for; what is left is taken from PostgreSQL's published connections, on the same classes.
"""

from typing import Final

from keyless_aurora.engines.defaults import postgresql
from keyless_aurora.engines.matrix import MARIADB, Engine

RESERVED: Final = {"RDS's own sessions (AWS publishes no number)": 5}
"""As many as PostgreSQL keeps. MySQL itself keeps one for an administrator beyond max_connections."""
SETTABLE: Final = range(1, 100_001)
SETTABLE_ON_AURORA: Final = range(1, 16_001)

_BY_MAX_ACU: Final = {1: 90, 4: 135, 8: 1000, 16: 2000, 32: 3000, 64: 4000, 128: 5000}
_BY_GIB: Final = {2: 45, 4: 90, 8: 135, 16: 1000, 32: 2000, 64: 3000, 128: 4000, 256: 5000, 384: 6000, 768: 7000}
"""Aurora's, by the memory of the classes that the table has."""
_MYSQLS, _MARIADBS, _MOST_OF_MARIADB = 12_582_880, 25_165_760, 12_000
_LARGEST: Final = max(postgresql.LEAST_BY_GIB)


def serverless(max_acu: float) -> int:
    """Between two published sizes the smaller one's: they grow in steps."""
    return _BY_MAX_ACU[max(acu for acu in _BY_MAX_ACU if acu <= max_acu)]


def provisioned(instance_class: str, engine: Engine, gib: int) -> int:
    if engine.aurora:
        return _BY_GIB[max(size for size in _BY_GIB if size <= gib)]
    if engine == MARIADB:
        return min(_memory(gib) // _MARIADBS, _MOST_OF_MARIADB)
    return _memory(gib) // _MYSQLS


def _memory(gib: int) -> int:
    """The least, in bytes, that AWS leaves of that much. Of 8 GiB it says so itself: about 630 connections of MySQL."""
    if gib == 8:
        return 630 * _MYSQLS
    known = min(gib, _LARGEST)
    return postgresql.LEAST_BY_GIB[known] * postgresql.BYTES * gib // known
