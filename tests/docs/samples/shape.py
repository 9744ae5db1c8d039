"""Whether a sample has the shape of what is really put out. `…` stands for anything, a number for any number."""

import re
from collections.abc import Iterator
from typing import Any

_LEFT_OUT = "…"


def misfits(sample: str, real: str) -> Iterator[str]:
    """The lines of a sample of text that don't come in the real one, in this order."""
    lines = real.splitlines()
    for line in filter(str.strip, sample.splitlines()):
        if line.strip() in ("...", _LEFT_OUT):
            continue
        at = next((at for at, found in enumerate(lines) if re.fullmatch(_pattern(line), found.rstrip())), None)
        if at is None:
            yield line
        else:
            lines = lines[at + 1 :]


def _pattern(line: str) -> str:
    text = re.escape(line.strip()).replace(re.escape(_LEFT_OUT), ".*")
    return r"\s*" + re.sub(r"\d[\d,]*", r"\\d[\\d,]*", text)


def unlike(sample: Any, real: Any, place: str = "") -> Iterator[str]:
    """A sentence for each field that one of the two documents has and the other hasn't."""
    match sample, real:
        case dict(), dict() if _LEFT_OUT in sample:
            shown = {key: value for key, value in sample.items() if key != _LEFT_OUT}
            yield from unlike(shown, {key: value for key, value in real.items() if key in shown}, place)
        case dict(), dict():
            yield from (f"{place}.{key} isn't there" for key in sorted(sample.keys() - real.keys()))
            yield from (f"{place}.{key} is missing" for key in sorted(real.keys() - sample.keys()))
            for key in sample.keys() & real.keys():
                yield from unlike(sample[key], real[key], f"{place}.{key}")
        case [first, *_], [one, *_]:
            yield from unlike(first, one, f"{place}[]")
        case _, _ if _kind(sample) != _kind(real):
            yield f"{place} is {_kind(real)}, not {_kind(sample)}"


def _kind(value: Any) -> str:
    match value:
        case bool() | None:
            return type(value).__name__
        case int() | float():
            return "number"
    return type(value).__name__
