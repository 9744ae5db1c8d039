"""How a value is written, on one line: in YAML as people do, plain where that says the same, and in JSON."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Write = Callable[[Any], str]

_PLAIN: Final = re.compile(r"[A-Za-z][\w ./:@+=-]*", re.ASCII)


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def as_yaml(value: Any) -> str:
    match value:
        case str():
            return value if _reads_as_itself(value) else as_json(value)
        case Mapping():
            return f"{{{', '.join(f'{as_yaml(key)}: {as_yaml(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(as_yaml, value))}]"
        case _:
            return as_json(value)


def _reads_as_itself(text: str) -> bool:
    """Asked of the parser, which takes `no` for false."""
    import yaml

    from db_access.spec import yaml_loader

    if not _PLAIN.fullmatch(text):
        return False
    try:
        return yaml_loader.load(f"{{key: {text}}}") == {"key": text}
    except (yaml.YAMLError, ValueError):
        return False
