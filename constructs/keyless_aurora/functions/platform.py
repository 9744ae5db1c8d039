"""Which interpreter and machine the Python bundles are built for."""

import platform
import sys
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64


@dataclass(frozen=True)
class LambdaPlatform:
    """A target for bundles. `name` goes into the asset's hash, so that another target is another asset."""

    name: str
    pip_options: tuple[str, ...]
    """What makes pip choose wheels for it."""


LAMBDA = LambdaPlatform(
    name="python3.14-aarch64-manylinux_2_28",
    # pip's --platform is not hierarchical: the older tag has to be named too.
    pip_options=(
        "--platform",
        "manylinux_2_28_aarch64",
        "--platform",
        "manylinux2014_aarch64",
        "--implementation",
        "cp",
        "--python-version",
        "3.14",
    ),
)


def host() -> LambdaPlatform:
    """The interpreter and machine that run the app, for a rehearsal on this machine."""
    return LambdaPlatform(name=f"{sys.implementation.cache_tag}-{sys.platform}-{platform.machine()}", pip_options=())
