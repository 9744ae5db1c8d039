"""Whether what a synth made was judged. The CDK doesn't ask: of a plugin that raises it writes a report without
violations, and the cdk command line fails for violations only."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

REPORT: Final = "validation-report.json"
PACKS: Final = ("AwsSolutions", "NIST.800.53.R5")
"""cdk-nag's."""
VALIDATOR: Final = "CloudFormation Validate"
"""The CDK's, with the cfn-guard rules."""
RULES: Final = "Keyless"
"""Those of this package."""
GATES: Final = (*PACKS, RULES, VALIDATOR)
"""As plugins of the CDK name themselves."""

_ALLOWED: Final = "allowed: a synth that every gate judges"


class NotJudgedError(Exception):
    """A gate has not judged the assembly, or what one found is not seen: a sentence each."""


def left_out(must: Iterable[str], judged: Iterable[str], failed: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each gate that must have judged and hasn't. `failed`: why, by the gate."""
    for gate in must:
        if gate in failed:
            yield _failed(gate, failed[gate])
        elif gate not in judged:
            yield f"the gate {gate!r} did not run, so nothing may be deployed; {_ALLOWED}"


def unseen(assembly: Path, known: Iterable[str]) -> Iterator[str]:
    """A sentence for what fails a synth and the command line doesn't see: plugins beside the `known` ones that failed
    themselves, and what was found outside of the stacks, which it drops, and with it the failure."""
    report = assembly / REPORT
    stacks = _stacks(assembly)
    for plugin in json.loads(report.read_text(encoding="utf-8"))["pluginReports"] if report.is_file() else ():
        if plugin["conclusion"] == "success" or _seen(plugin, stacks):
            continue
        if not plugin["violations"] and plugin["pluginName"] not in known:
            yield _failed(plugin["pluginName"], plugin.get("metadata", {}).get("error", "it gives no reason"))
        for violation in plugin["violations"]:
            where = ", ".join(place["constructPath"] for place in violation["violatingConstructs"])
            yield f"{violation['ruleName']}, {where}: {violation['description']}"


def _failed(gate: str, reason: str) -> str:
    return f"the gate {gate!r} could not judge, so nothing may be deployed: {' '.join(reason.split())}; {_ALLOWED}"


def _seen(plugin: Mapping[str, Any], stacks: tuple[str, ...]) -> bool:
    paths = [place["constructPath"] for found in plugin["violations"] for place in found["violatingConstructs"]]
    return any(path == stack or path.startswith(f"{stack}/") for path in paths for stack in stacks)


def _stacks(assembly: Path) -> tuple[str, ...]:
    """Their paths in the app."""
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8")).get("artifacts", {})
    return tuple(
        artifact.get("displayName", name)
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    )
