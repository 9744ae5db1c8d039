from typing import Annotated, Final

import typer

from keyless.cli.commands.changes import DetailedExitcode, Format, Json
from keyless.cli.commands.form import form_of
from keyless.cli.options import SPEC, Config, Database, Env, ManagedBy, OfSpec, Secrets, Verbose, refuse_idle
from keyless.cli.running import reported

HELP: Final = """\
Make the databases match the spec.

One transaction for each database: plan, apply, prove, or roll back everything. A second run finds nothing to do. \
Every change and its reason go to stdout. On MySQL and MariaDB (MYSQL_HOST), which roll nothing back, it is one run \
for the whole server: who is new is locked until all is proven, and who was there has what it had if the run fails.

Before anything is taken away it is shown, by whom, and the terminal is asked. Without a terminal that needs --yes. \
What was not shown, because the database has changed meanwhile, is not taken away.
"""
EPILOG: Final = """\
Exit status:
  0  done, or nothing to do (without --detailed-exitcode also when there were
     changes; also where something is left to others, who alone can change
     it: stderr says how much)
  1  error: stderr says what is wrong; nothing was changed in the database
     that it concerns, but that logins which the spec takes away were ended,
     as it says then
  2  with --detailed-exitcode: changes were made, or with --dry-run are
     pending
  3  something would be taken away, and the answer was not yes, or there was
     no terminal and no --yes; nothing was changed
"""


def sync(
    config: Config = SPEC,
    database: Database = None,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    verbose: Verbose = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only show what would change, in a read-only transaction")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="take away what the spec doesn't give without asking")] = False,
    detailed_exitcode: DetailedExitcode = False,
    format: Format = None,
    json: Json = False,
) -> int:
    form = form_of(format, json=json)
    if dry_run:
        refuse_idle("with --dry-run: nothing is taken away", yes=yes)

    def run() -> int:
        from keyless.cli import sync

        return sync.run(
            OfSpec(config, database, secrets or (), managed_by),
            dry_run=dry_run,
            yes=yes,
            detailed_exitcode=detailed_exitcode,
            form=form,
        )

    return reported(run, verbose=verbose, env=env)
