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
    ("found undefined alias", "an alias, `*name`, without its anchor, `&name`, before it; allowed: the value itself"),
    ("found duplicate anchor", "an anchor, `&name`, that is there already; allowed: each once"),
    ("sequence entries are not allowed here", _INDENT),
    ("mapping keys are not allowed here", _INDENT),
    ("expected alphabetic or numeric", "an anchor or alias without a name; allowed: the value in quotes"),
    (
        "found unknown escape",
        "a backslash that YAML doesn't know; allowed: \\\\ for one that is meant, or single quotes",
    ),
    ("expected escape sequence", "an escape without all its digits; allowed: \\\\ for a backslash that is meant"),
    ("found unexpected document separator", "a quote is opened and not closed"),
    ("expected chomping", "something behind `|` or `>`; allowed: the text on the lines below"),
    ("expected indentation indicator", "something behind `|` or `>`; allowed: the text on the lines below"),
    ("expected a comment or a line break", "something behind `|` or `>`; allowed: the text on the lines below"),
    ("but found another document", "a second document after `---`; allowed: one"),
)
"""How PyYAML's problem begins -> ours."""


_TAG: Final = "a tag, `!...`; allowed: plain values"
_DIRECTIVE: Final = "a directive, `%...`; allowed: none, or %YAML 1.1 alone"
_OTHER: Final = "YAML can't be read so; allowed: `key: value`, lists with `-`, and text in quotes"


def in_words(context: str, problem: str) -> str:
    """The first of our words that fit."""
    return next((ours for theirs, ours in _WORDS if problem.startswith(theirs)), _about(f"{context} {problem}"))


def _about(said: str) -> str:
    if "directive" in said or "version" in said:
        return _DIRECTIVE
    return _TAG if "tag" in said or "constructing" in said or "constructor" in said else _OTHER
