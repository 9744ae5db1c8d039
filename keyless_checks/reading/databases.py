"""The databases of the templates: clusters with their instances, and instances that belong to none."""

from collections.abc import Iterator

from keyless_checks.reading.templates import Resource, Templates

CLUSTER, INSTANCE, TARGETS = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::DBProxyTargetGroup"
_IDS = {
    "AWS::RDS::DBProxy": "part 6 by : of {}.DBProxyArn",
    CLUSTER: "{}.DBClusterResourceId",
    INSTANCE: "{}.DbiResourceId",
}


def databases(templates: Templates) -> Iterator[Resource]:
    """Clusters, and instances that belong to none."""
    yield from (
        r for r in templates.all(CLUSTER, INSTANCE) if "DBClusterIdentifier" not in r.props or r.type == CLUSTER
    )


def members(templates: Templates, cluster: Resource) -> list[Resource]:
    """The instances of a cluster."""
    return [
        r for r in templates.all(INSTANCE) if templates.target(r.stack, r.props.get("DBClusterIdentifier")) == cluster
    ]


def behind(templates: Templates, proxy: Resource) -> list[str]:
    """The databases that a proxy stands before, in readable form."""
    groups = [g for g in templates.all(TARGETS) if templates.target(g.stack, g.props.get("DBProxyName")) == proxy]
    return [
        templates.text(group.stack, name)
        for group in groups
        for key in ("DBClusterIdentifiers", "DBInstanceIdentifiers")
        for name in group.props.get(key, [])
    ]


def resource_ids(templates: Templates) -> set[str]:
    """What IAM calls the databases and proxies of an environment."""
    made = [*databases(templates), *templates.all("AWS::RDS::DBProxy")]
    return {resource_id(templates, one.path) for one in made} | {
        templates.text(access.stack, access.props.get("Cluster")) for access in templates.all("Custom::DatabaseAccess")
    }


def resource_id(templates: Templates, host: str) -> str:
    """What IAM calls a database or proxy, by its name or one of its hosts. When the stacks make no database, any
    other host is that of the one that exists, whose id the access names."""
    found = templates.find(host)
    if found is not None and found.type == "AWS::RDS::DBProxyEndpoint":
        found = templates.target(found.stack, found.props.get("DBProxyName"))
    if found is not None and found.type in _IDS:
        return _IDS[found.type].format(found.path)
    named = [templates.text(a.stack, a.props.get("Cluster")) for a in templates.all("Custom::DatabaseAccess")]
    return named[0] if named and not any(databases(templates)) else host
