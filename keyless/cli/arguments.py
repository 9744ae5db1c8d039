"""The command line of `keyless`: commands, options and help. Imports nothing slow, so that --help is quick."""

import argparse
from pathlib import Path
from typing import Final, NoReturn

DONE: Final = 0
FAILED: Final = 1
DIFFERENT: Final = 2
"""`sync --detailed-exitcode`: changes are pending or were made. `prove`: the database doesn't match the spec."""
REFUSED: Final = 3
"""`sync`: something would be taken away, and nobody said yes."""

FORMATS: Final = ("text", "sql", "json", "markdown")

_ABOUT: Final = "Make a PostgreSQL database's roles and rights match an access spec, or prove that they do."
_EXAMPLES: Final = """\
examples:
  keyless sync --config config/access.yaml --dry-run            what would change, and why
  keyless sync --config config/access.yaml                      change it and prove it, or change nothing
  keyless sync --config config/access.yaml --dry-run --format markdown > comment.md
  keyless prove --config config/access.yaml --json              ask PostgreSQL who can do what

libpq's variables say where to connect and as whom, which is the cluster's master user:
  PGHOST, PGPORT, PGUSER, PGPASSWORD or PGPASSFILE, PGSSLMODE, PGSSLROOTCERT, ...
The password of an IAM master is a token:
  export PGPASSWORD="$(aws rds generate-db-auth-token --hostname "$PGHOST" --port "$PGPORT" --username "$PGUSER")"
The server's certificate is verified, unless PGSSLMODE or a socket in PGHOST says otherwise.
"""
_SYNC: Final = """\
One transaction for each database: plan, apply, prove, or roll back everything. A second run finds nothing to do.
Every change and its reason go to stdout.
Before anything is taken away it is shown, by whom, and the terminal is asked. Without a terminal that needs --yes. What
was not shown, because the database has changed meanwhile, is not taken away.

exit status:
  0  done, or nothing to do      (without --detailed-exitcode also when there were changes; also where something is left
     to others, who alone can change it: stderr says how much)
  1  error: stderr says what is wrong; nothing was changed in the database that it concerns, but that logins which the
     spec takes away were ended, as it says then
  2  with --detailed-exitcode: changes were made, or with --dry-run are pending
  3  something would be taken away, and the answer was not yes, or there was no terminal and no --yes; nothing was
     changed
"""
_PROVE: Final = """\
Read-only. Asks PostgreSQL what each user of the spec can really do, by any route, and what a sync would change.

exit status:
  0  the databases match the spec
  1  error: stderr says what is wrong
  2  they don't: stdout has each violation (PostgreSQL allows more or less than the spec), what sync is refused for or
     leaves to others, each login that is locked out (by accident a member of rds_iam), each outsider, and all drift
     (what sync would change)
"""


class _Parser(argparse.ArgumentParser):
    """Exits with 1 when the command line is wrong. argparse's 2 means here that something differs."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message}; {self.prog} --help shows what is allowed\n")


def parser() -> argparse.ArgumentParser:
    # No abbreviations: one could mean something else once another option is added.
    top = _Parser(
        "keyless",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = top.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    _sync(_command(commands, "sync", "make the databases match the spec", _SYNC))
    _prove(_command(commands, "prove", "compare the databases with the spec, change nothing", _PROVE))
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
        help="the secret with this user's password, if the spec has no password_secret for it; may be repeated",
    )
    command.add_argument(
        "--managed-by",
        metavar="NAME",
        help="who manages the roles, if the spec doesn't say `managed_by`: of a deployment the name of its access "
        "stack (default: keyless-aurora)",
    )
    command.add_argument("--verbose", action="store_true", help="also show the statements on stderr as they run")
    return command


def _secret(text: str) -> tuple[str, str]:
    user, equals, arn = text.partition("=")
    if not (user and equals and arn):
        raise argparse.ArgumentTypeError(f"{text!r} is not a user and its secret; allowed: USER=ARN")
    return user, arn


def _sync(command: _Parser) -> None:
    command.add_argument(
        "--dry-run", action="store_true", help="only show what would change, in a read-only transaction"
    )
    command.add_argument("--yes", action="store_true", help="take away what the spec doesn't give without asking")
    command.add_argument("--detailed-exitcode", action="store_true", help="exit with 2 when there are changes")
    how = command.add_mutually_exclusive_group()
    how.add_argument("--format", choices=FORMATS, default="text", help="how to show the changes (default: text)")
    how.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")


def _prove(command: _Parser) -> None:
    command.add_argument("--json", action="store_true", help="the result as JSON")
