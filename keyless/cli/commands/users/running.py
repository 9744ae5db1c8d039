"""What the commands that edit a user have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from keyless.cli.options import OfSpec, refuse_both, refuse_idle
from keyless.cli.running import reported

if TYPE_CHECKING:
    from keyless.cli.users import Edits

ABOUT_FILE: Final = """\
Every other byte of the file stays as it is, comments included. What the spec would say is checked as `keyless check` \
does before the file is replaced, as a whole. The difference goes to stdout.
"""
EPILOG: Final = """\
Exit status:
  0  the file says so now, or said so before
  1  error: stderr says what is wrong; the file is as it was, unless what
     went wrong is the sync, or stdout, as it says then
  3  the sync would take something away, and the answer was not yes, or there
     was no terminal and no --yes; the databases are as they were
"""


def run(
    of: OfSpec,
    edits: "Callable[[], Edits]",
    *,
    dry_run: bool,
    json: bool,
    sync: bool,
    yes: bool,
    verbose: bool,
    env: str | None,
) -> int:
    refuse_both("--dry-run", "--sync", given=dry_run and sync)
    if not sync:
        refuse_idle(
            "without --sync: an edit of the file connects to nothing",
            yes=yes,
            secret=bool(of.secrets),
            managed_by=of.managed_by is not None,
            env=env is not None,
            verbose=verbose,
        )

    def edit() -> int:
        from keyless.cli import users

        doing = users.Doing(dry_run=dry_run, as_json=json, sync=sync, yes=yes)
        return users.run(of, edits(), doing)

    return reported(edit, verbose=verbose, env=env)
