"""The CDK app: choose the environment, build its stacks, attach the checks, synthesize.

cdk.json runs it, with the source roots on PYTHONPATH. Context: environment=NAME (required), access=FILE (the access
spec, default config/access.yaml), bundle_for=host (bundles for this machine instead of Lambda).
"""

import sys
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.bundling import BundlingError
from keyless_aurora.lambda_platform import LAMBDA, LambdaPlatform, host
from stacks.deployment import build
from stacks.environments import UnknownEnvironmentError, environment_named


class UsageError(Exception):
    """A context value that the app doesn't know."""


def main() -> int:
    """Synthesize. Returns the exit status; what the operator did wrong goes to stderr as a sentence."""
    app = cdk.App()
    try:
        compose(app)
    except (SpecError, UnknownEnvironmentError, UsageError) as error:
        return _refuse(error)
    except RuntimeError as error:
        if cause := BundlingError.behind(error):
            return _refuse(cause)
        raise
    app.synth()
    return 0


def compose(app: cdk.App) -> None:
    """Put the chosen environment's stacks into `app`, with the checks that a synth must pass."""
    environment = environment_named(app.node.try_get_context("environment"))
    spec = AccessSpec.load(Path(app.node.try_get_context("access") or Path(__file__).parent / "config" / "access.yaml"))
    build(app, environment, spec, _platform(app.node.try_get_context("bundle_for")))
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))


def _refuse(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 1


def _platform(name: str | None) -> LambdaPlatform:
    match name:
        case None | "lambda":
            return LAMBDA
        case "host":
            return host()
        case _:
            raise UsageError(f"bundle_for={name} is unknown; use -c bundle_for=NAME with one of: lambda, host")


if __name__ == "__main__":
    sys.exit(main())
