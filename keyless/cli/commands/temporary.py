"""`grant` and `grants`."""

import re
from datetime import timedelta
from typing import Annotated, Final

import typer

from keyless.cli.commands.ask import Format, Json
from keyless.cli.commands.form import form_of
from keyless.cli.options import SPEC, Config, Database, Env, ManagedBy, OfSpec, Verbose, refuse_both
from keyless.cli.running import reported

GRANT: Final = """\
Put a user into a group for a while.

The spec says who may have which group, and for how long at most (`may_have` of the user). The membership is there at \
once, and ends by itself a minute after its time at the latest, with the user's open sessions. Who asked and why stand \
in the role's comment. A later grant of the same group extends it, and never shortens it.
"""
GRANTS: Final = """\
List the memberships for a while that are open.

User, group, until when, by whom and why. Reads only, without --end.
"""
EPILOG: Final = """\
Examples:
  keyless grant alice --as reader --for 1h --reason 'ticket 7'
  keyless grant alice --as reader --end
                                ends it now, and alice's open sessions
  keyless grants --env prod
  keyless grants --json

Exit status:
  0  the user is in the group, or with --end is not
  1  error: stderr says what is wrong
"""
LIST_EPILOG: Final = """\
Exit status:
  0  the list is on stdout, be it empty
  1  error: stderr says what is wrong
"""
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}


def _length(text: str) -> timedelta:
    if not re.fullmatch("[1-9][0-9]{0,3}[mh]", text):
        raise typer.BadParameter(f"{text!r} is no length; allowed: whole minutes or hours, such as 30m or 8h")
    return int(text[:-1]) * _UNITS[text[-1]]


def grant(
    user: Annotated[str, typer.Argument(metavar="USER", help="a user of the spec")],
    group: Annotated[str, typer.Option("--as", metavar="GROUP", help="a group of the spec")],
    length: Annotated[
        timedelta | None,
        typer.Option(
            "--for", parser=_length, metavar="LENGTH", help="for how long: 30m, 8h; the spec says how long at most"
        ),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="why, for whoever looks later")] = "",
    by: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="who asks for it (default: you; with --env, whose AWS credentials these are)"
        ),
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="end it now instead")] = False,
    config: Config = SPEC,
    database: Database = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    verbose: Verbose = False,
) -> int:
    if length is None and not end:
        raise typer.BadParameter("nothing says for how long; allowed: --for LENGTH, or --end")
    refuse_both("--for, --by or --reason", "--end", given=end and bool(length or by or reason))
    of = OfSpec(config, database, managed_by=managed_by)

    def run() -> int:
        from keyless.cli import temporary

        if length is None:
            return temporary.end(of, user, group)
        return temporary.grant(of, user, group, length, by=by, reason=reason)

    return reported(run, verbose=verbose, env=env)


def grants(
    config: Config = SPEC,
    database: Database = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    format: Format = None,
    json: Json = False,
    end: Annotated[
        bool, typer.Option("--end", help="first end those that are over, as the schedule of the stacks does")
    ] = False,
) -> int:
    form = form_of(format, json=json)

    def run() -> int:
        from keyless.cli import temporary

        return temporary.grants(OfSpec(config, database, managed_by=managed_by), form, end_first=end)

    return reported(run, env=env)
