"""`python quote FILE`: lines of a file of the project, next to each other. `python own`: what the gates allow to
own stacks."""

from collections.abc import Iterator
from textwrap import dedent

from keyless_checks.reading.own import Own
from tests.docs.reading.pages import ROOT, Block


def unquoted(block: Block) -> Iterator[str]:
    """A sentence when the file doesn't have these lines."""
    path = ROOT / " ".join(block.info[2:])
    if not path.is_file():
        yield f"{block.place}: there is no file {' '.join(block.info[2:])!r} to quote"
    elif _stripped(block.text) not in _stripped(path.read_text()):
        yield f"{block.place}: {path.relative_to(ROOT)} has no such lines next to each other"


def _stripped(text: str) -> str:
    return "\n".join(line.strip() for line in dedent(text).strip().splitlines())


def not_own(block: Block) -> Iterator[str]:
    """A sentence for what Own doesn't take."""
    try:
        made = eval(compile(block.text, block.place, "eval"), {"Own": Own})
    except (NameError, SyntaxError, TypeError) as error:
        yield f"{block.place}: {error}"
        return
    for name, value in vars(made).items():
        if not all(isinstance(key, str) and isinstance(entry, set) for key, entry in value.items()):
            yield f"{block.place}: {name} takes sets by name"
