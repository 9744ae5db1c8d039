"""`python environment`: values of an Environment, by their names. They make an app that breaks no rule."""

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from keyless_aurora.load_balancing.load_balancer import LoadBalancer
from keyless_aurora.servers.servers import VpcServers
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.stacks.deployment import OwnStack
from keyless_aurora.stacks.foundation import Foundation
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.app.services import CERTIFICATE
from tests.app.workload import workload
from tests.docs.python.running import run
from tests.docs.reading.pages import Block
from tests.infrastructure.support import synthesize

_NAMES = frozenset(field.name for field in fields(Environment))


def problems(block: Block, out: Path) -> Iterator[str]:
    """A sentence for what is wrong with DEV, with the block's values instead of its own."""
    try:
        given = {name: value for name, value in run(block).items() if name in _NAMES}
        if not given:
            yield f"{block.place}: it sets nothing of an Environment"
        environment = replace(DEV, **given)
        own: list[OwnStack] = [workload, _balanced] if environment.network.load_balancer else [workload]
        synthesis = synthesize(environment, out, own=own)
    except (SettingsError, NameError, SyntaxError, TypeError, ImportError) as error:
        yield f"{block.place}: {error}"
    else:
        yield from (f"{block.place}: {found.rule}, {found.finding}" for found in breaches(synthesis.templates))


def _balanced(scope: Construct, environment: Environment, on: Foundation) -> cdk.Stack:
    """Servers behind a load balancer: a tier that none uses is a finding."""
    stack = cdk.Stack(scope, f"{environment.prefix}-balanced", env=environment.target)
    (port,) = getattr(environment.network.load_balancer, "target_ports", (8080,))
    site = VpcServers(stack, "Site", network=on.network, description="Web site", port=port)
    LoadBalancer(
        stack,
        "Front",
        network=on.network,
        target=site,
        certificate_arn=CERTIFICATE,
        logs=on.logs,
        description="Load balancer",
    )
    return stack
