"""How `keyless` shows its help: in groups, with colours at a terminal only; and how a command line is read."""

import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from typer import BadParameter, TyperException
from typer.core import TyperCommand, TyperGroup


def colourful(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether escapes for colours belong in `stream`: nowhere but at a terminal that has not turned them down.

    NO_COLOR: https://no-color.org
    """
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


class Group(TyperGroup):
    def __init__(self, *arguments: Any, epilog: str | None = None, **settings: Any) -> None:
        super().__init__(*arguments, epilog=_kept(epilog), **settings)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _settle(self, ctx)
        super().format_help(ctx, formatter)


class Command(TyperCommand):
    def __init__(self, *arguments: Any, epilog: str | None = None, **settings: Any) -> None:
        super().__init__(*arguments, epilog=_kept(epilog), **settings)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _settle(self, ctx)
        super().format_help(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Of several values of an option the last one would count, and nobody be told. An error of the parser's is
        about this command, which it doesn't say by itself."""
        if ctx.resilient_parsing:  # for completions
            return super().parse_args(ctx, args)
        try:
            given: Any = self.make_parser(ctx).parse_args(args=[*args])[2]
        except TyperException as error:
            said: Any = error
            said.ctx = getattr(error, "ctx", None) or ctx
            raise
        for each in given:
            if each.param_type_name == "option" and not (each.is_flag or each.multiple) and given.count(each) > 1:
                raise BadParameter(f"{each.opts[0]} is given {given.count(each)} times; allowed: once", ctx=ctx)
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """With the options that can't be left out, and arguments as other commands write them."""
        parameters: list[Any] = self.get_params(ctx)
        options = [each for each in parameters if each.param_type_name == "option"]
        needed = [each.get_help_record(ctx)[0] for each in options if each.required]
        return [*needed, *(piece.strip("{}") for piece in super().collect_usage_pieces(ctx))]


def without_types(command: TyperGroup | TyperCommand, ctx: Any) -> None:
    """typer names the type of a flag, which takes no value, and behind an argument's name that of Python."""
    parameters: list[Any] = command.get_params(ctx)
    for each in parameters:
        if getattr(each, "is_flag", False):
            each.metavar = ""
        elif each.param_type_name == "argument":
            each.display_type = lambda _: ""


def _kept(epilog: str | None) -> str | None:
    """typer takes away the indentation of what stands below the first line, if all of it is indented, unless that line
    is empty."""
    return epilog and f"\n{epilog}"


def _settle(command: TyperGroup | TyperCommand, ctx: Any) -> None:
    """typer colours its help in a GitHub workflow, too, and with FORCE_COLOR; without a colour system it has no way."""
    from typer import rich_utils

    without_types(command, ctx)
    rich_utils.COLOR_SYSTEM = "auto" if colourful(sys.stdout) else None
