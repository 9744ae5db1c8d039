"""`start`, `switch`, `finish`: the way there."""

from typing import TYPE_CHECKING, Final

from keyless.cli.commands.migrate import options as said
from keyless.cli.commands.migrate.running import run
from keyless.cli.commands.users import options as given
from keyless.cli.options import SPEC, Env, Json, ManagedBy, OfSpec, Secrets, Verbose

if TYPE_CHECKING:
    from keyless.cli.migrate.doing import Doing

START: Final = """\
Add a second user with the same rights, that logs in with IAM.

Edits the spec: the new user, USER_iam unless --new-name says otherwise, has the groups, grants, databases, settings \
and limits of USER. Once the databases have it (--sync, or a deploy and the command again), PostgreSQL is asked in \
what the two differ. Both can log in from then on.
"""
SWITCH: Final = """\
Let the old user log in no more, once the new one is in use.

Says `enabled: false` of it; the sync ends its login. Refused while the two differ, while nobody is seen logged in as \
the new user, and while the old one has sessions open.
"""
FINISH: Final = """\
Drop the old user, for good: the only step without a way back.

Asks first. Refused while the user has sessions open, owns something or is named in a policy.
"""


def start(
    user: said.User = None,
    all: said.All = False,
    new_name: said.NewName = None,
    config: given.File = SPEC,
    accept: said.Accept = None,
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

        return Doing(dry_run, json, sync, yes, accept or ())

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, "start", user, doing, all=all, new_name=new_name, env=env, verbose=verbose)


def switch(
    user: said.User = None,
    all: said.All = False,
    new_name: said.NewName = None,
    config: given.File = SPEC,
    accept: said.Accept = None,
    wait: said.Wait = 10.0,
    log_in: said.LogIn = False,
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

        return Doing(dry_run, json, sync, yes, accept or (), end_sessions, wait, log_in)

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, "switch", user, doing, all=all, new_name=new_name, env=env, verbose=verbose)


def finish(
    user: said.User = None,
    all: said.All = False,
    new_name: said.NewName = None,
    config: given.File = SPEC,
    dry_run: said.DryRun = False,
    json: Json = False,
    sync: given.Sync = False,
    yes: said.YesToAll = False,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    verbose: Verbose = False,
) -> int:
    def doing() -> "Doing":
        from keyless.cli.migrate.doing import Doing

        return Doing(dry_run, json, sync, yes)

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, "finish", user, doing, all=all, new_name=new_name, env=env, verbose=verbose)
