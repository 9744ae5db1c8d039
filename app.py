"""The CDK app. cdk.json runs it, with the source roots on PYTHONPATH."""

import sys
from pathlib import Path

from keyless_aurora.app import KeylessApp, run

_HERE = Path(__file__).parent


def app() -> KeylessApp:
    """This repository's: its environments, its access spec and its sample."""
    # Here, because the settings are made when they are imported: what is wrong with them is an error like the others.
    from stacks.environments import ENVIRONMENTS
    from stacks.workload_stack import workload

    return KeylessApp(ENVIRONMENTS, access=_HERE / "config" / "access.yaml", stacks=[workload])


if __name__ == "__main__":
    sys.exit(run(app))
