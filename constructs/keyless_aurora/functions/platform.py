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
    python: tuple[int, int]
    """CPython's version."""
    pip_options: tuple[str, ...]
    """What makes pip choose wheels for it."""
    kept: bool = False
    """Whether the packages are kept between runs. Those of a bundle that is deployed are always installed anew."""

    @property
    def is_ours(self) -> bool:
        """Whether the Python that runs this is the target's. Only that one can compile for it: the files of each
        version are different."""
        return sys.implementation.name == "cpython" and sys.version_info[:2] == self.python


LAMBDA = LambdaPlatform(
    name="python3.14-aarch64-manylinux_2_28",
    python=(3, 14),
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
    name = f"{sys.implementation.cache_tag}-{sys.platform}-{platform.machine()}"
    return LambdaPlatform(name, python=sys.version_info[:2], pip_options=(), kept=True)
