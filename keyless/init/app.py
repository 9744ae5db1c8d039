"""The files of an app: those of the template, with the answers in their blanks."""

from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path
from string import Template
from typing import Final

from db_access.spec import json_schema
from keyless.init.answers import Answers
from keyless.init.engines import ENGINES
from keyless.init.library import Library

TEMPLATE: Final = Path(__file__).with_name("template")
_DOT: Final = "dot-"
"""Instead of the dot that a name begins with: no tool shall take a part of the template for the repository's own."""
_ZONES: Final = {"ap-northeast-1": "acd", "ca-central-1": "abd"}
"""Where new accounts don't have the first three letters; unverified, and `make preflight` tells."""


class _Blanks(Template):
    """`@@{name}`: `$` means something in most of the files."""

    delimiter = "@@"


def files(answers: Answers, library: Library) -> dict[Path, bytes]:
    """By path in the app's folder."""
    blanks = _blanks(answers)
    made = {
        _path(file.relative_to(folder)): _Blanks(file.read_text(encoding="utf-8")).substitute(blanks).encode()
        for folder in _folders(answers)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".pyc"
    }
    made[Path("library.txt")] = library.requirement.encode()
    made[Path("config", "access.schema.json")] = json_schema.text().encode()
    if library.wheel:
        made[Path("vendor", library.wheel.name)] = library.wheel.read_bytes()
    return made


def _folders(answers: Answers) -> Iterator[Path]:
    yield TEMPLATE / "app"
    yield TEMPLATE / "engine" / ENGINES[answers.engine].settings
    yield TEMPLATE / "family" / ENGINES[answers.engine].family
    yield TEMPLATE / "login" / ("password" if answers.pattern == "B" else "iam")


def _blanks(answers: Answers) -> dict[str, str]:
    schema, table = answers.schema_and_table
    return {
        "name": answers.name,
        "region": answers.region,
        "zones": _ZONES.get(answers.region, "abc"),
        "engine": ENGINES[answers.engine].constant,
        "server": ENGINES[answers.engine].server,
        "checked": ENGINES[answers.engine].checked,
        "login": "passwords that are rotated" if answers.pattern == "B" else "IAM",
        "pattern": answers.pattern,
        "schema": schema,
        "table": table,
        "version": metadata("keyless-aurora")["Version"],
    }


def _path(template: Path) -> Path:
    return Path(*(f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in template.parts))
