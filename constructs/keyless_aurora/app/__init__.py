"""The CDK app as a whole: `KeylessApp` says what is in it, and `run` is what its app.py does."""

import keyless_aurora.app.node  # noqa: F401 - before anything imports the CDK

# isort: split
from keyless_aurora.app.keyless_app import KeylessApp
from keyless_aurora.app.running import run

__all__ = ["KeylessApp", "run"]
