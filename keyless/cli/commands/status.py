from typing import Annotated, Final, Literal

import typer

from keyless.cli.commands.form import form_of
from keyless.cli.options import refuse_both
from keyless.cli.running import reported

HELP: Final = """\
Show the databases, proxies and environments of an account at a glance.

Asks AWS's APIs, in several regions at once if you like, and no database: whether IAM authentication is on and TLS \
required, the engine's version and where it can be upgraded to, how the master logs in, how the proxies' targets are, \
who is declared, and what the drift watch said last. What the credentials may not ask is named.
"""
EPILOG: Final = """\
Examples:
  keyless status
  keyless status --env dev
  keyless status --region eu-west-1 --region eu-central-1 --format markdown
  keyless status --all-regions --json

Exit status:
  0  everything was looked at, and nothing deserves a look
  1  error, or something couldn't be looked at: stderr says what; stdout has
     the rest
  2  something deserves a look: it is among the remarks
"""


def status(
    env: Annotated[
        str | None,
        typer.Option(
            help="only this environment, its database and its proxies (default: all that there is)", metavar="NAME"
        ),
    ] = None,
    regions: Annotated[
        list[str] | None,
        typer.Option("--region", help="may be repeated (default: that of AWS_REGION or the profile)", metavar="NAME"),
    ] = None,
    all_regions: Annotated[bool, typer.Option("--all-regions", help="every region that is on for the account")] = False,
    format: Annotated[
        Literal["text", "markdown", "json"] | None, typer.Option(help="how to show it (default: text)")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="the same as --format json")] = False,
) -> int:
    form = form_of(format, json=json)
    refuse_both("--region", "--all-regions", given=bool(regions) and all_regions)

    def run() -> int:
        from keyless.cli.show_status import run

        return run(env, regions or (), all_regions=all_regions, form=form)

    return reported(run)
