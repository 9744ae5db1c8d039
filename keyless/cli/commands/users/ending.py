"""`disable-user` and `drop-user`."""

from typing import TYPE_CHECKING, Final

from keyless.cli.commands.users import options as given
from keyless.cli.commands.users.running import ABOUT_FILE, run
from keyless.cli.options import SPEC, Env, Json, ManagedBy, OfSpec, Secrets, Verbose

if TYPE_CHECKING:
    from keyless.cli.users import Edits

DISABLE: Final = f"""\
Let a user of the spec log in no more.

Says `enabled: false`: the next sync ends its login and sessions, and it keeps its role, groups and grants. \
alter-user --enable is the way back.

{ABOUT_FILE}"""
DROP: Final = f"""\
Take a user out of the spec.

The next sync ends its login and sessions first, then takes all its rights, and drops the role as soon as nothing \
belongs to it: `retired` says so. What it owns is not dropped.

{ABOUT_FILE}"""


def disable_user(
    user: given.User,
    config: given.File = SPEC,
    dry_run: given.DryRun = False,
    json: Json = False,
    sync: given.Sync = False,
    yes: given.Yes = False,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    verbose: Verbose = False,
) -> int:
    def edits() -> "Edits":
        from keyless.editing import users

        return lambda document: users.altered(document, user, {"enabled": False})

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, edits, dry_run=dry_run, json=json, sync=sync, yes=yes, verbose=verbose, env=env)


def drop_user(
    user: given.User,
    config: given.File = SPEC,
    keep_role: given.KeepRole = False,
    dry_run: given.DryRun = False,
    json: Json = False,
    sync: given.Sync = False,
    yes: given.Yes = False,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    verbose: Verbose = False,
) -> int:
    def edits() -> "Edits":
        from keyless.editing import users

        return lambda document: users.dropped(document, user, keep_role=keep_role)

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, edits, dry_run=dry_run, json=json, sync=sync, yes=yes, verbose=verbose, env=env)
