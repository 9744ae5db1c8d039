"""`keyless doctor`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from keyless.cli.commands.as_whom import As, Via, refuse_without_env
from keyless.cli.commands.ask import Format, Json
from keyless.cli.commands.form import form_of
from keyless.cli.options import Env, refuse_both
from keyless.cli.running import reported

HELP: Final = """\
Find out why a login doesn't work: go its way hop by hop, and name the first thing that is wrong.

Asks AWS and the database, and changes nothing: the clock, the credentials, the endpoint, the right to rds-db:connect \
by IAM's simulator, the secret, the name, security groups and network ACLs, TLS, the proxy, the role and its \
membership in rds_iam, its connections, CONNECT, the login itself, the grants of the spec. What can't be looked at \
is said as not seen from here.
"""
EPILOG: Final = """\
Examples:
  keyless doctor --env dev --function Writer
                                the login of a deployed function
  keyless doctor --env dev --as ana --database app
                                of a person, with the credentials of here
  PGHOST=db.example PGUSER=ana PGDATABASE=app keyless doctor
                                that of libpq's variables

Exit status:
  0  all hops are well
  1  nothing wrong was seen, and not all could be looked at: stdout says
     what; or an error: stderr says which
  2  something is wrong: stdout names the first thing, and the way out
"""


def doctor(
    env: Env = None,
    user: As = None,
    function: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="the login of this function, by its role: the name of its output, such as Writer of "
            "WriterFunctionName, or its own",
            rich_help_panel="The connection",
        ),
    ] = None,
    via: Via = None,
    database: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="which database (default: the function's, PGDATABASE, the spec's first)"),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="the access spec, for the grants (default: config/access.yaml, where it is there)"
        ),
    ] = None,
    format: Format = None,
    json: Json = False,
) -> int:
    refuse_without_env(env, via)
    refuse_both("--via", "--function", given=via is not None and function is not None)
    form = form_of(format, json=json)

    def run() -> int:
        from keyless.cli import doctor

        return doctor.run(doctor.Asked(env, user, function, via, database, config), form)

    return reported(run)
