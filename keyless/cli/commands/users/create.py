from typing import TYPE_CHECKING, Final

from keyless.cli.commands.users import options as given
from keyless.cli.commands.users.running import ABOUT_FILE, run
from keyless.cli.options import SPEC, Env, Json, ManagedBy, OfSpec, Secrets, Verbose

if TYPE_CHECKING:
    from keyless.cli.users import Edits

CREATE: Final = f"""\
Add a user to the spec.

{ABOUT_FILE}
What it may do in the databases its grants say, which are edited in the file.
"""


def create_user(
    user: given.User,
    config: given.File = SPEC,
    auth_method: given.AuthMethod = None,
    groups: given.Groups = None,
    privileges: given.Privileges = None,
    databases: given.Databases = None,
    iam_role: given.IamRole = None,
    description: given.Description = None,
    connection_limit: given.ConnectionLimit = None,
    password_secret: given.PasswordSecret = None,
    password: given.Password = None,
    dry_run: given.DryRun = False,
    json: Json = False,
    sync: given.Sync = False,
    yes: given.Yes = False,
    secrets: Secrets = None,
    managed_by: ManagedBy = None,
    env: Env = None,
    verbose: Verbose = False,
) -> int:
    wanted = given.fields(
        auth_method=auth_method,
        groups=groups,
        privileges=privileges,
        databases=databases,
        iam_role=iam_role,
        description=description,
        connection_limit=connection_limit,
        password_secret=password_secret,
    )

    def edits() -> "Edits":
        from keyless.cli.users import tell_of_secret
        from keyless.editing import users

        tell_of_secret(user, wanted)
        return lambda document: users.created(document, user, wanted)

    of = OfSpec(config, None, secrets or (), managed_by)
    return run(of, edits, dry_run=dry_run, json=json, sync=sync, yes=yes, verbose=verbose, env=env)
