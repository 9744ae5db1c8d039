"""A block or line of shell, as the commands that it would run."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

_SEPARATORS = frozenset({"|", "||", "&&", ";", "&"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PLACEHOLDER = re.compile(r"[A-Z][A-Z0-9_]+|.*\$\{?\w+\}?.*|.*….*|.*\$\(.*")


@dataclass(frozen=True)
class Command:
    """`words` without the variables set before them.

    `whole`: it stands in a block, to be copied, so nothing that it needs may be missing; in a line of text it may be
    named only.
    """

    words: tuple[str, ...]
    variables: tuple[str, ...] = ()
    whole: bool = True

    @property
    def tool(self) -> str:
        return self.words[0]

    def __str__(self) -> str:
        return shlex.join(self.words)


def commands(text: str, *, whole: bool = True) -> Iterator[Command]:
    """Those of each line, and those whose output a word is made of. Raises ValueError for what no shell reads."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;>")
        lexer.whitespace_split, lexer.commenters = True, "#"
        yield from _segments(list(lexer), whole)
        for inner in re.findall(r"\$\(([^()]+)\)", line):
            yield from commands(inner, whole=whole)


def _segments(words: list[str], whole: bool) -> Iterator[Command]:
    segment: list[str] = []
    for word in [*words, ";"]:
        if word not in _SEPARATORS:
            segment.append(word)
            continue
        yield from _command(segment, whole)
        segment = []


def _command(words: list[str], whole: bool) -> Iterator[Command]:
    while words and words[0] in ("export", "set", "-f", "-x"):
        words = words[1:]
    first = next((at for at, word in enumerate(words) if not _ASSIGNMENT.fullmatch(word)), len(words))
    if ">" in words:
        words = words[: words.index(">")]
    if words[first:]:
        yield Command(tuple(words[first:]), tuple(words[:first]), whole)


def placeholder(word: str) -> bool:
    """Whether the reader or the shell puts something in its place."""
    return bool(_PLACEHOLDER.fullmatch(word))


def syntax(text: str) -> str:
    """What bash says against the block; empty if nothing."""
    return subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False).stderr
