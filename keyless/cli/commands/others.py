"""Commands with a command line of their own, to which theirs is passed on as it is."""

from typing import Annotated, Final

import typer

from keyless.extras import needed

REHEARSE: Final = "Deploy the app on this machine and show who can do what."
VERIFY: Final = "Measure on the AWS account what the rehearsal shows."
PASSED_ON: Final[dict[str, object]] = {
    "ignore_unknown_options": True,
    "allow_extra_args": True,
    "allow_interspersed_args": False,
    "help_option_names": [],
}

Arguments = Annotated[list[str] | None, typer.Argument(metavar="ARGUMENTS", help="see --help of this command")]


def rehearse(arguments: Arguments = None) -> int:
    with needed("keyless rehearse"):
        from keyless.rehearsal.__main__ import main

    return main(arguments or [])


def verify(arguments: Arguments = None) -> int:
    with needed("keyless verify"):
        from keyless.verify.command import main

    return main(arguments or [])
