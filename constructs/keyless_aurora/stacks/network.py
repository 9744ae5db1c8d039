"""The network, which the other stacks live in, and the key of their logs."""

import aws_cdk as cdk
from constructs import Construct

from keyless_aurora.logs import LogGroups
from keyless_aurora.network.existing import ImportedNetwork
from keyless_aurora.network.vpc import IsolatedNetwork, Network
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.network import ExistingNetwork, NewNetwork


class NetworkStack(cdk.Stack):
    def __init__(self, scope: Construct, environment: Environment) -> None:
        self._zones = (
            environment.network.availability_zones
        )  # before the base class, whose constructor may ask for them
        super().__init__(
            scope,
            f"{environment.prefix}-network",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description="Keyless Aurora: isolated network",
        )
        self.logs = LogGroups.encrypted(self, "LogsKey", environment.logs)
        self.network = self._network(environment)

    def _network(self, environment: Environment) -> Network:
        match environment.network:
            case NewNetwork() as new:
                port = environment.database.engine.family.port
                return IsolatedNetwork(self, "Network", settings=new, logs=self.logs, database_port=port)
            case ExistingNetwork() as existing:
                return ImportedNetwork(self, "Network", settings=existing)

    @property
    def availability_zones(self) -> list[str]:
        """Given here, so that nothing is looked up in AWS: the VPC asks even when it is given them."""
        return list(self._zones)
