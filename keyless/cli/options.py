"""Options that several commands of `keyless` have, and how one is refused. Imports nothing slow, so that --help is
quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

SPEC: Final = Path("config", "access.yaml")
_SPEC_PANEL: Final = "The spec"

Config = Annotated[
    Path, typer.Option(help="the access spec, YAML or JSON", metavar="FILE", rich_help_panel=_SPEC_PANEL)
]
Database = Annotated[
    str | None,
    typer.Option(
        help="only this database of the spec (default: all of them)", metavar="NAME", rich_help_panel=_SPEC_PANEL
    ),
]
ManagedBy = Annotated[
    str | None,
    typer.Option(
        help="who manages the roles, if the spec doesn't say `managed_by`: of a deployment the name of its access "
        "stack (default: keyless-aurora, with --env that stack)",
        metavar="NAME",
        rich_help_panel=_SPEC_PANEL,
    ),
]


@dataclass(frozen=True)
class Secret:
    user: str
    arn: str
    """Of the secret with the user's password."""


def _secret(text: str) -> Secret:
    user, equals, arn = text.partition("=")
    if not (user and equals and arn):
        raise typer.BadParameter("this value is not a user and its secret; allowed: USER=ARN")
    return Secret(user, arn)


Secrets = Annotated[
    list[Secret] | None,
    typer.Option(
        "--secret",
        parser=_secret,
        help="the secret with this user's password, if the spec has no password_secret for it; may be repeated",
        metavar="USER=ARN",
        rich_help_panel=_SPEC_PANEL,
    ),
]
Env = Annotated[
    str | None,
    typer.Option(
        "--env",
        help="connect to this deployed environment, with a token for its master; found by AWS credentials "
        "(default: libpq's variables)",
        metavar="NAME",
        rich_help_panel="The connection",
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", help="also show the statements on stderr, made or pending")]
Json = Annotated[bool, typer.Option("--json", help="the result as JSON")]


@dataclass(frozen=True)
class OfSpec:
    """Which spec a command is about, and what of it."""

    config: Path
    database: str | None = None
    secrets: Sequence[Secret] = ()
    managed_by: str | None = None


def refuse_idle(where: str, **given: bool) -> None:
    """Raises BadParameter with the options that were given and have no effect there.

    Args:
        where: the other options, as `without --sync`, and why.
        given: an option's name, without its hyphens, and whether it was given.
    """
    if idle := [f"--{name.replace('_', '-')}" for name, said in given.items() if said]:
        verb = "has" if len(idle) == 1 else "have"
        raise typer.BadParameter(f"{' and '.join(idle)} {verb} no effect {where}; allowed: without")


def refuse_both(one: str, other: str, *, given: bool) -> None:
    """Raises BadParameter where two options are given of which each says what the other does."""
    if given:
        raise typer.BadParameter(f"{one} is not allowed with {other}; allowed: one of them")
