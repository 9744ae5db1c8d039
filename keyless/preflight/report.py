"""Shows what a preflight found: a table and commands for people, the same as JSON for machines."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from db_access.wording import one_line
from keyless.output_file import write_whole
from keyless.preflight.finding import Problem, Result, Verdict

Results = Mapping[str, Sequence[Result]]
"""Place (`eu-west-1`) -> what was found there."""
_STYLES = {Verdict.FAIL: "bold red", Verdict.UNKNOWN: "yellow"}


def show(results: Results, environment: str, console: Console) -> None:
    """What is well in a line, each problem with its evidence, then the commands, whole, to be copied."""
    for place, found in results.items():
        well = [result.check for result in found if result.verdict is Verdict.PASS]
        console.print(Text(f"Preflight of {environment} in {place}. Well: {', '.join(well) or 'nothing'}."))
        if len(well) < len(found):
            console.print(_table(found))
    for problem in (problem for _, _, problem in _problems(results) if problem.remedies):
        console.print(Text(f"\n{one_line(problem.evidence)}:"), soft_wrap=True)
        for remedy in problem.remedies:
            console.print(Text(f"    {one_line(remedy)}"), soft_wrap=True)
    console.print(Text(f"\n{_summary(results, environment)}"), soft_wrap=True)


def failures(results: Results) -> int:
    """How many problems would fail a deploy."""
    return sum(problem.verdict is Verdict.FAIL for _, _, problem in _problems(results))


def write(results: Results, environment: str, path: Path) -> None:
    """The same as JSON: a list of results, each with its problems."""
    document = {
        "environment": environment,
        "results": [
            {
                "place": place,
                "check": result.check,
                "verdict": result.verdict,
                "problems": [
                    {"verdict": each.verdict, "evidence": each.evidence, "remedies": each.remedies}
                    for each in result.problems
                ],
            }
            for place, found in results.items()
            for result in found
        ],
    }
    write_whole(path, json.dumps(document, indent=2) + "\n")


def _table(found: Sequence[Result]) -> Table:
    table = Table(pad_edge=False)
    for heading in ("", "check", "evidence"):
        table.add_column(heading, overflow="fold")
    for result in found:
        for problem in result.problems:
            table.add_row(
                Text(problem.verdict, _STYLES[problem.verdict]), result.check, Text(one_line(problem.evidence))
            )
    return table


def _summary(results: Results, environment: str) -> str:
    failing = failures(results)
    unknown = sum(problem.verdict is Verdict.UNKNOWN for _, _, problem in _problems(results))
    unseen = f" {_count(unknown, 'thing')} could not be seen." if unknown else ""
    if not failing:
        return f"Nothing that was seen would fail a deploy of {environment}.{unseen}"
    return (
        f"{_count(failing, 'problem')} would fail a deploy of {environment}.{unseen} Nothing was changed. To deploy "
        f"all the same: make deploy ENV={environment} PREFLIGHT=off"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _problems(results: Results) -> Iterator[tuple[str, Result, Problem]]:
    for place, found in results.items():
        yield from ((place, result, problem) for result in found for problem in result.problems)
