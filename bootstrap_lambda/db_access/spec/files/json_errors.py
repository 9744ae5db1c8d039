"""What Python finds wrong with a JSON file, in words of somebody who writes one."""

from typing import Final

_WORDS: Final = (
    (
        "Expecting value",
        "a value is missing, or one that JSON doesn't have; allowed: null, true, numbers, texts in double quotes",
    ),
    ("Expecting property name", "a key is missing or not in double quotes, or there is a comma before the }"),
    ("Expecting ':'", "a key without a colon after it"),
    ("Expecting ','", "a bracket is opened and not closed, or a comma is missing"),
    ("Illegal trailing comma", "a comma before a closing bracket"),
    ("Extra data", "something stands after the document's end; allowed: one document"),
    ("Unterminated string", "a quote is opened and not closed"),
    ("Invalid control character", "a line break or tab in a text; allowed: \\n, \\t"),
    ("Invalid \\", "a backslash that JSON doesn't know; allowed: \\\\ for one that is meant"),
    ("Unexpected UTF-8 BOM", "it begins with a byte order mark; allowed: a file that is saved as UTF-8 without one"),
)
"""How the problem begins -> ours."""


def in_words(problem: str) -> str:
    """Python's own words where there are no others."""
    return next((ours for theirs, ours in _WORDS if problem.startswith(theirs)), problem)
