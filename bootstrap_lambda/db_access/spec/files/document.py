"""Reads a document from a YAML or JSON file. Knows nothing about specs."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from db_access.errors import SpecError
from db_access.spec.files import json_errors
from db_access.spec.files.yaml_errors import in_words
from db_access.spec.source import shown
from db_access.spec.unreadable import (
    LONGEST_NUMBER,
    TOO_DEEP,
    NotValidError,
    too_deep,
    too_long,
)

MOST_BYTES: Final = 10_000_000
"""More than twice of what the largest spec takes that a deployment can carry (docs/infrastructure.md)."""

NO_FILE: Final = "allowed: an access spec, YAML or JSON, such as `keyless adopt` writes from a database that is there"


def read_document(path: Path, *, allowed: str = NO_FILE) -> object:
    """The document in `path`: JSON by its suffix `.json`, otherwise YAML.

    Args:
        allowed: what is, where no file is there.

    Raises:
        SpecError: when the file is missing, is not valid, or has a key twice.
    """
    file = shown(path)
    try:
        with path.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise SpecError([f"{file}: {error.strerror}; {allowed}"]) from error
    except OSError as error:
        raise SpecError([f"{file}: {error.strerror or error}; allowed: a file that this user may read"]) from error
    if len(content) > MOST_BYTES:
        raise SpecError([f"{file}: it is larger than a spec can be; allowed: at most {MOST_BYTES:,} bytes"])
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SpecError([f"{file}:{line}: not text in UTF-8; allowed: a file that is saved as UTF-8"]) from error
    return document_in(text.replace("\r\n", "\n").replace("\r", "\n"), path)


def document_in(text: str, path: Path) -> object:
    """The document in `text`, which `path` has or is to have.

    Raises:
        SpecError: when it is not valid, or has a key twice.
    """
    file = shown(path)
    try:
        return (_json if path.suffix == ".json" else _yaml)(text)
    except json.JSONDecodeError as error:
        raise SpecError([f"{file}:{error.lineno}: not valid JSON: {json_errors.in_words(error.msg)}"]) from error
    except NotValidError as error:
        raise SpecError([f"{file}:{error.line}: {error}"]) from error
    except RecursionError as error:
        raise SpecError([f"{file}: {TOO_DEEP}"]) from error
    except ValueError as error:
        raise SpecError([f"{file}: {error}"]) from error


def _json(text: str) -> object:
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_int=_whole)
        if too_deep(document, _inner):
            raise ValueError(TOO_DEEP)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError):
        _with_line(text)
        raise
    return document


def _with_line(text: str) -> None:
    """Raises NotValidError where YAML, of which JSON is nearly a part, finds the same: its parser knows the line."""
    import yaml

    from db_access.spec import yaml_loader

    with suppress(yaml.YAMLError, RecursionError):
        yaml_loader.load(text)


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER // 4 or (number := int(text)).bit_length() > LONGEST_NUMBER:
        raise ValueError(too_long(text))
    return number


def _inner(value: object) -> Iterable[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (each for each in inner if isinstance(each, dict | list))


def _yaml(text: str) -> object:
    import yaml  # the Lambda gets its spec as JSON and has no YAML parser

    from db_access.spec import yaml_loader

    try:
        return yaml_loader.load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = in_words(error.context or "", error.problem or "")
        raise NotValidError(f"not valid YAML: {said}", mark.line + 1 if mark else 1) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{error.character:04X}, which doesn't print"
        raise NotValidError(f"not valid YAML: {what}; allowed: printable characters", line) from error
    except yaml.YAMLError as error:
        raise ValueError("not valid YAML") from error


def _unique(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"key {key!r} is given twice; allowed: once")
        seen[key] = value
    return seen
