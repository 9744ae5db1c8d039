"""A web application as a service of containers and on servers: what `written` makes an app of."""

import sys
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from keyless_aurora.app import KeylessApp, run
from keyless_aurora.containers.service import VpcService
from keyless_aurora.functions.source import say_source
from keyless_aurora.servers.servers import VpcServers
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.network import NewNetwork
from keyless_aurora.stacks.foundation import Foundation
from tests.app.environments import DEV
from tests.app.services import DIGEST

_WEB = "web"
"""The folder with the application's code, in the app's."""


class Web(cdk.Stack):
    """One image, twice."""

    def __init__(self, scope: Construct, environment: Environment, on: Foundation) -> None:
        super().__init__(
            scope, f"{environment.prefix}-web", env=environment.target, synthesizer=environment.synthesizer
        )
        api = VpcService(
            self,
            "Api",
            network=on.network,
            logs=on.logs,
            image=ecs.EcrImage(ecr.Repository.from_repository_name(self, "Images", "web"), DIGEST),
            description="API",
            port=8080,
            command=["python", "application.py"],
            environment={"LOG_LEVEL": "info"},
            writable=["/tmp"],
        )
        on.access.grant(api, user="api", database="app", connections=2)
        site = VpcServers(
            self, "Site", network=on.network, description="Web site", commands=["systemctl enable --now web"]
        )
        on.access.grant(site, user="site", database="app", connections=2)
        for made in (api.task, site.template):
            say_source(made, Path(_WEB))


def app() -> KeylessApp:
    assert isinstance(DEV.network, NewNetwork)
    environment = replace(DEV, network=replace(DEV.network, nat=True))
    return KeylessApp({"dev": environment}, access=Path("access.yaml"), stacks=[Web])


if __name__ == "__main__":
    sys.exit(run(app))
