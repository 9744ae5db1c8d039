"""The app with a gate that fails itself. Run by test_synth."""

import sys

from keyless_aurora.app import run
from keyless_checks.plugin import TemplateRules
from tests.app.app import app


def _validate(*_: object) -> object:
    return 1 / 0


if __name__ == "__main__":
    TemplateRules.validate = _validate  # type: ignore[method-assign, assignment]
    sys.exit(run(app))
