"""The deployed resources of one environment. The stand-ins take their settings from here only, at each login."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, Final

from db_access.spec import AccessSpec
from keyless.rehearsal.deployment import database, drift_watch, proxy
from keyless.rehearsal.deployment.clients import Client, Found, clients, functions
from keyless.rehearsal.deployment.database import DeployedDatabase, LoginSettings
from keyless.rehearsal.deployment.function import Function
from keyless.rehearsal.deployment.kinds import LogsIn
from keyless.rehearsal.deployment.secrets import DeployedSecrets
from keyless.rehearsal.deployment.workloads import Workload, workloads
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings
from keyless.stack_names import belongs

_BELOW: Final = ("network", "database")
"""The stacks that are there without any access."""
_ACCESS: Final = "Custom::DatabaseAccess"


class Deployed:
    """The resources of one environment's stacks. `prefix` is what the stacks' names begin with; `assembly` is what they
    were deployed from."""

    def __init__(self, cloud: Cloud, prefix: str, assembly: Path) -> None:
        self._cloud, self._prefix, self._assembly = cloud, prefix, assembly
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
        return self._physical_id("database", reference)

    @property
    def iam_master(self) -> bool:
        """Whether the master logs in with IAM tokens. Read from the template: ministack's API leaves it out."""
        return bool(self._database_properties.get("MasterUserAuthenticationType") == "iam-db-auth")

    def login_settings(self) -> LoginSettings:
        return database.login_settings(self._rds, self.database, self.parameter_group)

    def set_parameter(self, name: str, value: str) -> None:
        """Of the parameter group, such as `rds.force_ssl`, behind CloudFormation's back."""
        database.set_parameter(self._rds, self.database, self.parameter_group, name, value)

    def proxy_settings(self) -> ProxySettings:
        """Raises DeploymentError when the proxy has no way to the database, or what it is set to is not rehearsed."""
        return proxy.settings(self._rds, self.proxy["DBProxyName"], self.database)

    @cached_property
    def readers(self) -> tuple[str, ...]:
        """Hosts of the proxy's endpoints for readers."""
        found = self._rds.describe_db_proxy_endpoints(DBProxyName=self.proxy["DBProxyName"])["DBProxyEndpoints"]
        return tuple(str(each["Endpoint"]) for each in found if not each.get("IsDefault"))

    @cached_property
    def clients(self) -> tuple[Client, ...]:
        """The functions that log in to the database, in the order of their stacks."""
        return clients(
            [
                Found(part, name, resource, Function(self._cloud, self._physical_id(part, logical_id)))
                for part in self._parts()
                for logical_id, name, resource in functions(self._template(part))
            ]
        )

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """The services and servers that log in to the database, in the order of their stacks, as they are now."""
        found = [
            (part, each)
            for part in self._parts()
            for each in workloads(self._cloud, self._template(part), partial(self._physical_id, part))
        ]
        names = [each.name for _, each in found]
        return tuple(e if names.count(e.name) == 1 else replace(e, name=f"{part}/{e.name}") for part, e in found)

    @property
    def logging_in(self) -> tuple[LogsIn, ...]:
        """Functions, then services and servers."""
        return (*self.clients, *self.workloads)

    @property
    def spec(self) -> AccessSpec:
        """The access spec that is deployed now. Raises LookupError where none is."""
        for resource in self._template("access")["Resources"].values():
            if resource["Type"] == _ACCESS:
                return _parsed(json.dumps(self._spec_of(resource["Properties"])))
        raise LookupError(f"no {_ACCESS} in {self.stack('access')}")

    def specs(self, templates: Iterable[Mapping[str, Any]]) -> Iterator[AccessSpec]:
        """Those of the assembly's templates, deployed or still to be."""
        for template in templates:
            for resource in template["Resources"].values():
                if resource["Type"] == _ACCESS:
                    yield AccessSpec.parse(self._spec_of(resource["Properties"]))

    def _spec_of(self, properties: Mapping[str, Any]) -> object:
        """From the properties, or the file in the layer that they name."""
        if "Spec" in properties:
            return properties["Spec"]
        (file, *_) = self._assembly.glob(f"*/python/access_spec/{properties['SpecDigest']}.json")
        return json.loads(file.read_text(encoding="utf-8"))

    def _parts(self) -> list[str]:
        return sorted(stack.removeprefix(f"{self._prefix}-") for stack in self.stacks())

    def function(self, part: str, name: str) -> Function:
        """The Lambda function that stack `part` puts out as `name`FunctionName."""
        return Function(self._cloud, self._output(part, f"{name}FunctionName"))

    @property
    def schedule(self) -> drift_watch.Schedule:
        """What calls the drift watch for the spec's first database."""
        return drift_watch.schedule(self._cloud.client("events"), self.spec.databases[0].name)

    @property
    def topic(self) -> str:
        """The ARN of the topic of alarms and findings."""
        return self._output("monitoring", "TopicArn")

    @cached_property
    def secrets(self) -> DeployedSecrets:
        return DeployedSecrets(self._cloud)

    def _physical_id(self, part: str, logical_id: str) -> str:
        found = self._cloudformation.describe_stack_resource(StackName=self.stack(part), LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def giving_access(self) -> frozenset[str]:
        """The stacks that go when the access does."""
        return self.stacks() - {self.stack(part) for part in _BELOW}

    def has(self, part: str) -> bool:
        """Whether that stack is there, and complete."""
        found = self._cloudformation.describe_stacks()["Stacks"]
        return (self.stack(part), "CREATE_COMPLETE") in {(s["StackName"], s["StackStatus"]) for s in found}

    def stacks(self) -> frozenset[str]:
        """The stacks that exist."""
        found = self._cloudformation.describe_stacks()["Stacks"]
        return frozenset(
            s["StackName"]
            for s in found
            if belongs(s["StackName"], self._prefix) and s["StackStatus"] != "DELETE_COMPLETE"
        )

    def access_properties(self, database: str) -> dict[str, Any]:
        """The custom resource of `database`, or of the whole server that it is on. Raises LookupError."""
        for properties in self.runs():
            if database in (properties.get("Database"), *properties.get("Databases", ())):
                return properties
        raise LookupError(f"no Custom::DatabaseAccess for database {database!r} in {self.stack('access')}")

    def runs(self) -> Iterator[dict[str, Any]]:
        """The custom resources of each database, or of the whole server, as their template has them, with the ids of
        database and secrets in place."""
        for resource in self._template("access")["Resources"].values():
            if resource["Type"] == _ACCESS:
                properties = resource["Properties"]
                secrets = {user: self.secrets.arns[user] for user in properties.get("Secrets", ())}
                yield {**properties, "Cluster": self.database.resource_id, "Secrets": secrets}

    def _output(self, part: str, name: str) -> str:
        stacks = self._cloudformation.describe_stacks(StackName=self.stack(part))["Stacks"]
        return {output["OutputKey"]: str(output["OutputValue"]) for output in stacks[0]["Outputs"]}[name]

    @cached_property
    def _database_properties(self) -> Mapping[str, Any]:
        return database.template_properties(self._template("database"))

    def _template(self, part: str) -> Mapping[str, Any]:
        body = self._cloudformation.get_template(StackName=self.stack(part))["TemplateBody"]
        return dict(json.loads(body) if isinstance(body, str) else body)


@cache
def _parsed(spec: str) -> AccessSpec:
    """Each once: one of thousands of users takes a second."""
    return AccessSpec.parse(json.loads(spec))
