"""`keyless fleet plan`, `prove` and `report`."""

import re
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from keyless.cli.commands.number import number
from keyless.cli.options import refuse_both
from keyless.cli.running import reported

_COMMON: Final = """\
Read-only. The clusters of the file are looked at side by side, each by one connection; one that is broken or doesn't \
answer is told of at once, and stops no other. The worst is shown first.
"""
HELP: Final = "Look at many clusters, accounts and regions from one file: fleet plan, prove, report."
PLAN: Final = f"Say what a sync would change in every cluster of a fleet.\n\n{_COMMON}"
PROVE: Final = f"Compare every cluster of a fleet with its spec.\n\n{_COMMON}"
REPORT: Final = (
    f"Give an overview of a fleet: which state every cluster is in, and who is an administrator.\n\n{_COMMON}"
)
EPILOG: Final = """\
Examples:
  keyless fleet prove --config fleet.yaml
  keyless fleet report --config fleet.yaml --format markdown > fleet.md
  keyless fleet prove --config fleet.yaml --format jsonl --jobs 32

Exit status:
  0    every cluster matches its spec (fleet plan: was looked at)
  1    one at least couldn't be looked at, or the file is wrong
  2    all were looked at, and one at least doesn't match its spec
       (fleet plan: only with --detailed-exitcode)
  130  interrupted: what was done by then is shown
"""
_PRODUCT: Final = re.compile(
    r"arn:aws[a-z-]*:securityhub:[a-z0-9-]+:(?P<account>[0-9]{12}):product/(?P=account)/default"
)
_PANEL: Final = "What is shown"


def _product(text: str) -> str:
    if not _PRODUCT.fullmatch(text):
        allowed = "arn:aws:securityhub:REGION:ACCOUNT:product/ACCOUNT/default"
        raise typer.BadParameter(f"{text!r} is not the product of an account's own; allowed: {allowed}")
    return text


Config = Annotated[Path, typer.Option(help="the file of the fleet, YAML or JSON", metavar="FILE")]
Jobs = Annotated[
    int,
    typer.Option(
        parser=number(int, 1, 256), help="clusters at once, each in a process and by one connection", metavar="N"
    ),
]
Deadline = Annotated[
    float,
    typer.Option(
        parser=number(float, 1, 600), help="seconds that one database may take, then it is given up", metavar="SECONDS"
    ),
]
Format = Annotated[
    Literal["text", "markdown", "json", "jsonl"] | None,
    typer.Option(
        help="how to show the results: a table, or JSON with a line for each cluster (default: text)",
        rich_help_panel=_PANEL,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="the same as --format json", rich_help_panel=_PANEL)]
SecurityHub = Annotated[
    str | None,
    typer.Option(
        parser=_product,
        help="show findings for this product of Security Hub, as lines of JSON of which each is one call's",
        metavar="ARN",
        rich_help_panel=_PANEL,
    ),
]
_JOBS, _DEADLINE = 16, 50.0


def plan(
    config: Config,
    jobs: Jobs = _JOBS,
    deadline: Deadline = _DEADLINE,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="exit with 2 when there are changes")
    ] = False,
    format: Format = None,
    json: Json = False,
) -> int:
    return _run("plan", config, jobs, deadline, _form(format, json), detailed_exitcode)


def prove(
    config: Config,
    jobs: Jobs = _JOBS,
    deadline: Deadline = _DEADLINE,
    format: Format = None,
    json: Json = False,
    security_hub: SecurityHub = None,
) -> int:
    refuse_both("--security-hub", "--format or --json", given=security_hub is not None and (json or format is not None))
    return _run("prove", config, jobs, deadline, _form(format, json), True, security_hub)


def report(
    config: Config, jobs: Jobs = _JOBS, deadline: Deadline = _DEADLINE, format: Format = None, json: Json = False
) -> int:
    return _run("report", config, jobs, deadline, _form(format, json), True)


def _form(form: str | None, json: bool) -> str:
    refuse_both("--json", "--format", given=json and form is not None)
    return "json" if json else form or "text"


def _run(
    kind: str,
    config: Path,
    jobs: int,
    deadline: float,
    form: str,
    differences_count: bool,
    product_arn: str | None = None,
) -> int:
    def run() -> int:
        from keyless.cli import fleet
        from keyless.fleet.database import Kind

        return fleet.run(
            config,
            Kind(kind),
            jobs=jobs,
            deadline=deadline,
            show=fleet.showing(form, product_arn),
            differences_count=differences_count,
        )

    return reported(run)


COMMANDS: Final = (("plan", plan, PLAN), ("prove", prove, PROVE), ("report", report, REPORT))
