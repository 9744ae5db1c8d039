"""Carry the access spec out: one custom resource for each database, or one for a whole server, and the framework in
front of their function."""

import re
from hashlib import sha256
from typing import Any, cast

from aws_cdk import CfnResource, CustomResource, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources as cr
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import SETTING, Deployed
from keyless_aurora.access.engine_function import EngineFunction
from keyless_aurora.access.manager import manager_of
from keyless_aurora.access.runs import Run, runs
from keyless_aurora.access.spec_asset import carry_approval, hand_over
from keyless_aurora.acknowledge import NAG, NIST, acknowledge, acknowledge_inline
from keyless_aurora.database.database import Database
from keyless_aurora.logs import LogGroups
from keyless_aurora.secrets.user_secrets import UserSecrets

_SERVICE_TIMEOUT = Duration.minutes(15)
"""What the framework's function has, and more than the access's own may take."""


class DatabaseAccess(Construct):
    """The databases of `spec` in `database`, each with its schemas, roles and grants.

    A spec that doesn't say `managed_by` is named after the stack; `spec` says it then, and is the one for whatever else
    of the deployment looks at its roles: a drift watch, a rotation.

    `function` carries out this spec and no other, whoever calls it. `protected`: nor a Delete of what the spec
    declares, so that a stack that goes leaves the access as it is. `approved`: all that it may do; None: whatever the
    spec says. `framework` is the CDK's function in front of it,
    which answers CloudFormation; `announced` is how the function is told the spec, and `last` is there when all of the
    databases are.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: AccessSpec,
        database: Database,
        secrets: UserSecrets | None,
        function: EngineFunction,
        logs: LogGroups,
        protected: bool,
        approved: Approved | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.spec, self._database = spec.named(manager_of(self)), database
        self._refuse_two_of_one_name()
        deployed = Deployed.of(self.spec, protected=protected, approved=approved.digest if approved else None)
        function.function.add_environment(SETTING, deployed.setting)
        provider = self._provider(function, logs)
        handed_over = hand_over(self.spec, function, secrets=len(secrets.made) if secrets else 0)
        self.announced = {**handed_over}
        handed_over |= carry_approval(approved, self.spec, function) if approved else {}
        self.framework = cast(lambda_.Function, provider.node.find_child("framework-onEvent"))
        if secrets and secrets.arns:
            secrets.let_read(function, function.role, function.security_group, secrets.arns)
            handed_over |= {"Secrets": {name: secrets.arns[name] for name in secrets.made}} if secrets.made else {}
        self.last: CustomResource | None = None
        for run in runs(self.spec, database.engine.family):
            self.last = self._resource(run, provider, function, handed_over)

    def _resource(
        self, run: Run, provider: cr.Provider, function: EngineFunction, handed_over: dict[str, Any]
    ) -> CustomResource:
        resource = CustomResource(
            self,
            run.id,
            resource_type="Custom::DatabaseAccess",
            service_token=provider.service_token,
            service_timeout=_SERVICE_TIMEOUT,
            properties={**run.properties, "Cluster": self._database.resource_id, **handed_over},
        )
        _pin_logical_id(resource, run.name)
        resource.node.add_dependency(function)  # all of it: the first call needs the role's policies too
        if self.last is not None:
            resource.node.add_dependency(self.last)  # roles belong to the cluster: two runs at once would race
        return resource

    def _refuse_two_of_one_name(self) -> None:
        """Two specs of one name in one cluster would retire each other's users."""
        others = [other for other in self.node.root.node.find_all() if isinstance(other, DatabaseAccess)]
        for other in others:
            same = other is not self and other._database.resource_id == self._database.resource_id
            if same and other.spec.managed_by == self.spec.managed_by:
                raise SpecError(
                    [
                        f"managed_by: {self.node.path} and {other.node.path} would both mark roles of one cluster as "
                        f"{self.spec.managed_by!r}, and retire each other's; allowed: a `managed_by` of its own in "
                        "one of the specs"
                    ]
                )

    def _provider(self, function: EngineFunction, logs: LogGroups) -> cr.Provider:
        log_group = logs.group(self, "ProviderLogs")
        role = iam.Role(
            self,
            "ProviderRole",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="CDK provider framework",
        )
        log_group.grant_write(role)
        handler = function.function
        provider = cr.Provider(
            self, "Provider", on_event_handler=handler, framework_on_event_role=role, log_group=log_group
        )
        logical_id = Stack.of(self).resolve(handler.node.default_child.logical_id)  # type: ignore[union-attr]
        acknowledge(
            role,
            f"{NAG}IAM5[Resource::<{logical_id}.Arn>:*]",
            "The framework may invoke any version of this one function; nothing else.",
        )
        acknowledge_inline(role)
        _acknowledge_framework(provider)
        return provider


def _acknowledge_framework(provider: cr.Provider) -> None:
    reasons = {
        "LambdaInsideVPC": "It answers CloudFormation through a presigned S3 address, and the network has no way "
        "there.",
        "LambdaDLQ": "CloudFormation waits for its answer and reports a call that has none (ServiceTimeout).",
        "LambdaConcurrency": "CloudFormation calls it once for each custom resource, and these depend on each other.",
    }
    for rule, reason in reasons.items():
        acknowledge(provider, NIST + rule, reason)


def _pin_logical_id(resource: CustomResource, database: str) -> None:
    """Tie the logical id to the database, or, without one, to the server, not to this code: a resource that moved would
    be created anew, and the Delete of the old one, which CloudFormation sends afterwards and which has the same
    physical id, would take the new one's access away."""
    words = "".join(part.capitalize() for part in re.findall("[A-Za-z0-9]+", database))
    digest = sha256(database.encode()).hexdigest()[:8].upper()
    cast(CfnResource, resource.node.default_child).override_logical_id(f"DatabaseAccess{words}{digest}")
