"""Options of the commands that sign a token for somebody else than the master, too."""

from typing import Annotated, Literal

import typer

_CONNECTION = "The connection"
As = Annotated[
    str | None,
    typer.Option(
        "--as", help="the user, which logs in with IAM (default: PGUSER; with --env the master)", metavar="USER",
        rich_help_panel=_CONNECTION,
    ),
]  # fmt: skip
_WAY = "with --env: which way (default: the proxy where one is deployed, but for the master)"
Via = Annotated[Literal["proxy", "direct"] | None, typer.Option(help=_WAY, rich_help_panel=_CONNECTION)]
ViaOrForward = Annotated[
    Literal["proxy", "direct", "ssm"] | None,
    typer.Option(
        help=f"{_WAY}; ssm: the default way, by a port forward through the environment's bastion",
        rich_help_panel=_CONNECTION,
    ),
]


def refuse_without_env(env: str | None, via: str | None) -> None:
    """Raises BadParameter: PGHOST says which way, where no environment is named."""
    if via is not None and env is None:
        raise typer.BadParameter("--via is not allowed without --env; allowed: in PGHOST the endpoint itself")
