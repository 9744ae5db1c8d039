"""The databases of the templates: clusters with their instances, and instances that belong to none."""

from collections.abc import Iterator

from checks.reading.templates import Resource, Templates

CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"


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
