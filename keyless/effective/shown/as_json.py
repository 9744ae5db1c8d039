"""Findings for programs."""

from collections.abc import Sequence
from typing import Any

from db_access.wording import json_text
from keyless.effective.asking import Finding


def document(findings: Sequence[Finding], question: str) -> str:
    return json_text({"question": question, "findings": [_values(finding) for finding in findings]}) + "\n"


def _values(finding: Finding) -> dict[str, Any]:
    thing = finding.thing
    return {
        "role": finding.role,
        "privilege": finding.privilege,
        "kind": thing.kind,
        "schema": thing.schema,
        "name": f"{thing.name}({thing.arguments})" if thing.kind == "function" else thing.name,
        "column": thing.column,
        "certain": finding.certain,
        "directly": finding.directly,
        "lacks": list(finding.lacks),
        "asked": finding.asked,
        "routes": [
            {"way": str(route.way), "sentence": route.sentence, "made_by": list(route.made_by)}
            for route in finding.routes
        ],
    }
