"""Their options, and what these say about a user's fields."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from keyless.cli.commands.number import number

_USER: Final = "The user"
_SYNC: Final = "The sync"


def _refused(value: str | None) -> str | None:
    """Not shown, and not repeated."""
    if value is not None:
        raise typer.BadParameter(
            "a password on the command line is there for everybody on this machine to read; allowed: --password-secret "
            "ARN, or none of the two for a secret that the stacks make"
        )
    return value


User = Annotated[str, typer.Argument(metavar="USER", help="its name in the spec")]
File = Annotated[Path, typer.Option("--config", help="the access spec, YAML or JSON", metavar="FILE")]
AuthMethod = Annotated[
    Literal["iam", "password", "none"] | None,
    typer.Option(help="how it logs in (a new user: iam)", rich_help_panel=_USER),
]
_Names = list[str] | None
Groups = Annotated[
    _Names,
    typer.Option(help="which it is a member of; with commas, or repeated", metavar="NAMES", rich_help_panel=_USER),
]
Privileges = Annotated[
    _Names,
    typer.Option(
        help="on its databases: CONNECT, CREATE, TEMPORARY (a new user: CONNECT)",
        metavar="NAMES",
        rich_help_panel=_USER,
    ),
]
Databases = Annotated[
    _Names,
    typer.Option(help="it may connect to, beside those of its grants", metavar="NAMES", rich_help_panel=_USER),
]
IamRole = Annotated[
    str | None,
    typer.Option(help="the IAM role that connects as this user", metavar="ARN", rich_help_panel=_USER),
]
Description = Annotated[str | None, typer.Option(help="what it is for", metavar="TEXT", rich_help_panel=_USER)]
ConnectionLimit = Annotated[
    int | None,
    typer.Option(
        parser=number(int, -1, 262143), help="sessions at once; -1 for no limit", metavar="N", rich_help_panel=_USER
    ),
]
PasswordSecret = Annotated[
    str | None,
    typer.Option(
        help="the secret with its password, for --auth-method password (default: one that the stacks make)",
        metavar="ARN",
        rich_help_panel=_USER,
    ),
]
Password = Annotated[str | None, typer.Option("--password", hidden=True, callback=_refused)]
Enable = Annotated[bool, typer.Option("--enable", help="let it log in again", rich_help_panel=_USER)]
KeepRole = Annotated[
    bool, typer.Option("--keep-role", help="leave the role, without login and rights", rich_help_panel=_USER)
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only show what would change in the file")]
Sync = Annotated[
    bool, typer.Option("--sync", help="then make the databases match it, as keyless sync", rich_help_panel=_SYNC)
]
Yes = Annotated[
    bool, typer.Option("--yes", help="take away what the spec doesn't give without asking", rich_help_panel=_SYNC)
]


def fields(**given: str | int | Sequence[str] | None) -> dict[str, Any]:
    """What is given, as the spec has it. An empty text takes the field's value away."""
    return {field: _value(field, value) for field, value in given.items() if value is not None}


def _value(field: str, value: str | int | Sequence[str]) -> Any:
    if isinstance(value, list | tuple):
        return [name for each in value for name in each.split(",") if name]
    return None if value == "" and field != "description" else value
