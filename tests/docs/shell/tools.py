"""Which tool a command is of, and what that tool says of it."""

from collections.abc import Callable, Iterator

from tests.docs.shell import aws, cdk, make, python
from tests.docs.shell.commands import Command, commands, syntax

TOOLS: dict[str, Callable[[Command], Iterator[str]]] = {
    "aws": aws.problems,
    "cdk": cdk.problems,
    "keyless": python.keyless,
    "make": make.problems,
    "pytest": python.pytest,
    "python": python.module,
    "python3": python.module,
}
UNCHECKED = {"cd", "pip", "uv", "gh", "pipx", "pre-commit", "ruff", "mypy", "git", "ls", "npm", "sort", "tail"}
"""Tools of others that the docs call by a line or two, and nothing here knows."""


def in_block(text: str) -> Iterator[str]:
    """A sentence for each thing that is wrong with a block of shell."""
    if said := syntax(text):
        yield said
        return
    for command in commands(text):
        yield from of(command)


def in_block_of_app(text: str) -> Iterator[str]:
    """The same of shell in the folder of an app that `keyless init` wrote, which has a Makefile of its own."""
    if said := syntax(text):
        yield said
        return
    for command in commands(text):
        yield from make.in_app(command) if tool(command) == "make" else of(command)


def of(command: Command) -> Iterator[str]:
    """The same of one command, and of what `make` would call for it."""
    name = tool(command)
    if name in TOOLS:
        yield from (f"{command}: {problem}" for problem in TOOLS[name](command))
    elif name not in UNCHECKED:
        yield f"{command}: {name} is not a tool that the tests know; allowed: {', '.join(sorted({*TOOLS, *UNCHECKED}))}"
    if name == "make":
        last = {tool(called): called for called in make.called(command)}  # what comes before ignores the last's options
        yield from (problem for name in ("cdk", "python") if name in last for problem in of(last[name]))


def tool(command: Command) -> str:
    """Its name without `.venv/bin/` and the like."""
    return command.tool.rpartition("/")[2]
