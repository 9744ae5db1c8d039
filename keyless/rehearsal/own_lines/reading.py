"""Reads a rehearsal.yaml. Says what is wrong with one, each problem with its line and what is allowed."""

from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from db_access.errors import SpecError
from db_access.spec.files.document import read_document
from keyless.rehearsal.own_lines import json_values
from keyless.rehearsal.own_lines.model import RehearsalFile
from keyless.rehearsal.own_lines.servers import of_others


class RehearsalFileError(Exception):
    """A rehearsal.yaml can't be used. Lists every problem with its place."""


def read(path: Path, server: str | None = None) -> RehearsalFile:
    """The file. Raises RehearsalFileError.

    Parameters:
        server: what the functions log in to: PostgreSQL, MySQL or MariaDB. A refusal by another is a problem. None
            where it isn't known.
    """
    root = _nodes(path)
    if found := [f"{path}, line {line}: {sentence}" for line, sentence in json_values.problems(root)]:
        raise RehearsalFileError("\n".join(found))
    try:
        raw = read_document(path)
    except SpecError as error:
        raise RehearsalFileError("\n".join(error.problems)) from error
    if raw is None:
        raise RehearsalFileError(f"{path}, line 1: the file is empty; allowed: {_FIELDS}, or no file")
    try:
        file = RehearsalFile.model_validate(_as_tuples(raw))
    except ValidationError as error:
        wrong = [problem for problem in error.errors() if not _of_wrong_items(problem, error)]
        problems = dict.fromkeys(_problem(path, root, problem) for problem in wrong)
        raise RehearsalFileError("\n".join(problems)) from error
    others = of_others(file, server) if server else ()
    if found := [f"{path}, line {_line(root, place)}: {sentence}" for place, sentence in others]:
        raise RehearsalFileError("\n".join(found))
    return file


def _of_wrong_items(problem: Any, error: ValidationError) -> bool:
    """pydantic counts items that are wrong as none."""
    inside = (each for each in error.errors() if each["loc"][0] == "lines" and len(each["loc"]) > 1)
    return problem["type"] == "too_short" and any(inside)


def _nodes(path: Path) -> Node | None:
    """None of a file that can't be read as YAML: read_document says why."""
    try:
        return json_values.composed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _as_tuples(raw: object) -> object:
    """YAML has lists only, which a strict model takes for no tuple."""
    if isinstance(raw, dict) and isinstance(raw.get("lines"), list):
        return {**raw, "lines": tuple(raw["lines"])}
    return raw


_ALLOWED: Final = {
    "event": "a mapping, {} for an empty one",
    "expect": "allowed, {result: …} or {refused: {by: …}}",
    "refused": "by, sqlstate, errno, message",
    "by": "PostgreSQL, MySQL, MariaDB, IAM or function",
    "sqlstate": "five digits and capital letters, in quotes if it begins with 0",
    "errno": "the number of a statement's error, such as 1142",
    "message": "a part of the error",
    "exact": "true or false",
    "title": "1 to 200 characters",
    "order": "a whole number",
    "lines": "a list of {event: …, expect: …, title: …}",
}
_FIELDS: Final = "order, lines"
_SAID: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of it",
    "model_type": "is not a mapping",
    "model_attributes_type": "is not a mapping",
    "dict_type": "is not a mapping",
    "tuple_type": "is not a list",
    "too_short": "is empty",
    "string_type": "is not a text",
    "string_too_short": "is empty",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "is not a code",
    "bool_type": "is not true or false",
    "int_type": "is not a whole number",
    "int_parsing": "is not a whole number",
    "literal_error": "is nobody who refuses",
    "union_tag_not_found": "is not an expectation",
    "union_tag_invalid": "is not an expectation",
}


def _problem(path: Path, root: Node | None, problem: Any) -> str:
    place = _place(problem["loc"])
    text = _SAID.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".") or "the file"
    within = place[:-1] if problem["type"] == "extra_forbidden" else place
    known = next((_ALLOWED[part] for part in reversed(within) if part in _ALLOWED), _FIELDS)
    return f"{path}, line {_line(root, place)}: {name} {text}; allowed: {known}"


def _place(found: tuple[str | int, ...]) -> list[str | int]:
    """Without the kind of expectation, which pydantic puts behind `expect`."""
    return [part for index, part in enumerate(found) if index == 0 or found[index - 1] != "expect"]


def _line(node: Node | None, place: list[str | int]) -> int:
    """Of the innermost part of the place that the file has."""
    line = node.start_mark.line if node else 0
    for part in place:
        inner: Node | None = None
        if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            inner = node.value[part]
        elif isinstance(node, MappingNode):
            inner = next((value for key, value in node.value if key.value == part), None)
            line = next((key.start_mark.line for key, _ in node.value if key.value == part), line)
        if inner is None:
            break
        if isinstance(part, int):
            line = inner.start_mark.line
        node = inner
    return line + 1
