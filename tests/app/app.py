"""The app that the tests are about, made as a user makes one. `python -m tests.app.app` synthesizes it."""

import sys
from pathlib import Path

from keyless_aurora.app import KeylessApp, run

HERE = Path(__file__).parent
ACCESS = HERE / "config" / "access.yaml"
PASSWORDS = HERE / "config" / "access-password.yaml"


def app() -> KeylessApp:
    from tests.app.environments import ENVIRONMENTS
    from tests.app.workload import workload

    return KeylessApp(ENVIRONMENTS, access=ACCESS, stacks=[workload])


if __name__ == "__main__":
    sys.exit(run(app))
