"""The app with an account given to its environments, as someone would edit environments.py. Run by
test_synth."""

import dataclasses
import sys

from keyless_aurora.app import run
from tests.app.app import app
from tests.app.environments import ENVIRONMENTS

if __name__ == "__main__":
    ENVIRONMENTS.update({name: dataclasses.replace(e, account="111122223333") for name, e in ENVIRONMENTS.items()})
    sys.exit(run(app))
