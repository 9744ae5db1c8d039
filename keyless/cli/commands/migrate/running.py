"""What the steps have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import typer

from keyless.cli.options import OfSpec, refuse_both, refuse_idle
from keyless.cli.running import reported

if TYPE_CHECKING:
    from keyless.cli.migrate.doing import Doing

EPILOG: Final = """\
Exit status:
  0  done, or done before
  1  error: stderr says what is wrong
  2  something stands in the way of the step, which stdout and stderr name;
     nothing was changed. Of start: the two users differ; the new one is there
  3  finish, or what the sync takes away, and the answer was not yes, or there
     was no terminal and no --yes
"""


def run(
    of: OfSpec,
    step: str,
    user: str | None,
    doing: "Callable[[], Doing]",
    *,
    all: bool,
    new_name: str | None,
    env: str | None,
    verbose: bool = False,
) -> int:
    refuse_both("USER", "--all", given=all and user is not None)
    refuse_both("--new-name", "--all", given=all and new_name is not None)
    if user is None and not all:
        raise typer.BadParameter("nobody is named; allowed: USER, or --all")

    how = doing()
    refuse_both("--dry-run", "--sync", given=how.dry_run and how.sync)
    if not how.sync:
        refuse_idle("without --sync: nothing is run", yes=how.yes and step != "finish", verbose=verbose)

    def step_made() -> int:
        from keyless.cli.migrate import steps
        from keyless.cli.migrate.doing import Step, Who

        return steps.run(of, Who(user, new_name), Step(step), how)

    return reported(step_made, verbose=verbose, env=env)
