"""docs/command-reference.md, from the command itself. `make command-reference` writes it.

A test in tests/docs says when it is stale.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from typer import Context
from typer.core import TyperGroup

from keyless.cli.app import command
from keyless.cli.help import without_types
from keyless.markdown import fenced

PAGE: Final = Path(__file__).parents[1] / "docs" / "command-reference.md"
_HEAD: Final = """\
# The command: reference

<!-- Written by `make command-reference` from the help of each command: change it there. -->

What `--help` says of each command, in one place. [The command](command.md) explains them by task. Every command takes
`--help`, and `keyless` itself these:
"""
_OWN_OPTIONS: Final = "Its options are its own: `keyless {name} --help` lists them."
_KIND: Final = "text reference"


def text() -> str:
    """The whole page."""
    top = command()
    context = Context(top, info_name="keyless")
    parts = [_HEAD, *_table(top, context)]
    panel = None
    for name, one in _by_panel(top):
        if one.rich_help_panel != panel:
            panel = one.rich_help_panel
            parts.append(f"## {panel}\n")
        parts += _sections(one, Context(one, parent=context, info_name=name))
    return "\n".join(parts)


def _by_panel(top: TyperGroup) -> list[tuple[str, Any]]:
    """As `keyless --help` shows them: a group of commands where its first one is."""
    panels = [*dict.fromkeys(getattr(one, "rich_help_panel", "") for one in top.commands.values())]
    return sorted(top.commands.items(), key=lambda item: panels.index(getattr(item[1], "rich_help_panel", "")))


def _sections(one: Any, context: Context) -> Iterator[str]:
    """Of a command; of a group of commands, its own part if it has more than they say, then theirs."""
    inner = one.commands if isinstance(one, TyperGroup) else {}
    details = [*_details(one, context)]
    if details or not inner:
        yield f"### {context.command_path}\n"
        yield fenced(" ".join([context.command_path, *filter(None, one.collect_usage_pieces(context))]), _KIND) + "\n"
        yield "\n\n".join(_paragraphs(one.help)) + "\n"
        yield from details
    for name, each in inner.items():
        yield from _sections(each, Context(each, parent=context, info_name=name))


def _details(one: Any, context: Context) -> Iterator[str]:
    """What it takes, and what stands at the end of its help."""
    if one.context_settings.get("ignore_unknown_options"):
        yield _OWN_OPTIONS.format(name=context.info_name) + "\n"
        return
    yield from _table(one, context)
    if one.epilog:
        yield fenced(one.epilog.strip("\n"), _KIND) + "\n"


def _paragraphs(about: str) -> Iterator[str]:
    """Without the single line breaks, which the terminal's width makes."""
    yield from (" ".join(part.split()) for part in about.split("\n\n"))


def _table(one: Any, context: Context) -> Iterator[str]:
    """Arguments and options with their help."""
    without_types(one, context)
    records = [each.get_help_record(context) for each in one.get_params(context)]
    rows = [f"| `{_cell(name)}` | {_cell(about)} |" for name, about in filter(None, records) if name != "--help"]
    if rows:
        yield "\n".join(["| | |", "|---|---|", *rows, ""])


def _cell(content: str) -> str:
    return " ".join(content.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
