"""What an endpoint's name leads to: a proxy, a cluster or an instance of the account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from keyless.preflight.account.reader import Reader
from keyless_client.trust import is_proxy


@dataclass(frozen=True)
class Site:
    """Where something is in a VPC."""

    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    """Its security groups."""


@dataclass(frozen=True)
class Endpoint:
    host: str
    kind: str
    """proxy, cluster or instance."""
    name: str
    resource_id: str
    """`prx-…`, `cluster-…` or `db-…`, as a policy names it."""
    status: str
    port: int | None
    """None of a proxy, which has its target's."""
    site: Site
    record: Mapping[str, Any] = field(repr=False)
    """As RDS describes it."""

    @property
    def iam(self) -> bool:
        """Whether a database takes tokens."""
        return bool(self.record.get("IAMDatabaseAuthenticationEnabled"))


def endpoint(reader: Reader, host: str) -> Endpoint | None:
    """The one of that name; None when the account has none in this region. Raises UnansweredError."""
    found = _proxies(reader) if is_proxy(host) else _databases(reader)
    return next((one for one in found if one.host.lower() == host.lower()), None)


def database_of(reader: Reader, proxy: Endpoint) -> Endpoint | None:
    """The database that a proxy goes to; None when it has no target. Raises UnansweredError."""
    named = {target.get(key) for target in targets(reader, proxy) for key in ("RdsResourceId", "TrackedClusterId")}
    return next((one for one in _databases(reader) if one.name in named), None)


def targets(reader: Reader, proxy: Endpoint) -> list[Mapping[str, Any]]:
    return reader.items("rds", "DescribeDBProxyTargets", "Targets", DBProxyName=proxy.record["DBProxyName"])


def _proxies(reader: Reader) -> Iterator[Endpoint]:
    """Each proxy's own endpoint, and the further ones."""
    proxies = {one["DBProxyName"]: one for one in reader.items("rds", "DescribeDBProxies", "DBProxies")}
    yield from (_proxy(one, one) for one in proxies.values())
    for further in reader.items("rds", "DescribeDBProxyEndpoints", "DBProxyEndpoints"):
        if further["DBProxyName"] in proxies:
            yield _proxy(proxies[further["DBProxyName"]], further)


def _proxy(proxy: Mapping[str, Any], at: Mapping[str, Any]) -> Endpoint:
    site = Site(tuple(at["VpcSubnetIds"]), tuple(at["VpcSecurityGroupIds"]))
    resource_id = str(proxy["DBProxyArn"]).rpartition(":")[2]
    return Endpoint(at["Endpoint"], "proxy", proxy["DBProxyName"], resource_id, at["Status"], None, site, proxy)


def _databases(reader: Reader) -> Iterator[Endpoint]:
    subnets = {
        one["DBSubnetGroupName"]: tuple(subnet["SubnetIdentifier"] for subnet in one["Subnets"])
        for one in reader.items("rds", "DescribeDBSubnetGroups", "DBSubnetGroups")
    }
    for one in reader.items("rds", "DescribeDBClusters", "DBClusters"):
        yield from _cluster(one, subnets.get(one.get("DBSubnetGroup", ""), ()))
    for one in reader.items("rds", "DescribeDBInstances", "DBInstances"):
        if "Endpoint" in one and not one.get("DBClusterIdentifier"):
            yield _instance(one, subnets.get(one.get("DBSubnetGroup", {}).get("DBSubnetGroupName", ""), ()))


def _cluster(record: Mapping[str, Any], subnets: tuple[str, ...]) -> Iterator[Endpoint]:
    for host in (record.get("Endpoint"), record.get("ReaderEndpoint"), *record.get("CustomEndpoints", ())):
        if host:
            yield Endpoint(
                host,
                "cluster",
                record["DBClusterIdentifier"],
                record["DbClusterResourceId"],
                record["Status"],
                int(record["Port"]),
                Site(subnets, _groups(record)),
                record,
            )


def _instance(record: Mapping[str, Any], subnets: tuple[str, ...]) -> Endpoint:
    return Endpoint(
        record["Endpoint"]["Address"],
        "instance",
        record["DBInstanceIdentifier"],
        record["DbiResourceId"],
        record["DBInstanceStatus"],
        int(record["Endpoint"]["Port"]),
        Site(subnets, _groups(record)),
        record,
    )


def _groups(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(one["VpcSecurityGroupId"] for one in record["VpcSecurityGroups"])
