"""Makes the stacks of an environment that stand on others."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from keyless_aurora.access.client_access import ClientAccess
from keyless_aurora.access.runs import runs
from keyless_aurora.budget.connections import Budget
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.own_bundles import ENGINE
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.access import AccessStack
from keyless_aurora.stacks.database import DatabaseStack
from keyless_aurora.stacks.monitoring import MonitoringStack
from keyless_aurora.stacks.network import NetworkStack
from keyless_aurora.stacks.pipeline import PipelineStack


@dataclass(frozen=True)
class Making:
    scope: Construct
    environment: Environment
    spec: AccessSpec

    def access(
        self, network: NetworkStack, database: DatabaseStack, client: ClientLayer, approved: Approved | None
    ) -> AccessStack | None:
        """None where no engine of this project makes users."""
        if self.environment.database.engine.by_secret:
            return None
        return AccessStack(
            self.scope,
            self.environment,
            spec=self.spec,
            network=network.network,
            database=database.database,
            secrets=database.secrets,
            bootstrap=ENGINE,
            approved=approved,
            client=client,
            logs=network.logs,
        )

    def clients(self, network: NetworkStack, database: DatabaseStack, client: ClientLayer) -> ClientAccess:
        return ClientAccess(
            self.spec,
            database.database,
            database.proxy,
            database.secrets,
            client,
            self.environment.pattern,
            network.network,
            self.environment.monitoring.watch_user,
        )

    def monitoring(
        self, database: DatabaseStack, access: AccessStack | None, clients: ClientAccess, budget: Budget
    ) -> MonitoringStack:
        made = MonitoringStack(
            self.scope,
            self.environment,
            database=database.database,
            proxy=database.proxy,
            access=access,
            budget=budget,
            looks=len([*runs(self.spec, self.environment.database.engine.family)]),
            principals=[one.principal for one in clients.granted],
        )
        made.add_stack_dependency(database)  # whose log group for refused logins it reads by name
        return made

    def pipeline(self, deployed: Sequence[cdk.Stack]) -> PipelineStack | None:
        """None where no repository's workflows deploy the environment."""
        if not (repository := self.environment.repository):
            return None
        names = [stack.stack_name for stack in deployed]
        return PipelineStack(self.scope, self.environment, repository=repository, stacks=names)
