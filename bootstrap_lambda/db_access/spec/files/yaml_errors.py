"""What PyYAML finds wrong with a file, in words of somebody who writes one. It speaks of its own tokens and states."""

from typing import Final

_INDENT: Final = (
    "the indentation doesn't fit the lines above; allowed: what belongs together begins in the same column, with spaces"
)
_WORDS: Final = (
    ("expected <block end>", _INDENT),
    ("found character '\\t'", "a tab; allowed: spaces for the indentation"),
    ("found character", "a value begins with a character that YAML keeps for itself; allowed: the value in quotes"),
    ("mapping values are not allowed here", "a colon too many, or an indentation that doesn't fit the line above"),
    ("could not find expected ':'", "a line without a colon after its key; allowed: `key: value`"),
    ("found unexpected end of stream", "a quote is opened and not closed"),
    ("expected ',' or", "a bracket is opened and not closed, or a comma is missing"),
    ("expected the node content", "a value is missing, or a bracket is opened and not closed"),
    ("could not determine a constructor", "a tag, `!...`; allowed: plain values"),
    ("but found another document", "a second document after `---`; allowed: one"),
)
"""How PyYAML's problem begins -> ours."""


def in_words(context: str, problem: str) -> str:
    """PyYAML's own words where there are no others."""
    return next(
        (ours for theirs, ours in _WORDS if problem.startswith(theirs)), ", ".join(filter(None, (context, problem)))
    )
