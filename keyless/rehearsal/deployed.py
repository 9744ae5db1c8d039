"""What is deployed, read from the cloud itself: the stand-ins take their settings from here, at each login, and from nowhere else."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from keyless.rehearsal.cloud import Cloud
from keyless.rehearsal.gate import GateSettings
from keyless.rehearsal.proxy import ProxySettings

_TRUE = ("1", "on", "true")


class Deployed:
    """The resources of one environment's stacks. `prefix` is what the stacks' names begin with."""

    def __init__(self, cloud: Cloud, prefix: str) -> None:
        self._cloud, self._prefix = cloud, prefix
        self._rds, self._cloudformation = cloud.client("rds"), cloud.client("cloudformation")

    def stack(self, part: str) -> str:
        return f"{self._prefix}-{part}"

    @cached_property
    def cluster(self) -> Mapping[str, Any]:
        """Identity of the cluster: Endpoint, Port, DbClusterResourceId, MasterUsername, DatabaseName."""
        return self._cluster()

    @cached_property
    def proxy(self) -> Mapping[str, Any]:
        """Identity of the proxy: Endpoint, RoleArn, DBProxyName, DBProxyArn."""
        return self._proxy()

    @property
    def proxy_id(self) -> str:
        """`prx-…`, the last part of the proxy's ARN."""
        return str(self.proxy["DBProxyArn"]).rsplit(":", 1)[-1]

    @cached_property
    def parameter_group(self) -> str:
        """The cluster parameter group that the cluster's template names."""
        reference = self._cluster_properties["DBClusterParameterGroupName"]["Ref"]
        found = self._cloudformation.describe_stack_resource(StackName=self.stack("database"), LogicalResourceId=reference)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def iam_master(self) -> bool:
        """Whether the master logs in with IAM tokens. Only the template tells: ministack's API leaves it out."""
        return bool(self._cluster_properties.get("MasterUserAuthenticationType") == "iam-db-auth")

    def gate_settings(self) -> GateSettings:
        group = self._rds.get_paginator("describe_db_cluster_parameters").paginate(DBClusterParameterGroupName=self.parameter_group)
        values = {p["ParameterName"]: p.get("ParameterValue", "") for page in group for p in page["Parameters"]}
        return GateSettings(
            force_ssl=values.get("rds.force_ssl", "0") in _TRUE, iam_enabled=bool(self._cluster()["IAMDatabaseAuthenticationEnabled"])
        )

    def proxy_settings(self) -> ProxySettings:
        """Raises DeploymentError when the proxy has no way to the cluster, in which case it can't serve anybody."""
        name, cluster = self.proxy["DBProxyName"], self.cluster["DBClusterIdentifier"]
        targets = self._rds.describe_db_proxy_targets(DBProxyName=name)["Targets"]
        if cluster not in {target.get("RdsResourceId") for target in targets} | {target.get("TrackedClusterId") for target in targets}:
            raise DeploymentError(f"proxy {name} has no target in cluster {cluster}")
        return ProxySettings(require_tls=bool(self._proxy()["RequireTLS"]))

    def function(self, part: str, name: str) -> "Function":
        """The Lambda function that stack `part` puts out as `name`FunctionName."""
        stacks = self._cloudformation.describe_stacks(StackName=self.stack(part))["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}
        return Function(self._cloud, outputs[f"{name}FunctionName"])

    def stacks(self) -> frozenset[str]:
        """The stacks that exist."""
        found = self._cloudformation.describe_stacks()["Stacks"]
        return frozenset(s["StackName"] for s in found if s["StackName"].startswith(self._prefix) and s["StackStatus"] != "DELETE_COMPLETE")

    def access_properties(self, database: str) -> dict[str, Any]:
        """The custom resource of `database`, as its template has it, with the cluster's id in place."""
        for resource in self._template("access")["Resources"].values():
            properties = resource.get("Properties", {})
            if resource["Type"] == "Custom::DatabaseAccess" and properties["Database"] == database:
                return {**properties, "Cluster": self.cluster["DbClusterResourceId"]}
        raise LookupError(f"no Custom::DatabaseAccess for database {database!r} in {self.stack('access')}")

    @cached_property
    def _cluster_properties(self) -> Mapping[str, Any]:
        resources = self._template("database")["Resources"].values()
        (properties,) = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::RDS::DBCluster"]
        return dict(properties)

    def _template(self, part: str) -> Mapping[str, Any]:
        body = self._cloudformation.get_template(StackName=self.stack(part))["TemplateBody"]
        return dict(json.loads(body) if isinstance(body, str) else body)

    def _cluster(self) -> Mapping[str, Any]:
        (cluster,) = self._rds.describe_db_clusters()["DBClusters"]
        return dict(cluster)

    def _proxy(self) -> Mapping[str, Any]:
        (proxy,) = self._rds.describe_db_proxies()["DBProxies"]
        return dict(proxy)


class DeploymentError(Exception):
    """What is deployed can't work."""


class FunctionError(Exception):
    """A deployed function failed; the message is its own."""


class Function:
    """A deployed Lambda function."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self._lambda = cloud.client("lambda")
        self.name = name

    @cached_property
    def configuration(self) -> Mapping[str, Any]:
        return dict(self._lambda.get_function_configuration(FunctionName=self.name))

    @property
    def role(self) -> str:
        """The ARN of its execution role."""
        return str(self.configuration["Role"])

    @property
    def environment(self) -> Mapping[str, str]:
        return dict(self.configuration["Environment"]["Variables"])

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """What the function returns. Raises FunctionError."""
        answer = self._lambda.invoke(FunctionName=self.name, Payload=json.dumps(event).encode())
        payload = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            raise FunctionError(f"{self.name}: {payload.get('errorMessage', payload)}")
        return payload
