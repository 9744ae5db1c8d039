"""The reference of the command is what the command says of itself, and what its help shows to copy is a command."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.core import TyperGroup

from keyless.cli.app import command
from scripts import command_reference
from tests.docs.reading.pages import PAGES
from tests.docs.shell.tools import in_block

PAGE = PAGES["docs/command-reference.md"].text


def commands(of: TyperGroup, path: tuple[str, ...] = ("keyless",)) -> Iterator[tuple[str, Any]]:
    for name, one in of.commands.items():
        if isinstance(one, TyperGroup):
            yield from commands(one, (*path, name))
        else:
            yield " ".join((*path, name)), one


COMMANDS = {"keyless": command(), **dict(commands(command()))}
EXAMPLES = [
    found
    for one in COMMANDS.values()
    for found in re.findall(r"^  (keyless .*?)(?:   .*)?$", re.sub(r" *\\\n *", " ", one.epilog or ""), re.M)
]


def test_the_page_is_what_the_command_says() -> None:
    assert command_reference.text() == PAGE, "make command-reference writes docs/command-reference.md anew"


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"keyless"}))
def test_every_command_has_a_part_of_its_own_with_all_that_it_takes(name: str) -> None:
    """Looked up here in another way than the page is made."""
    _, _, part = PAGE.partition(f"\n### {name}\n")
    part = re.split(r"\n##+ ", part)[0]
    one = COMMANDS[name]
    for option in one.params if "Its options are its own" not in part else ():
        shown = option.opts[0] if option.param_type_name == "option" else option.metavar
        assert bool(re.search(rf"^\| `{shown}[`, ]", part, re.M)) != getattr(option, "hidden", False), shown
    assert "Exit status:" in part or "Its options are its own" in part


def test_no_types_of_python_are_shown() -> None:
    assert re.findall(r"list\[|<(?:str|int|path|bool)>", PAGE) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_a_help_is_a_command(example: str) -> None:
    assert list(in_block(example)) == []


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10
