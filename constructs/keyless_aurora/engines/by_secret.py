"""What differs between the engines whose users nobody makes here: licences, storage, names. Data; knows no CDK."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keyless_aurora.engines.family import Family


class License(StrEnum):
    """Whose licence of the engine it is: CreateDBInstance, LicenseModel."""

    INCLUDED = "license-included"
    OWN = "bring-your-own-license"
    MARKETPLACE = "marketplace-license"


@dataclass(frozen=True)
class Facts:
    licenses: Mapping[str, tuple[License, ...]]
    """By edition, the first one first."""
    most_gib: int = 65_536
    longest_name: int = 0
    """Of the database that an instance is created with; 0: with none."""
    insights: bool = True


_OWN: Final = (License.OWN,)
FACTS: Final = {
    Family.SQLSERVER: Facts({"se": (License.INCLUDED,), "ee": (License.INCLUDED,)}, most_gib=16_384),
    Family.ORACLE: Facts({"se2": (License.INCLUDED, License.OWN), "ee": _OWN}, longest_name=8),
    Family.DB2: Facts(
        {"se": (License.MARKETPLACE, License.OWN), "ae": (License.MARKETPLACE, License.OWN)},
        longest_name=8,
        insights=False,
    ),
}
"""UserGuide: SQLServer.Concepts.General.Licensing, Oracle.Concepts.Licensing, db2-licensing; CHAP_Storage;
CreateDBInstance, DBName; Concepts.RDS_Fea_Regions_DB-eng.Feature.PerformanceInsights. SQL Server Express and Web lack
something that the others are made with: a standby, or the agent's log."""
