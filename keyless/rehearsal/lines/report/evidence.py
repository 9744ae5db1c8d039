"""What stood in for AWS, what was not measured, and the evidence as JSON for machines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from keyless.output_file import write_whole
from keyless.rehearsal.emulator.types.stand_ins import STAND_INS
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.report.literal import literal
from keyless.rehearsal.lines.rights.words import Row
from keyless.rehearsal.stage.pinned import Pinned
from keyless_probe.rights.things import Kind


def show_stand_ins(server: str, removed_roles: int, console: Console, *, every: bool) -> None:
    """What was not AWS. Templates are deployed byte for byte as `cdk synth` wrote them.

    Args:
        server: the product that stood in for the database, such as `MariaDB`.
    """
    if not every:
        console.print(f"Nothing of this was AWS: stand-ins and a real {server}; --all lists them.")
        return
    console.print("Stood in for in this rehearsal:")
    for what, by in _stand_ins(server, removed_roles):
        console.print(literal(f"  {what}: {by}"))


def _stand_ins(server: str, removed_roles: int) -> Iterator[tuple[str, str]]:
    yield (
        "CloudFormation, IAM, STS, Lambda, S3",
        "ministack, with IAM enforced; functions run with this machine's Python and bundles",
    )
    yield from _of_postgresql() if server == "PostgreSQL" else _of_mysql(server)
    yield from (
        (
            "Secrets Manager, KMS",
            "ministack; reading a secret asks its evaluator about the secret's key, too, and nothing is encrypted",
        ),
        (
            "ECS, EC2, Auto Scaling",
            "ministack's records; a process of this machine runs a template's command, and has its role's credentials "
            "from stand-ins of ECS's endpoint and of an instance's metadata service",
        ),
        (
            "EventBridge, SNS",
            "ministack; Lambda's record of a call is put on its bus as the function's role; no schedule is waited for",
        ),
        ("CDK's bootstrap roles", f"the account's root: {removed_roles} roles taken out of the manifests"),
        *STAND_INS.items(),
    )


def _of_postgresql() -> Iterator[tuple[str, str]]:
    yield (
        "Aurora PostgreSQL or RDS for PostgreSQL",
        "a PostgreSQL server, and a gate that asks ministack about IAM tokens",
    )
    yield (
        "RDS Proxy",
        "a proxy that speaks PostgreSQL's protocol and asks ministack; it pools nothing, reads its secrets at each "
        "login, cancels nothing, and lets nobody through where its own login rdsproxyadmin can't connect",
    )


def _of_mysql(server: str) -> Iterator[tuple[str, str]]:
    yield (
        "Aurora MySQL, RDS for MySQL or RDS for MariaDB",
        f"a {server} server with a plugin of AWS's name, and a gate that asks ministack about IAM tokens",
    )
    yield (
        "RDS Proxy",
        "a proxy that speaks MySQL's protocol and asks ministack; it pools nothing, reads its secrets at each login",
    )


def show_unmeasured(sentences: Sequence[str], console: Console) -> None:
    for sentence in sentences:
        console.print(literal(f"Not measured: {sentence}."))


def write(
    lines: Sequence[Line],
    rows: Sequence[Row],
    pins: Sequence[Pinned],
    path: Path,
    *,
    environment: str = "",
    spec: str = "",
) -> None:
    """The evidence as JSON: each line, what each user was seen to be able to do, and what would have pinned whom; of
    what, by the digest of its access spec, and when."""
    document = {
        "where": "rehearsal",
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "environment": environment,
        "spec": spec,
        "lines": [_line(line) for line in lines],
        "who_can_do_what": [row_as_json(row) for row in rows],
        "pinned": [asdict(each) for each in pins],
    }
    write_whole(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _line(line: Line) -> dict[str, Any]:
    return {
        "group": line.group,
        "what": line.what,
        "expected": line.expected,
        "because": line.because,
        "measured": line.measured.outcome,
        "reason": line.measured.reason,
        "message": line.measured.message,
        "holds": line.holds,
    }


def row_as_json(row: Row) -> dict[str, Any]:
    return {
        "user": row.user,
        "database": row.database,
        "on_database": row.on_database,
        "schemas": row.schemas,
        **{
            kind.plural if kind is not Kind.SCHEMA else "new_objects": cell
            for kind, cell in zip(row.kinds, row.cells, strict=True)
        },
    }
