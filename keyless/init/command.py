"""Runs `keyless init`: answers, then files, then what to do next."""

import shlex
import sys
from argparse import Namespace
from pathlib import Path
from textwrap import indent

from keyless.init.answers import QUESTIONS, Answers, InitError, suggested_name
from keyless.init.app import files
from keyless.init.asking import answered
from keyless.init.library import library
from keyless.init.writing import refuse_occupied, repository, write

_INTERRUPTED = 130
"""By the shells' convention."""
_NEXT = """\
{folder} has an app with {count} files. Next:

{enter}  make rehearse          deploys it on this machine and shows who can do what
  make test              lint, gates, and what you review: commit tests/reviewed with the rest
  make deploy ENV=dev    README.md says what comes before
"""


def run(options: Namespace) -> int:
    """Write the app that `options` ask for; the exit status."""
    try:
        folder = _named(options.folder)
        refuse_occupied(folder)
        given = {q.field: value for q in QUESTIONS if (value := getattr(options, q.field)) is not None}
        default = Answers(name=suggested_name(folder.resolve().name))
        made = files(answered(given, default, ask=not options.yes), library(options.wheel))
        write(folder, made)
    except InitError as error:
        print(f"keyless init: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("keyless init: interrupted; nothing was written", file=sys.stderr)
        return _INTERRUPTED
    print(_NEXT.format(folder=folder, enter=indent(_enter(folder), "  "), count=len(made)), end="")
    return 0


def _named(given: str) -> Path:
    """Raises InitError for a name of nothing, which Path takes for this folder."""
    if not given.strip():
        raise InitError("DIR is empty; allowed: the name of a new or an empty folder, or . for this one")
    return Path(given)


def _enter(folder: Path) -> str:
    """Into the folder, which is to be a repository, or a part of one: a line each."""
    root = repository(folder)
    steps = [] if folder.resolve() == Path.cwd() else [f"cd {shlex.quote(str(folder))}"]
    if root is None:
        steps.append("git init")
    elif root != folder.resolve():
        steps.append(f"# in the repository {root}, whose top folder alone has workflows that GitHub runs")
    return "".join(f"{step}\n" for step in steps)
