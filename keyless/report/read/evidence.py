"""The evidence of a verify (`keyless verify --json FILE`) or a rehearsal (`keyless rehearse --json FILE`)."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from db_access.spec.files.json_errors import in_words
from db_access.wording import listed
from keyless.report.read.errors import ForeignFileError
from keyless.report.read.file import read

_OPTION: Final = "--evidence"
_FIELDS: Final = ("what", "expected", "measured")
_ALLOWED: Final = "allowed: a file that `keyless verify --json FILE` or `keyless rehearse --json FILE` wrote"


@dataclass(frozen=True)
class Line:
    what: str
    expected: str
    measured: str
    reason: str
    holds: bool


@dataclass(frozen=True)
class Evidence:
    file: str
    where: str
    when: str
    """Empty where the file doesn't say."""
    environment: str
    spec: str
    """The digest of the spec that was deployed; empty where the file doesn't say."""
    templates: Mapping[str, str]
    lines: Sequence[Line]
    points: Sequence[tuple[str, str, str]]
    """What only AWS can show: the question, the answer and what it rests on."""
    unmeasured: Sequence[str]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises ForeignFileError."""
        try:
            return cls._of(path, json.loads(read(path, _OPTION)))
        except (ValueError, RecursionError) as error:
            raise ForeignFileError(f"{_OPTION}: {path} is not valid JSON: {_why(error)}; {_ALLOWED}") from error

    @classmethod
    def _of(cls, path: Path, found: Any) -> Self:
        if problem := next(_problems(found), None):
            raise ForeignFileError(
                f"{_OPTION}: {path} is not the evidence of a verify or rehearsal: {problem}; {_ALLOWED}"
            )
        return cls(
            path.name,
            str(found.get("where", "rehearsal")),
            str(found.get("when", "")),
            str(found.get("environment", "")),
            str(found.get("spec", "")),
            {str(stack): str(digest) for stack, digest in found.get("templates", {}).items()},
            [_line(line) for line in found["lines"]],
            [(str(point["asks"]), str(point["answer"]), str(point["evidence"])) for point in found.get("points", ())],
            [str(note) for name in _NOTES for note in found.get(name, ())],
        )

    def elsewhere(self, spec: str, stacks: Collection[str]) -> list[str]:
        """What it is about that the access spec with that digest, deployed as these stacks, isn't."""
        other_spec = [f"of another access spec, sha256 {self.spec}"] if self.spec not in ("", spec) else []
        apart = stacks and self.templates and self.templates.keys().isdisjoint(stacks)
        return [*other_spec, *([f"of other stacks: {listed(sorted(self.templates))}"] if apart else [])]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if not line.holds]


_NOTES: Final = ("rights_not_measured", "users_not_measured", "not_measured")


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "lists or mappings in each other, too deep to be read"
    return in_words(error.msg) if isinstance(error, json.JSONDecodeError) else "a number of too many digits"


def _line(line: Mapping[str, Any]) -> Line:
    reason = line.get("reason") or line.get("text") or ""
    what, expected, measured = (str(line[name]) for name in _FIELDS)
    return Line(what, expected, measured, str(reason), line["holds"])


def _problems(found: Any) -> Iterator[str]:
    if not isinstance(found, dict):
        yield "it is no JSON object"
        return
    if not isinstance(lines := found.get("lines"), list) or not lines:
        yield "its `lines` are missing, or no list of some"
    elif not all(_is_line(line) for line in lines):
        yield f"an entry of its `lines` lacks one of {', '.join(_FIELDS)}, or a true or false `holds`"
    points = found.get("points", [])
    if not isinstance(points, list) or not all(
        isinstance(point, dict) and point.keys() >= {"asks", "answer", "evidence"} for point in points
    ):
        yield "its `points` are not a list of questions with their answers and evidence"
    if not isinstance(found.get("templates", {}), dict):
        yield "its `templates` are not an object"
    yield from (f"its `{name}` is no list" for name in _NOTES if not isinstance(found.get(name, []), list))


def _is_line(line: Any) -> bool:
    return isinstance(line, dict) and line.keys() >= set(_FIELDS) and isinstance(line.get("holds"), bool)
