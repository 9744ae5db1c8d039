"""`keyless migrate start | switch | finish | back | status`: their command lines."""

from collections.abc import Callable
from typing import Final

import typer

from keyless.cli.commands.migrate.back import BACK, STATUS, back, status
from keyless.cli.commands.migrate.running import EPILOG
from keyless.cli.commands.migrate.there import FINISH, START, SWITCH, finish, start, switch
from keyless.cli.help import Command, Group

__all__ = ["commands"]

_ABOUT: Final = "Move a user from its password to IAM, step by step, each of which goes back but the last."
_EXAMPLES: Final = """\
Examples:
  keyless migrate start report --sync    a second user with the same rights;
                                         the application now logs in as it
  keyless migrate switch report --sync   report can't log in any more
  keyless migrate finish report --sync   report is dropped
  keyless migrate back report --sync     one step back, before finish
  keyless migrate status                 where all of them stand

The whole way, and a cluster's master: docs/how-to/migrate-to-iam.md
"""


def commands() -> typer.Typer:
    app = typer.Typer(cls=Group, help=_ABOUT, epilog=_EXAMPLES, rich_markup_mode="rich", no_args_is_help=False)
    steps: tuple[tuple[str, Callable[..., int], str], ...] = (
        ("start", start, START),
        ("switch", switch, SWITCH),
        ("finish", finish, FINISH),
        ("back", back, BACK),
        ("status", status, STATUS),
    )
    for name, run, about in steps:
        app.command(name, cls=Command, help=about, epilog=EPILOG)(run)
    return app
