"""The deployed database, an Aurora cluster or an RDS instance: its identity and its current settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keyless.rehearsal.deployment.engines import Family, family_of

_TRUE = ("1", "on", "true")


@dataclass(frozen=True)
class DeployedDatabase:
    """Its identity. `login_settings` reads what may change while it is deployed."""

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
    engine: str
    """RDS's name of it, such as `aurora-mysql`."""
    master_secret: str = ""
    """The ARN of the secret that RDS made for the master; empty where it has none."""

    @property
    def family(self) -> Family:
        return family_of(self.engine)

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
        **_with(record),
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
        **_with(record),
    )


def _with(record: Mapping[str, Any]) -> dict[str, str]:
    return {"engine": record["Engine"], "master_secret": record.get("MasterUserSecret", {}).get("SecretArn", "")}


@dataclass(frozen=True)
class LoginSettings:
    """The current settings that decide about logins."""

    parameters: Mapping[str, str]
    """Of the parameter group."""
    iam_enabled: bool
    """`EnableIAMDatabaseAuthentication`."""

    def on(self, parameter: str) -> bool:
        return self.parameters.get(parameter, "0").lower() in _TRUE


def login_settings(rds: Any, database: DeployedDatabase, parameter_group: str) -> LoginSettings:
    if database.cluster:
        (record,) = rds.describe_db_clusters(DBClusterIdentifier=database.identifier)["DBClusters"]
        pages = rds.get_paginator("describe_db_cluster_parameters").paginate(
            DBClusterParameterGroupName=parameter_group
        )
    else:
        (record,) = rds.describe_db_instances(DBInstanceIdentifier=database.identifier)["DBInstances"]
        pages = rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName=parameter_group)
    values = {p["ParameterName"]: p.get("ParameterValue", "") for page in pages for p in page["Parameters"]}
    return LoginSettings(values, iam_enabled=bool(record["IAMDatabaseAuthenticationEnabled"]))


def set_parameter(rds: Any, database: DeployedDatabase, parameter_group: str, name: str, value: str) -> None:
    """Change a parameter behind CloudFormation's back, to see what it prevents."""
    parameters = [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": "immediate"}]
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
