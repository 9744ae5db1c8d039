"""Clusters, and instances that are in none.

Source: RDS API Reference, DBCluster, DBInstance and DBEngineVersion; Aurora User Guide, "Securing Aurora PostgreSQL
data with SSL/TLS" (rds.force_ssl) and "Requiring SSL/TLS connections" (require_secure_transport).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from keyless.status.asking import Asking
from keyless.status.environments import Deployed
from keyless.status.found import Database, Kind, MasterLogin, Version

_TLS: Final = {"postgres": "rds.force_ssl", "mysql": "require_secure_transport", "mariadb": "require_secure_transport"}
"""The parameter that has a server refuse connections without TLS, by a part of the engine's name."""
_REFUSED: Final = frozenset({"InvalidParameterValue", "InvalidParameterCombination"})
"""What RDS answers about a version that it doesn't know (turbot/steampipe-plugin-aws#2085)."""
_ON: Final = frozenset({"1", "ON", "on", "true"})


def databases(asking: Asking, deployed: Mapping[str, Deployed]) -> Iterator[Database]:
    """`deployed`: the environments, by their databases' endpoints."""
    for cluster in asking.items("rds", "DescribeDBClusters", "DBClusters") or ():
        yield _database(asking, Kind.CLUSTER, cluster, deployed)
    for instance in asking.items("rds", "DescribeDBInstances", "DBInstances") or ():
        if not instance.get("DBClusterIdentifier"):
            yield _database(asking, Kind.INSTANCE, instance, deployed)


def _database(asking: Asking, kind: Kind, raw: Mapping[str, Any], deployed: Mapping[str, Deployed]) -> Database:
    endpoint = raw["Endpoint"] if kind is Kind.CLUSTER else raw.get("Endpoint", {}).get("Address", "")
    environment = deployed.get(endpoint)
    return Database(
        kind=kind,
        name=raw[f"DB{kind.title()}Identifier"],
        endpoint=endpoint,
        engine=raw["Engine"],
        engine_version=raw.get("EngineVersion", ""),
        state=raw["Status" if kind is Kind.CLUSTER else "DBInstanceStatus"],
        iam=bool(raw.get("IAMDatabaseAuthenticationEnabled")),
        tls=_requires_tls(asking, kind, raw),
        version=_version(asking, raw),
        master=raw.get("MasterUsername", ""),
        master_login=_master_login(raw, environment),
        members=len(raw["DBClusterMembers"]) if kind is Kind.CLUSTER else 1,
        environment=environment.prefix if environment else None,
    )


def _master_login(raw: Mapping[str, Any], environment: Deployed | None) -> MasterLogin:
    """The bootstrap function of an environment logs in as the master, with a token."""
    if raw.get("MasterUserSecret"):
        return MasterLogin.SECRET
    by_token = environment is not None and environment.master == raw.get("MasterUsername")
    return MasterLogin.IAM if by_token else MasterLogin.OWN


def _requires_tls(asking: Asking, kind: Kind, raw: Mapping[str, Any]) -> bool | None:
    parameter = next((name for part, name in _TLS.items() if part in raw["Engine"]), None)
    group = _parameter_group(kind, raw)
    if parameter is None or not group:
        return None
    operation = "DescribeDBClusterParameters" if kind is Kind.CLUSTER else "DescribeDBParameters"
    asked: dict[str, Any] = {"DBClusterParameterGroupName" if kind is Kind.CLUSTER else "DBParameterGroupName": group}
    found = asking.items("rds", operation, "Parameters", **asked)
    values = [one.get("ParameterValue") for one in found or () if one["ParameterName"] == parameter]
    return values[0] in _ON if values and values[0] is not None else None


def _parameter_group(kind: Kind, raw: Mapping[str, Any]) -> str:
    if kind is Kind.CLUSTER:
        return str(raw.get("DBClusterParameterGroup") or "")
    return next((str(group["DBParameterGroupName"]) for group in raw.get("DBParameterGroups", ())), "")


def _version(asking: Asking, raw: Mapping[str, Any]) -> Version | None:
    engine, version = raw["Engine"], raw.get("EngineVersion", "")
    asked: dict[str, Any] = {"Engine": engine, "EngineVersion": version, "IncludeAll": True}
    found = asking.items("rds", "DescribeDBEngineVersions", "DBEngineVersions", missing=_REFUSED, **asked)
    if found is None:
        return None
    targets = [target for one in found for target in one.get("ValidUpgradeTarget", ())]
    minor = [one["EngineVersion"] for one in targets if one["Engine"] == engine and not one["IsMajorVersionUpgrade"]]
    return Version(any(one.get("Status", "available") == "available" for one in found), tuple(minor))
