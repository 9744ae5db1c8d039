"""`python stack`: code in the constructor of the workload stack. What it makes breaks no rule."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from db_access.spec import AccessSpec
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.settings.load_balancer import LoadBalancerTier
from keyless_aurora.settings.network import NewNetwork
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.stacks.workload import WorkloadStack
from keyless_checks.ruleset import breaches
from tests.app.environments import STAGING
from tests.app.workload import FUNCTIONS
from tests.docs.python.running import run
from tests.docs.reading.pages import Block
from tests.infrastructure.support import SPEC, synthesize

_SPEC = SPEC.as_properties()
_REPORTS = {
    "username": "reports",
    "connection_limit": 5,
    "iam_role": "arn:aws:iam::111122223333:role/reporting",
    "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}],
}
_ANA = {"username": "ana", "connection_limit": 3, "grants": _REPORTS["grants"]}
WITH_REPORTS = AccessSpec.parse({**_SPEC, "users": [*_SPEC["users"], _REPORTS, _ANA]})


assert isinstance(STAGING.network, NewNetwork)
_NETWORK = replace(STAGING.network, nat=True, sessions=True)
_ENVIRONMENT = replace(STAGING, network=_NETWORK)
"""With a way to images and logs."""
_TIER = LoadBalancerTier(("192.0.2.0/24",), target_ports=(8080,))
_BALANCED = replace(STAGING, network=replace(_NETWORK, load_balancer=_TIER))
"""With a tier that a load balancer must use."""


def problems(block: Block, out: Path) -> Iterator[str]:
    """A sentence for what is wrong with an app whose workload stack has the block's lines at its end.

    They find `self`, `app`, `environment`, `network`, `access`, `logs` and a `function`.
    """

    class Documented(WorkloadStack):
        def __init__(self, scope: Any, environment: Any, on: Foundation) -> None:
            super().__init__(scope, environment, on, functions=FUNCTIONS)
            given = {"environment": environment, "network": on.network, "access": on.access, "logs": on.logs}
            if "function" in block.text and "function =" not in block.text:
                given["function"] = _function(self, on.network, on.logs)
            run(block, {**given, "self": self, "app": scope})

    environment = _BALANCED if "LoadBalancer(" in block.text else _ENVIRONMENT
    try:
        synthesis = synthesize(environment, out, WITH_REPORTS, [Documented])
    except (NameError, SyntaxError, TypeError, ImportError, RuntimeError, ValueError) as error:
        yield f"{block.place}: {error}"
    else:
        yield from (f"{block.place}: {found.rule}, {found.finding}" for found in breaches(synthesis.templates))


def _function(stack: cdk.Stack, network: Any, logs: Any) -> VpcFunction:
    return VpcFunction(
        stack,
        "Reports",
        network=network,
        code=lambda_.Code.from_asset("sample/writer"),
        handler="handler.handler",
        description="Reports function",
        logs=logs,
        timeout=cdk.Duration.seconds(15),
        max_concurrency=5,
    )
