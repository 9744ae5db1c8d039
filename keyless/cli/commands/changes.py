"""Options of the commands that show changes, made or pending."""

from typing import Annotated, Literal

import typer

from keyless.cli.commands.form import PANEL

DetailedExitcode = Annotated[bool, typer.Option("--detailed-exitcode", help="exit with 2 when there are changes")]
Format = Annotated[
    Literal["text", "sql", "json", "markdown"] | None,
    typer.Option(help="how to show the changes (default: text)", rich_help_panel=PANEL),
]
Json = Annotated[bool, typer.Option("--json", help="the same as --format json", rich_help_panel=PANEL)]
