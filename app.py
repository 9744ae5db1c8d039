"""The CDK app: choose the environment, build its stacks, attach the checks, synthesize.

cdk.json runs it, with the source roots on PYTHONPATH. Context: environment=NAME (required; `all` is for synth),
access=FILE (the access spec, default config/access.yaml), bundle_for=host (bundles for this machine instead of Lambda);
to try out another way to the database, pattern=A|B|C|D and database=aurora|instance.
"""

import sys

import aws_cdk as cdk

from checks import gates
from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.functions.bundling import BundlingError
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.targets import SharedTargetError, refuse_shared
from stacks.error import UsageError


def main() -> int:
    """Synthesize. Returns the exit status; what the operator did wrong goes to stderr as a sentence."""
    app = cdk.App()
    try:
        compose(app)
    except (SpecError, SettingsError, SharedTargetError, UsageError) as error:
        return _refuse(error)
    except RuntimeError as error:
        if cause := BundlingError.behind(error):
            return _refuse(cause)
        raise
    app.synth()
    return 0


def compose(app: cdk.App) -> None:
    """Put the stacks of the chosen environments into `app`, with the checks that a synth must pass."""
    # Here, because the settings are made when they are imported: what is wrong with them is an error like the others.
    from stacks import context
    from stacks.deployment import build
    from stacks.environments import ENVIRONMENTS

    node = app.node
    refuse_shared(ENVIRONMENTS.values())
    chosen, spec = list(context.environments(node)), AccessSpec.load(context.spec_file(node))
    platform = context.platform(node)
    for environment in chosen:
        build(app, environment, spec, platform)
    gates.attach(app, passwords=any(user.auth_method == "password" for user in spec.users), bundled=platform == LAMBDA)


def _refuse(error: Exception) -> int:
    print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
