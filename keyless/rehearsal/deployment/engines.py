"""The engines of deployed databases, and the family that each is of."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

Family = Literal["postgresql", "mysql"]
_FAMILIES: Final[Mapping[str, Family]] = {
    "aurora-postgresql": "postgresql",
    "postgres": "postgresql",
    "aurora-mysql": "mysql",
    "mysql": "mysql",
    "mariadb": "mysql",
}
"""By RDS's name of the engine."""
PORTS: Final[Mapping[Family, int]] = {"postgresql": 5432, "mysql": 3306}
"""What an RDS Proxy listens on."""


def family_of(engine: str) -> Family:
    """Raises LookupError for an engine that nobody has a stand-in for."""
    if engine not in _FAMILIES:
        raise LookupError(f"the engine {engine!r} can't be rehearsed; allowed: {', '.join(_FAMILIES)}")
    return _FAMILIES[engine]


def engines(templates: Iterable[Mapping[str, Any]]) -> set[str]:
    """Of the clusters and instances that the templates declare."""
    found = (each for template in templates for each in template["Resources"].values())
    types = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
    return {str(each["Properties"]["Engine"]) for each in found if each["Type"] in types}
