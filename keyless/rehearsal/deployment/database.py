"""The deployed database, an Aurora cluster or an RDS instance: its identity and its current settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keyless.rehearsal.endpoints.gate import GateSettings

_TRUE = ("1", "on", "true")


@dataclass(frozen=True)
class DeployedDatabase:
    """Its identity. `gate_settings` reads what may change while it is deployed."""

    cluster: bool
    """An Aurora cluster, not an instance."""
    identifier: str
    resource_id: str
    """`cluster-…` or `db-…`."""
    host: str
    port: int
    master: str
    name: str
    """The database it was created with."""

    @property
    def member(self) -> dict[str, list[str]]:
        """The parameter that names it in RegisterDBProxyTargets and its reverse."""
        return {"DBClusterIdentifiers" if self.cluster else "DBInstanceIdentifiers": [self.identifier]}


def read(rds: Any) -> DeployedDatabase:
    """The one database that is deployed. Raises LookupError when it isn't exactly one."""
    clusters = rds.describe_db_clusters()["DBClusters"]
    found = clusters or [i for i in rds.describe_db_instances()["DBInstances"] if not i.get("DBClusterIdentifier")]
    if len(found) != 1:
        raise LookupError(f"{len(found)} databases are deployed; the rehearsal has a stand-in for exactly one")
    return _cluster(found[0]) if clusters else _instance(found[0])


def _cluster(record: Mapping[str, Any]) -> DeployedDatabase:
    return DeployedDatabase(
        cluster=True,
        identifier=record["DBClusterIdentifier"],
        resource_id=record["DbClusterResourceId"],
        host=record["Endpoint"],
        port=int(record["Port"]),
        master=record["MasterUsername"],
        name=record["DatabaseName"],
    )


def _instance(record: Mapping[str, Any]) -> DeployedDatabase:
    return DeployedDatabase(
        cluster=False,
        identifier=record["DBInstanceIdentifier"],
        resource_id=record["DbiResourceId"],
        host=record["Endpoint"]["Address"],
        port=int(record["Endpoint"]["Port"]),
        master=record["MasterUsername"],
        name=record["DBName"],
    )


def gate_settings(rds: Any, database: DeployedDatabase, parameter_group: str) -> GateSettings:
    """The current settings that decide about logins."""
    if database.cluster:
        (record,) = rds.describe_db_clusters(DBClusterIdentifier=database.identifier)["DBClusters"]
        pages = rds.get_paginator("describe_db_cluster_parameters").paginate(
            DBClusterParameterGroupName=parameter_group
        )
    else:
        (record,) = rds.describe_db_instances(DBInstanceIdentifier=database.identifier)["DBInstances"]
        pages = rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName=parameter_group)
    values = {p["ParameterName"]: p.get("ParameterValue", "") for page in pages for p in page["Parameters"]}
    return GateSettings(
        force_ssl=values.get("rds.force_ssl", "0") in _TRUE,
        iam_enabled=bool(record["IAMDatabaseAuthenticationEnabled"]),
    )


def set_force_ssl(rds: Any, database: DeployedDatabase, parameter_group: str, value: str) -> None:
    """Change the parameter behind CloudFormation's back, to see what it prevents."""
    parameters = [{"ParameterName": "rds.force_ssl", "ParameterValue": value, "ApplyMethod": "immediate"}]
    if database.cluster:
        rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=parameter_group, Parameters=parameters)
    else:
        rds.modify_db_parameter_group(DBParameterGroupName=parameter_group, Parameters=parameters)


def template_properties(template: Mapping[str, Any]) -> Mapping[str, Any]:
    """The database's own properties in the database stack's template."""
    (properties,) = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::RDS::DBCluster"
        or (resource["Type"] == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in resource["Properties"])
    ]
    return dict(properties)


def parameter_group_reference(properties: Mapping[str, Any]) -> str:
    """The logical id of the parameter group that they name."""
    return str((properties.get("DBClusterParameterGroupName") or properties["DBParameterGroupName"])["Ref"])
