"""Shows what a rehearsal found: a table for people, the same evidence as JSON for machines."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from keyless.rehearsal.emulator.types.stand_ins import STAND_INS
from keyless.rehearsal.lines.outcome import Line


def show(lines: Sequence[Line], console: Console) -> None:
    """The table, and a sentence that sums it up."""
    table = Table(title="Who can do what", title_justify="left", show_lines=False, pad_edge=False)
    for heading in ("", "what", "expected", "measured", "reason"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        mark, style = ("ok", "green") if line.holds else ("WRONG", "bold red")
        table.add_row(
            Text(mark, style),
            line.what,
            str(line.expected),
            Text(str(line.measured.outcome), style),
            Text(line.measured.reason),
        )
    console.print(table)
    wrong = [line for line in lines if not line.holds]
    for line in wrong:
        because = f", because of {line.because!r}" if line.because else ""
        console.print(
            Text(
                f"WRONG: {line.what}: expected {line.expected}{because}; measured {line.measured.outcome}: "
                f"{line.measured.reason}"
            )
        )
    console.print(f"{len(lines) - len(wrong)} of {len(lines)} lines as expected.")


def show_stand_ins(removed_roles: int, console: Console) -> None:
    """What was not AWS. Templates are deployed byte for byte as `cdk synth` wrote them."""
    console.print("Stood in for in this rehearsal:")
    for what, by in (
        (
            "CloudFormation, IAM, STS, Lambda, S3",
            "ministack, with IAM enforced; functions run with this machine's Python and bundles",
        ),
        (
            "Aurora PostgreSQL or RDS for PostgreSQL",
            "a PostgreSQL server, and a gate that asks ministack about IAM tokens",
        ),
        (
            "RDS Proxy",
            "a proxy that speaks PostgreSQL's protocol and asks ministack; it pools nothing, reads its secrets at each "
            "login, and lets nobody through where its own login rdsproxyadmin can't connect",
        ),
        (
            "Secrets Manager, KMS",
            "ministack; reading a secret asks its evaluator about the secret's key, too, and nothing is encrypted",
        ),
        (
            "EventBridge, SNS",
            "ministack; Lambda's record of a call is put on its bus as the function's role; no schedule is waited for",
        ),
        ("CDK's bootstrap roles", f"the account's root: {removed_roles} roles taken out of the manifests"),
        *STAND_INS.items(),
    ):
        console.print(Text(f"  {what}: {by}"))


def show_unmeasured(sentences: Sequence[str], console: Console) -> None:
    for sentence in sentences:
        console.print(Text(f"Not measured: {sentence}."))


def write(lines: Sequence[Line], path: Path) -> None:
    """The evidence as JSON: a list of lines."""
    document = [
        {
            "what": line.what,
            "expected": line.expected,
            "because": line.because,
            "measured": line.measured.outcome,
            "reason": line.measured.reason,
            "message": line.measured.message,
            "holds": line.holds,
        }
        for line in lines
    ]
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
