"""What the gates of an app find: cdk-nag, the CDK's validator, cfn-guard and the rules of this project."""

import json
from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk

from keyless_checks.judged import REPORT
from keyless_checks.witness import Gates


def findings(app: cdk.App, gates: Gates) -> tuple[str, ...]:
    """Synthesizes `app`, and says what fails that: rule, construct and what is wrong, and gates that haven't judged.

    Raises:
        RuntimeError: when something else fails it.
    """
    folder = Path(app.outdir)
    (folder / REPORT).unlink(missing_ok=True)
    failure = _failure(app)
    if not (folder / "manifest.json").exists() and failure:
        raise failure
    found = (*(_found(folder / REPORT) if failure else ()), *gates.unjudged(folder))
    if failure and not found:
        raise failure
    return found


def _failure(app: cdk.App) -> RuntimeError | None:
    try:
        app.synth()
    except RuntimeError as error:
        return error
    return None


def _found(report: Path) -> Iterator[str]:
    for plugin in json.loads(report.read_text(encoding="utf-8"))["pluginReports"] if report.exists() else ():
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                yield f"{violation['ruleName']}, {construct['constructPath']}: {violation['description']}"
