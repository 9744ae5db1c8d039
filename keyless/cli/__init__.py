"""The `keyless` command: what a DBA or a workflow runs against a database that it can reach."""

from keyless.cli.command import main

__all__ = ["main"]
