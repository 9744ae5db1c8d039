"""A report as one text that a function's answer carries: JSON, compressed, in letters of ASCII. Pure.

Nothing is left out: a report that has no room is an error, since half a plan would be taken for a whole one.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final, TypeVar, cast, get_args

from pydantic import TypeAdapter, ValidationError

from db_access.errors import AccessError
from db_access.plan.changes import Change
from db_access.plan.report import AnyEvidence, AnySummary, Evidence, Report, Summary, ToldEvidence, ToldSummary
from db_access.plan.told import Told

MOST_BYTES: Final = 5_900_000
"""Lambda answers a call with 6 MB at most (Lambda quotas, synchronous invocation)."""
_REPORTS: Final = (Summary, Evidence, ToldSummary, ToldEvidence)
_MOST_UNPACKED: Final = 500_000_000
"""Bytes that whoever reads an answer has room for."""

Packable = TypeVar("Packable", Summary, Evidence, ToldSummary, ToldEvidence)


class PackingError(AccessError):
    """A report has no room in an answer, or a text is no report."""


def packed(report: AnySummary | AnyEvidence, most_bytes: int = MOST_BYTES) -> str:
    """Raises PackingError where it would take more than `most_bytes`."""
    rest = _dumped(replace(cast("Report", report), plan=()))
    plan = [[type(change).__name__, _dumped(change)] for change in report.plan]
    text = b64encode(zlib.compress(json.dumps({**rest, "plan": plan}).encode())).decode()
    if len(text) > most_bytes:
        raise PackingError(
            f"database {report.database!r}: {len(report.plan):,} changes and {_sentences(report):,} sentences take "
            f"{len(text):,} bytes, and a function's answer has room for {most_bytes:,}, so nothing is answered; "
            "allowed: to look from the database's network, without --through-lambda"
        )
    return text


def unpacked(text: object, kind: type[Packable]) -> Packable:
    """What `packed` made of a report of that kind. Raises PackingError for anything else."""
    try:
        values = json.loads(_decompressed(str(text)))
        plan = tuple(_change(name, fields, kind) for name, fields in values.pop("plan"))
        found: Packable = _adapters()[kind.__name__].validate_python({**values, "plan": ()})
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error, ValidationError) as error:
        raise PackingError("it is not a report that this version of the command knows") from error
    return replace(found, plan=plan)


def _change(name: str, fields: object, kind: type[AnySummary | AnyEvidence]) -> Any:
    """Raises ValueError for a change of another family than the report's."""
    if (name == Told.__name__) is not issubclass(kind, (ToldSummary, ToldEvidence)):
        raise ValueError(f"{name} is not a change of a {kind.__name__}")
    return _adapters()[name].validate_python(fields)


def _decompressed(text: str) -> bytes:
    reading = zlib.decompressobj()
    found = reading.decompress(b64decode(text, validate=True), _MOST_UNPACKED)
    if not reading.eof:
        raise ValueError("it is cut, or larger than any report")
    return found


def _sentences(report: AnySummary | AnyEvidence) -> int:
    return len(report.pending) + len(report.warnings) + len(report.left)


def _dumped(value: object) -> Any:
    return _adapters()[type(value).__name__].dump_python(value, mode="json")


@cache
def _adapters() -> Mapping[str, TypeAdapter[Any]]:
    """Made when they are needed, for they take a while."""
    return {kind.__name__: TypeAdapter(kind) for kind in (*get_args(Change), Told, *_REPORTS)}
