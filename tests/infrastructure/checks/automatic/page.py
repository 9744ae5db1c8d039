"""docs/mutants-automatic.md."""

from collections import defaultdict
from collections.abc import Iterator

from tests.infrastructure.checks.automatic.explanations import EXPLANATIONS, explained
from tests.infrastructure.checks.automatic.mutants import Stratum
from tests.infrastructure.checks.automatic.outcome import Outcome
from tests.infrastructure.support import ROOT

FILE = ROOT / "docs" / "mutants-automatic.md"
_INTRODUCTION = """# Mutants made by machine

Every property of every resource of prod, and what only variants have (secrets, an instance, NAT, S3, a second endpoint,
MySQL, pattern D), broken in every way that applies: dropped, flipped, widened (an ARN to `*`, an action to `service:*`, a CIDR to everything, a
list with one more entry), of a wrong type, a neighbour's value, 0, -1 and ten times as much, another text; resources removed
and there twice; outputs too. Types and metadata are left alone. [mutants.md](mutants.md) has those that people thought of.

`make mutants` runs them all and writes this page. `make infrastructure` runs one of each stratum (type, place and way), and
fails when one survives that isn't listed here, or an explanation is missing or needless.

**{rate:.1f} %** of {mutants:,} are seen by the rules of a synth: {survivors:,} survive. Not counted: snapshots, which see
every change; the rights and reachability that are listed; cdk-nag, which reads constructs and not templates; cfn-guard, whose
rules repeat some of these. cfn-lint, which runs in the tests, was asked about one survivor of each of {strata} strata, and sees
{late}."""


def page(outcome: Outcome) -> str:
    survivors = sum(outcome.survivors.values())
    introduction = _INTRODUCTION.format(
        rate=outcome.rate,
        mutants=outcome.mutants,
        survivors=survivors,
        late=len(outcome.late),
        strata=len(outcome.survivors),
    )
    return "\n".join([introduction, "", *_rules(outcome), "", *_types(outcome), "", *_survivors(outcome)]) + "\n"


def _rules(outcome: Outcome) -> Iterator[str]:
    yield from (
        "## By rule",
        "",
        "Each mutant is counted for the first rule that sees it.",
        "",
        "| rule | sees |",
        "|---|---|",
    )
    yield from (
        f"| `{rule}` | {count:,} |"
        for rule, count in sorted(outcome.seen.items(), key=lambda item: (-item[1], item[0]))
    )


def _types(outcome: Outcome) -> Iterator[str]:
    yield from ("## By type", "", "| type | mutants | seen, % |", "|---|---|---|")
    yield from (
        f"| `{type_}` | {total:,} | {100 * seen / total:.1f} |"
        for type_, (total, seen) in sorted(outcome.by_type.items())
    )


def _survivors(outcome: Outcome) -> Iterator[str]:
    groups: dict[str, list[Stratum]] = defaultdict(list)
    for stratum in sorted(outcome.survivors):
        found = explained(stratum)
        groups[found.subject if found else "Not explained"].append(stratum)
    yield "## Survivors"
    for explanation in EXPLANATIONS:
        yield from (
            "",
            f"### {explanation.subject}",
            explanation.because,
            "",
            "| type | place | ways |",
            "|---|---|---|",
        )
        yield from _lines(outcome, groups[explanation.subject])


def _lines(outcome: Outcome, strata: list[Stratum]) -> Iterator[str]:
    ways: dict[tuple[str, str], list[str]] = defaultdict(list)
    for stratum in strata:
        gate = f", seen by {outcome.late[stratum]}" if stratum in outcome.late else ""
        ways[stratum[0], stratum[1]].append(f"{stratum[2]} ({outcome.survivors[stratum]}{gate})")
    for (type_, place), found in ways.items():
        yield f"| `{type_}` | {f'`{place}`' if place else 'the resource'} | {', '.join(found)} |"
