"""The CDK app: its environments, its access spec, its functions. cdk.json runs it."""

import sys
from pathlib import Path

from keyless_aurora.app import KeylessApp, run

_HERE = Path(__file__).parent


def app() -> KeylessApp:
    # Here, because the settings are made when they are imported: what is wrong with them is an error like the others.
    from environments import ENVIRONMENTS
    from workload import workload

    return KeylessApp(ENVIRONMENTS, access=_HERE / "config" / "access.yaml", stacks=[workload], name="@@{name}")


if __name__ == "__main__":
    sys.exit(run(app))
