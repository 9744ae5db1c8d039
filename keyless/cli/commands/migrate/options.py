"""Options of the steps."""

from typing import Annotated, Final

import typer

from keyless.cli.commands.number import number

_WHO: Final = "Who"
User = Annotated[str | None, typer.Argument(metavar="USER", help="the user that has a password; or --all")]
All = Annotated[bool, typer.Option("--all", help="every user of the spec that has a password", rich_help_panel=_WHO)]
NewName = Annotated[
    str | None, typer.Option(help="of the new user (default: USER_iam)", metavar="NAME", rich_help_panel=_WHO)
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="only show what the step would change in the file, or what stands in its way")
]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        help="what may go by another name: a point that asks who is logged in, as the report has it; may be repeated",
        metavar="POINT",
    ),
]
EndSessions = Annotated[
    bool, typer.Option("--end-sessions", help="go on though sessions are open, which the sync ends")
]
Wait = Annotated[
    float,
    typer.Option(
        parser=number(float, 0, 3600), help="how long to wait for a session of the new user", metavar="SECONDS"
    ),
]
LogIn = Annotated[
    bool,
    typer.Option("--log-in", help="try a login as the new user with a token of these credentials, instead of waiting"),
]
YesToAll = Annotated[bool, typer.Option("--yes", help="don't ask, neither for the step nor what the sync takes away")]
WhoOrAll = Annotated[
    str | None,
    typer.Argument(metavar="USER", help="the user that has, or had, a password (default: all of them)"),
]
