"""Reads a document from a YAML or JSON file. Knows nothing about specs."""

import json
from pathlib import Path
from typing import Any

from db_access.errors import SpecError
from db_access.spec.files.yaml_errors import in_words
from db_access.spec.source import shown


def read_document(path: Path) -> object:
    """The document in `path`: JSON by its suffix `.json`, otherwise YAML.

    Raises:
        SpecError: when the file is missing, is not valid, or has a key twice.
    """
    file = shown(path)
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, object_pairs_hook=_unique) if path.suffix == ".json" else _yaml(text)
    except json.JSONDecodeError as error:
        raise SpecError([f"{file}:{error.lineno}: not valid JSON: {error.msg}"]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SpecError([f"{file}:{line}: not text in UTF-8; allowed: a file that is saved as UTF-8"]) from error
    except OSError as error:
        raise SpecError([f"{file}: {error.strerror or error}"]) from error
    except _NotValidError as error:
        raise SpecError([f"{file}:{error.line}: {error}"]) from error
    except (ValueError, TypeError, RecursionError) as error:
        # TypeError: a YAML key that is itself a list or mapping
        raise SpecError([f"{file}: {error}"]) from error


class _NotValidError(ValueError):
    """`line`: where, from 1 on."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


def _yaml(text: str) -> object:
    import yaml  # the Lambda gets its spec as JSON and has no YAML parser

    class Loader(yaml.SafeLoader):
        """PyYAML silently takes the last of two equal keys."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            seen: set[Any] = set()
            for key, _ in node.value:
                if (name := self.construct_object(key)) in seen:
                    raise _NotValidError(f"key {name!r} is given twice; allowed: once", key.start_mark.line + 1)
                seen.add(name)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = in_words(error.context or "", error.problem or "")
        raise _NotValidError(f"not valid YAML: {said}", mark.line + 1 if mark else 1) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character U+{error.character:04X}, which doesn't print"
        raise _NotValidError(f"not valid YAML: {what}; allowed: printable characters", line) from error
    except yaml.YAMLError as error:
        raise ValueError(f"not valid YAML: {error}") from error


def _unique(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"key {key!r} is given twice; allowed: once")
        seen[key] = value
    return seen
