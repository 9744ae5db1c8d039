"""The command line of `keyless`: what can be asked for, and the help. Imports nothing that takes time."""

import argparse
from pathlib import Path
from typing import Final, NoReturn

DONE: Final = 0
FAILED: Final = 1
DIFFERENT: Final = 2
"""`sync --detailed-exitcode`: changes are pending or were made. `prove`: the database is not what the spec says."""

FORMATS: Final = ("text", "sql", "json", "markdown")

_ABOUT: Final = "Make a PostgreSQL database's roles and rights what an access spec says, or prove that they are."
_EXAMPLES: Final = """\
examples:
  keyless sync --config config/access.yaml --dry-run            what would change, and why
  keyless sync --config config/access.yaml                      change it and prove it, or change nothing
  keyless sync --config config/access.yaml --dry-run --format markdown > comment.md
  keyless prove --config config/access.yaml --json              ask PostgreSQL who can do what

The connection is made by libpq's variables, as the cluster's master user:
  PGHOST, PGPORT, PGUSER, PGPASSWORD or PGPASSFILE, PGSSLMODE, PGSSLROOTCERT, ...
An IAM master's password is a token:
  export PGPASSWORD="$(aws rds generate-db-auth-token --hostname "$PGHOST" --port "$PGPORT" --username "$PGUSER")"
For the endpoints of RDS, TLS is verified unless PGSSLMODE says otherwise.
"""
_SYNC: Final = """\
One transaction for each database: plan, apply, prove, or roll everything back. A second run finds nothing to do.
Every change and its reason go to stdout.

exit status:
  0  done, or nothing to do      (without --detailed-exitcode also when there were changes)
  1  error: what is wrong is on stderr, and the database it concerns is as it was before
  2  with --detailed-exitcode: changes were made, or with --dry-run are pending
"""
_PROVE: Final = """\
Reads only. Asks PostgreSQL what each user of the spec can really do, by whatever way, and what a sync would change.

exit status:
  0  the databases are what the spec says
  1  error: what is wrong is on stderr
  2  they are not: each violation (PostgreSQL allows something else), each login that is locked out (it reaches rds_iam
     by accident) and all drift (sync would change it) is on stdout
"""


class _Parser(argparse.ArgumentParser):
    """argparse exits with 2 when the command line is wrong, which here means that something differs."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message}; {self.prog} --help shows what is allowed\n")


def parser() -> argparse.ArgumentParser:
    # An abbreviated option would change its meaning with the next option that is added.
    top = _Parser(
        "keyless",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = top.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    _sync(_command(commands, "sync", "make the databases what the spec says", _SYNC))
    _prove(_command(commands, "prove", "hold the databases against the spec, change nothing", _PROVE))
    return top


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str, summary: str, details: str) -> _Parser:
    command = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=details,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("--config", type=Path, required=True, metavar="FILE", help="the access spec, YAML or JSON")
    command.add_argument("--database", metavar="NAME", help="only this database of the spec (default: all of them)")
    command.add_argument(
        "--secret",
        type=_secret,
        action="append",
        default=[],
        dest="secrets",
        metavar="USER=ARN",
        help="where the password of this user comes from, when the spec has no password_secret for it; may be repeated",
    )
    command.add_argument("--verbose", action="store_true", help="also show on stderr what the engine does")
    return command


def _secret(text: str) -> tuple[str, str]:
    user, equals, arn = text.partition("=")
    if not (user and equals and arn):
        raise argparse.ArgumentTypeError(f"{text!r} is no USER=ARN")
    return user, arn


def _sync(command: _Parser) -> None:
    command.add_argument(
        "--dry-run", action="store_true", help="only show what would change, in a read-only transaction"
    )
    command.add_argument("--detailed-exitcode", action="store_true", help="exit with 2 when there are changes")
    how = command.add_mutually_exclusive_group()
    how.add_argument("--format", choices=FORMATS, default="text", help="how to show the changes (default: text)")
    how.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")


def _prove(command: _Parser) -> None:
    command.add_argument("--json", action="store_true", help="the result as JSON")
