"""Settles how jsii starts, before anything imports the CDK: as for the tests of the templates."""

import tests.infrastructure.conftest  # noqa: F401
