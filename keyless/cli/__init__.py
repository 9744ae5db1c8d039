"""The `keyless` command, for a DBA or a workflow with a connection to the database."""

from keyless.cli.command import main

__all__ = ["main"]
