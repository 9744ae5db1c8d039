"""The deployed resources of one environment. The stand-ins take their settings from here only, at each login."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from keyless.rehearsal.deployment import database, drift_watch, proxy
from keyless.rehearsal.deployment.database import DeployedDatabase
from keyless.rehearsal.deployment.function import Function
from keyless.rehearsal.deployment.secrets import DeployedSecrets
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.endpoints.gate import GateSettings
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings


class Deployed:
    """The resources of one environment's stacks. `prefix` is what the stacks' names begin with."""

    def __init__(self, cloud: Cloud, prefix: str) -> None:
        self._cloud, self._prefix = cloud, prefix
        self._rds, self._cloudformation = cloud.client("rds"), cloud.client("cloudformation")

    def stack(self, part: str) -> str:
        return f"{self._prefix}-{part}"

    @cached_property
    def database(self) -> DeployedDatabase:
        return database.read(self._rds)

    @cached_property
    def has_proxy(self) -> bool:
        return bool(self._rds.describe_db_proxies()["DBProxies"])

    @cached_property
    def proxy(self) -> Mapping[str, Any]:
        """Identity of the proxy, where there is one: Endpoint, RoleArn, DBProxyName, DBProxyArn."""
        (proxy,) = self._rds.describe_db_proxies()["DBProxies"]
        return dict(proxy)

    @property
    def proxy_id(self) -> str:
        """`prx-…`, the last part of the proxy's ARN."""
        return str(self.proxy["DBProxyArn"]).rsplit(":", 1)[-1]

    @cached_property
    def parameter_group(self) -> str:
        """The parameter group that the database's template names."""
        reference = database.parameter_group_reference(self._database_properties)
        found = self._cloudformation.describe_stack_resource(
            StackName=self.stack("database"), LogicalResourceId=reference
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def iam_master(self) -> bool:
        """Whether the master logs in with IAM tokens. Read from the template: ministack's API leaves it out."""
        return bool(self._database_properties.get("MasterUserAuthenticationType") == "iam-db-auth")

    def gate_settings(self) -> GateSettings:
        return database.gate_settings(self._rds, self.database, self.parameter_group)

    def set_force_ssl(self, value: str) -> None:
        database.set_force_ssl(self._rds, self.database, self.parameter_group, value)

    def proxy_settings(self) -> ProxySettings:
        """Raises DeploymentError when the proxy has no way to the database, or what it is set to is not rehearsed."""
        return proxy.settings(self._rds, self.proxy["DBProxyName"], self.database)

    def function(self, part: str, name: str) -> Function:
        """The Lambda function that stack `part` puts out as `name`FunctionName."""
        return Function(self._cloud, self._output(part, f"{name}FunctionName"))

    @property
    def schedule(self) -> drift_watch.Schedule:
        """What calls the drift watch for the database."""
        return drift_watch.schedule(self._cloud.client("events"), self.database.name)

    @property
    def topic(self) -> str:
        """The ARN of the topic of alarms and findings."""
        return self._output("monitoring", "TopicArn")

    @cached_property
    def secrets(self) -> DeployedSecrets:
        return DeployedSecrets(self._cloud)

    def stacks(self) -> frozenset[str]:
        """The stacks that exist."""
        found = self._cloudformation.describe_stacks()["Stacks"]
        return frozenset(
            s["StackName"]
            for s in found
            if s["StackName"].startswith(self._prefix) and s["StackStatus"] != "DELETE_COMPLETE"
        )

    def access_properties(self, database: str) -> dict[str, Any]:
        """The custom resource of `database`, as its template has it, with the ids of database and secrets in place."""
        for resource in self._template("access")["Resources"].values():
            properties = resource.get("Properties", {})
            if resource["Type"] == "Custom::DatabaseAccess" and properties["Database"] == database:
                secrets = {user: self.secrets.arns[user] for user in properties.get("Secrets", ())}
                return {**properties, "Cluster": self.database.resource_id, "Secrets": secrets}
        raise LookupError(f"no Custom::DatabaseAccess for database {database!r} in {self.stack('access')}")

    def _output(self, part: str, name: str) -> str:
        stacks = self._cloudformation.describe_stacks(StackName=self.stack(part))["Stacks"]
        return {output["OutputKey"]: str(output["OutputValue"]) for output in stacks[0]["Outputs"]}[name]

    @cached_property
    def _database_properties(self) -> Mapping[str, Any]:
        return database.template_properties(self._template("database"))

    def _template(self, part: str) -> Mapping[str, Any]:
        body = self._cloudformation.get_template(StackName=self.stack(part))["TemplateBody"]
        return dict(json.loads(body) if isinstance(body, str) else body)
