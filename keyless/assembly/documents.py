"""JSON that every reader reads alike: each key once, no NaN, and not deeper than Python goes."""

import hashlib
import json
from pathlib import Path
from typing import Any, Never

from keyless.assembly.refused import RefusedError


def read(path: Path) -> object:
    """What the file says. Raises RefusedError, with a sentence, when that can't be told."""
    try:
        document: object = json.loads(
            path.read_text(encoding="utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number
        )
    except (OSError, ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RefusedError(
            [f"{path.name} is not as the cdk command line writes it: {reason!a}; allowed: what `make synth` made"]
        ) from error
    return document


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:100]!a} is there twice")
        found[key] = value
    return found


def _no_number(text: str) -> Never:
    raise ValueError(f"{text} is not JSON")
