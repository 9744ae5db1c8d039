"""`--through-lambda`, of the commands that only look."""

from collections.abc import Sequence
from typing import Annotated

import typer

from keyless.cli.options import refuse_both

ThroughLambda = Annotated[
    bool,
    typer.Option(
        "--through-lambda",
        help="with --env: have the environment's drift watch look, which can do nothing but connect, instead of "
        "connecting; takes lambda:InvokeFunction on it",
        rich_help_panel="The connection",
    ),
]


def refuse_unfit(through_lambda: bool, env: str | None, secrets: Sequence[object] | None) -> None:
    """Raises BadParameter for what it doesn't go with."""
    if through_lambda and env is None:
        raise typer.BadParameter("--through-lambda is not allowed without --env; allowed: the environment's name in it")
    refuse_both("--secret", "--through-lambda, which reads no secret", given=through_lambda and bool(secrets))
