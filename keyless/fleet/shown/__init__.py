"""The results of a round, the worst first: for people, for a pull request or a wiki, and for programs."""

from collections.abc import Callable, Sequence
from typing import Final

from keyless.fleet.found import Result
from keyless.fleet.shown import as_json, as_markdown, as_text

FORMS: Final[dict[str, Callable[[Sequence[Result]], str]]] = {
    "text": as_text.table,
    "markdown": as_markdown.overview,
    "json": as_json.document,
    "jsonl": as_json.lines,
}


def shown(results: Sequence[Result], form: str) -> str:
    return FORMS[form](sorted(results, key=lambda one: one.rank))
