"""What the app that the tests are about has beside functions, where a test asks for it."""

from functools import partial

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from keyless_aurora.containers.service import VpcService
from keyless_aurora.load_balancing.load_balancer import LoadBalancer
from keyless_aurora.servers.bastion import Bastion
from keyless_aurora.servers.servers import VpcServers
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.foundation import Foundation

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"


class Services(cdk.Stack):
    """A service of containers, and servers."""

    def __init__(self, scope: Construct, environment: Environment, on: Foundation) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-services",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
        )
        repository = ecr.Repository.from_repository_name(self, "Images", "api")
        self.api = VpcService(
            self,
            "Api",
            network=on.network,
            logs=on.logs,
            image=ecs.EcrImage(repository, DIGEST),
            description="API",
            port=8080,
            tasks=3,
            environment={"LOG_LEVEL": "info"},
            writable=["/tmp"],
        )
        on.access.grant(self.api, user="api", database="app", connections=5)
        self.site = site(self, on)
        if on.network.settings.load_balancer:
            _front(self, on)


def _front(stack: Services, on: Foundation) -> None:
    """A load balancer before each."""
    balancer = partial(LoadBalancer, stack, network=on.network, logs=on.logs, certificate_arn=CERTIFICATE)
    balancer("Front", target=stack.api, description="Load balancer of the API")
    balancer(
        "SiteFront",
        target=stack.site,
        encrypted=True,
        managed_rules=True,
        description="Load balancer of the web site",
    )


class Servers(cdk.Stack):
    """Servers alone."""

    def __init__(self, scope: Construct, environment: Environment, on: Foundation) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-servers",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
        )
        site(self, on)


class People(cdk.Stack):
    """A bastion, which one person logs in through."""

    def __init__(self, scope: Construct, environment: Environment, on: Foundation) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-people",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
        )
        self.bastion = Bastion(self, "Bastion", network=on.network)
        on.access.grant(self.bastion, user="ana", database="app")


def site(stack: cdk.Stack, on: Foundation) -> VpcServers:
    found = VpcServers(
        stack, "Site", network=on.network, description="Web site", port=443, commands=["systemctl start site"]
    )
    on.access.grant(found, user="site", database="app", connections=4)
    return found
