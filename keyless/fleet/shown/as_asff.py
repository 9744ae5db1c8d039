"""Results as findings of AWS Security Hub, in its Security Finding Format: one for each cluster, database and kind,
whose id stays the same, so that a later one ends it.

Limits: Security Hub API Reference, AwsSecurityFinding; Partner Guide, "Guidelines for using the BatchImportFindings
API". They count characters; bytes are counted here, which are never fewer.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from db_access.wording import COMMAND, one_line
from keyless.fleet.found import Found, Result, State
from keyless.fleet.shown.counts import reason

BATCH: Final = 100
"""Findings that one call takes."""
_TITLE, _DESCRIPTION, _TEXT = 256, 1024, 512
_SCHEMA: Final = "2018-10-08"
_TYPES: Final = ["Software and Configuration Checks/Database access"]


@dataclass(frozen=True)
class _About:
    severity: str
    title: str
    remedy: str


class Kind(StrEnum):
    DRIFT = "drift"
    UNPROVEN = "unproven"


_ABOUT: Final = {
    Kind.DRIFT: _About(
        "HIGH",
        "Access is not as its access spec says",
        "Put it into the access spec, or take it back with keyless sync; find out who did it.",
    ),
    Kind.UNPROVEN: _About(
        "MEDIUM",
        "Nobody knows whether access is as its access spec says",
        "The description says what stands in the way; keyless fleet prove looks again.",
    ),
}
_UNKNOWN: Final = frozenset({State.FAILED, State.UNREACHABLE})


@dataclass(frozen=True)
class Product:
    """Where the findings are to be imported: `arn:aws:securityhub:REGION:ACCOUNT:product/ACCOUNT/default`."""

    arn: str

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """Who imports them, which has to be their account, too."""
        return self.arn.split(":")[4]


def batches(results: Sequence[Result], product: Product, now: datetime) -> str:
    """Lines of JSON, each the findings of one call of BatchImportFindings."""
    found = [finding for result in results for finding in _findings(result, product, now)]
    lines = (json.dumps(found[start : start + BATCH]) for start in range(0, len(found), BATCH))
    return "".join(f"{line.replace(COMMAND, _ESCAPED)}\n" for line in lines)


_ESCAPED: Final = "#\\u0023["


def _findings(result: Result, product: Product, now: datetime) -> Iterator[dict[str, Any]]:
    """What is known of each, active or archived: where nobody could look, whether drift is gone isn't said."""
    whole = [one for one in result.databases if one.database is None]
    if not whole:
        yield _finding(result.cluster, Found(None, State.FINE), Kind.UNPROVEN, product, now)
    for found in result.databases:
        if found.state is State.UNTRIED:
            continue
        yield _finding(result.cluster, found, Kind.UNPROVEN, product, now)
        if found.database is not None and found.state not in _UNKNOWN:
            yield _finding(result.cluster, found, Kind.DRIFT, product, now)


def _finding(cluster: str, found: Found, kind: Kind, product: Product, now: datetime) -> dict[str, Any]:
    active = found.state in _UNKNOWN if kind is Kind.UNPROVEN else found.state is State.DRIFT
    about = _ABOUT[kind]
    named = f"{cluster}/{_digest(found.database)}" if found.database is not None else cluster
    where = (
        f"cluster {cluster}" if found.database is None else f"cluster {cluster}, database {one_line(found.database)}"
    )
    moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "SchemaVersion": _SCHEMA,
        "Id": f"keyless-fleet/{named}/{kind}",
        "ProductArn": product.arn,
        "AwsAccountId": product.account,
        "GeneratorId": f"keyless-fleet/{kind}",
        "CreatedAt": moment,
        "UpdatedAt": moment,
        "Title": _within(_TITLE, f"{about.title}: {where}"),
        "Description": _within(_DESCRIPTION, reason(found) if active else f"Not so any more: {where}"),
        "FindingProviderFields": {
            "Severity": {"Label": about.severity if active else "INFORMATIONAL"},
            "Types": _TYPES,
        },
        "Remediation": {"Recommendation": {"Text": _within(_TEXT, about.remedy)}},
        "Resources": [{"Type": "Other", "Id": f"keyless-fleet/{named}", "Region": product.region}],
        "RecordState": "ACTIVE" if active else "ARCHIVED",
    }


def _digest(name: str) -> str:
    """Of a name with any character."""
    return sha256(name.encode(errors="backslashreplace")).hexdigest()[:16]


def _within(most: int, text: str) -> str:
    """At most so many bytes of it."""
    encoded = text.encode(errors="backslashreplace")
    return text if len(encoded) <= most else encoded[: most - 3].decode(errors="ignore") + "…"
