from typing import Annotated, Final, Literal

import typer

from keyless.cli.commands.form import form_of
from keyless.cli.commands.through_lambda import ThroughLambda, refuse_unfit
from keyless.cli.options import SPEC, Config, Database, Env, Json, ManagedBy, OfSpec, Secrets
from keyless.cli.running import reported

HELP: Final = """\
Compare the databases with the spec, change nothing.

Read-only. Asks PostgreSQL what each user of the spec can really do, by any route, and what a sync would change. With \
--through-lambda the environment's drift watch asks, where there is no network path to the database.
"""
EPILOG: Final = """\
Exit status:
  0  the databases match the spec
  1  error: stderr says what is wrong
  2  they don't: stdout has each violation (PostgreSQL allows more or less
     than the spec), what sync is refused for or leaves to others, each login
     that is locked out (by accident a member of rds_iam), each outsider, and
     all drift (what sync would change)
"""


def prove(
    config: Config = SPEC,
    database: Database = None,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    through_lambda: ThroughLambda = False,
    format: Annotated[
        Literal["text", "markdown", "json"] | None, typer.Option(help="how to show it (default: text)")
    ] = None,
    json: Json = False,
) -> int:
    form = form_of(format, json=json)
    refuse_unfit(through_lambda, env, secrets)

    def run() -> int:
        from keyless.cli import prove

        of = OfSpec(config, database, secrets or (), managed_by)
        if not (through_lambda and env):
            return prove.run(of, form=form)
        from keyless.cli.through_lambda import watch

        with watch(env) as asked:
            return prove.run(of, form=form, look=asked.prove)

    return reported(run, env=None if through_lambda else env)
