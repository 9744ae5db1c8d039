"""`back`, and `status`, which goes nowhere."""

from typing import TYPE_CHECKING, Final

from keyless.cli.commands.migrate import options as said
from keyless.cli.commands.migrate.running import run
from keyless.cli.commands.users import options as given
from keyless.cli.options import SPEC, Env, Json, ManagedBy, OfSpec, Secrets, Verbose

if TYPE_CHECKING:
    from keyless.cli.migrate.doing import Doing

BACK: Final = """\
Go one step back, before finish.

After switch the old user logs in again, as before. After start the new user goes, and the file is as it was, byte for \
byte; with --sync its role is dropped, too.
"""
STATUS: Final = """\
Say where migrations stand, and what is next. Changes nothing.

By the spec and the databases; nothing is kept elsewhere.
"""


def back(
    user: said.User = None,
    all: said.All = False,
    new_name: said.NewName = None,
    config: given.File = SPEC,
    end_sessions: said.EndSessions = False,
    dry_run: said.DryRun = False,
    json: Json = False,
    sync: given.Sync = False,
    yes: given.Yes = False,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    verbose: Verbose = False,
) -> int:
    def doing() -> "Doing":
        from keyless.cli.migrate.doing import Doing

        return Doing(dry_run, json, sync, yes, end_sessions=end_sessions)

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, "back", user, doing, all=all, new_name=new_name, env=env, verbose=verbose)


def status(
    user: said.WhoOrAll = None,
    new_name: said.NewName = None,
    config: given.File = SPEC,
    accept: said.Accept = None,
    json: Json = False,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
) -> int:
    def doing() -> "Doing":
        from keyless.cli.migrate.doing import Doing

        return Doing(as_json=json, accept=accept or ())

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, "status", user, doing, all=user is None, new_name=new_name, env=env)
