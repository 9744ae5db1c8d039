"""Commands of this project's own: `keyless`, modules run by `python -m`, tests run by pytest."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

from typer import TyperException
from typer.core import TyperGroup

from keyless.cli.app import command as top
from tests.docs.reading.links import dead
from tests.docs.reading.pages import ROOT, Span
from tests.docs.shell.commands import Command, placeholder
from tests.docs.shell.options import options

_PASSED_ON = {"scripts.lock": (".venv/bin/uv", "pip", "compile")}
"""Modules that hand their options to another command."""
_OWN_COMMAND_LINE = {"rehearse": "keyless.rehearsal", "verify": "keyless.verify"}
"""Commands of `keyless` that are modules with a command line of their own."""
_DONE_AT_ONCE = {"--help", "--version", "--install-completion", "--show-completion"}
"""Options that do something, and end the command, while it still reads its line."""
_MISSING = "Missing "
"""So begins what the parser says of an option that is left out. It looks for unknown ones first."""
_SOURCES = (".", "constructs", "bootstrap_lambda", "client")


def keyless(command: Command) -> Iterator[str]:
    """A sentence when the command's own parser refuses it. Named only, what it needs may be left out."""
    words = list(command.words[1:])
    if not words or any("…" in word for word in words):
        return
    if words[0] in _OWN_COMMAND_LINE:
        yield from module(Command(("python", "-m", _OWN_COMMAND_LINE[words[0]], *words[1:]), whole=command.whole))
        return
    try:
        _parse([word for word in words if word not in _DONE_AT_ONCE])
    except TyperException as error:
        if command.whole or not error.format_message().startswith(_MISSING):
            yield error.format_message()


def _parse(words: list[str]) -> None:
    """Raises TyperException for a command line that `keyless` refuses. Runs nothing."""
    if words:
        context = top().make_context("keyless", words)
        while isinstance(context.command, TyperGroup):
            name, one, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
            if one is None:
                return
            context = one.make_context(name, rest, parent=context)


def module(command: Command) -> Iterator[str]:
    """`python -m MODULE`: a sentence for each option that its --help doesn't list."""
    words = list(command.words[1:])
    if "-m" not in words:
        return
    name, *rest = words[words.index("-m") + 1 :]
    if name in ("pip", "venv", "hatchling"):
        return
    if name == "keyless":
        yield from keyless(Command(("keyless", *rest), whole=command.whole))
        return
    given = {option for option, _ in options(rest) if option}
    if not _source(name):
        yield f"there is no module {name}"
    elif given:
        yield from (f"{name} has no option {option}" for option in sorted(given - _help(name)))


def pytest(command: Command) -> Iterator[str]:
    """A sentence for each path that isn't there."""
    for word in command.words[1:]:
        if "/" in word and not placeholder(word) and (problem := dead(Span("", 0, word))):
            yield problem


def _source(name: str) -> str:
    """Of the module, or of the package's `__main__`; empty if there is none."""
    folders = [ROOT / source / name.replace(".", "/") for source in _SOURCES]
    files = [file for folder in folders for file in (folder.with_suffix(".py"), folder / "__main__.py")]
    return next((file.read_text() for file in files if file.exists()), "")


@cache
def _help(name: str) -> frozenset[str]:
    """The options that `--help` lists. Not asked of a module that reads no command line: it would just run."""
    if name in _PASSED_ON:
        command = [*_PASSED_ON[name], "--help"]
    elif "argparse" in _source(name) or "import main" in _source(name):
        command = [sys.executable, "-m", name, "--help"]
    else:
        return frozenset()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_SOURCES), "PYTHONDONTWRITEBYTECODE": "1"}
    asked = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return frozenset(re.findall(r"--?[a-z][\w-]*", asked.stdout))
