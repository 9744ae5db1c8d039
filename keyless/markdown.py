"""Foreign text as Markdown that it can't leave. Standard library only: it runs where nothing is installed.

`python3 -m keyless.markdown TITLE FILE` prints the file under a heading, as GitHub takes it in a step's summary.
"""

import re
import sys
from pathlib import Path
from typing import Final

_MOST_BYTES: Final = 900_000
"""GitHub takes 1 MiB from a step (workflow commands, step isolation and limits)."""
_LAYOUT: Final = "\n\t"


def fenced(text: str, kind: str = "text") -> str:
    """`text` as a code block: its fence is longer than any run of backticks in it, and what doesn't print is
    escaped."""
    shown = printable(text)
    fence = _fence(shown, at_least=3)
    return f"{fence}{kind}\n{shown}\n{fence}"


def code(text: str) -> str:
    """`text` within a line, whatever in it would be markup."""
    fence = _fence(text, at_least=1)
    return f"{fence} {text} {fence}"


def _fence(content: str, *, at_least: int) -> str:
    longest = max(map(len, re.findall("`+", content)), default=0)
    return "`" * max(at_least, longest + 1)


def printable(text: str) -> str:
    """`text` with its lines and tabs, and an escape for anything else that doesn't print."""
    return "".join(
        letter if letter.isprintable() or letter in _LAYOUT else letter.encode("unicode_escape").decode()
        for letter in text
    )


def main(title: str, file: str) -> int:
    path = Path(file)
    text = (
        path.read_text(encoding="utf-8", errors="backslashreplace")
        if path.exists()
        else "nothing ran; the log says why"
    )
    lines = text.split("\n")
    shown = _beginning(lines)
    left = len(lines) - len(shown)
    rest = [f"… {left:,} more lines are in the job's log"] if left else []
    sys.stdout.write(f"### {title}\n\n" + fenced("\n".join([*shown, *rest])) + "\n")
    return 0


def _beginning(lines: list[str]) -> list[str]:
    """As many lines as fit."""
    shown, room = [], _MOST_BYTES
    for line in lines:
        room -= len(printable(line).encode()) + 1
        if room < 0:
            break
        shown.append(line)
    return shown


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
