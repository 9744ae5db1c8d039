from typing import Final

from keyless.cli.commands.changes import DetailedExitcode, Format, Json
from keyless.cli.commands.form import form_of
from keyless.cli.commands.through_lambda import ThroughLambda, refuse_unfit
from keyless.cli.options import SPEC, Config, Database, Env, ManagedBy, OfSpec, Secrets, Verbose
from keyless.cli.running import reported

HELP: Final = """\
Show what sync would change, change nothing.

The same as keyless sync --dry-run, in a transaction that PostgreSQL keeps read-only. With --through-lambda the \
environment's drift watch looks, where there is no network path to the database: it takes no login, but the right to \
invoke that function.
"""
EPILOG: Final = """\
Examples:
  keyless plan
  keyless plan --env dev --through-lambda --format markdown

Exit status:
  0  every database was looked at (without --detailed-exitcode also when there
     are changes)
  1  error: stderr says what is wrong
  2  with --detailed-exitcode: changes are pending
"""


def plan(
    config: Config = SPEC,
    database: Database = None,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    through_lambda: ThroughLambda = False,
    verbose: Verbose = False,
    detailed_exitcode: DetailedExitcode = False,
    format: Format = None,
    json: Json = False,
) -> int:
    form = form_of(format, json=json)
    refuse_unfit(through_lambda, env, secrets)

    def run() -> int:
        from keyless.cli import plan

        return plan.run(
            OfSpec(config, database, secrets or (), managed_by),
            detailed_exitcode=detailed_exitcode,
            form=form,
            through_lambda=env if through_lambda else None,
        )

    return reported(run, verbose=verbose, env=None if through_lambda else env)
