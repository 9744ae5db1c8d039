"""How findings are counted and in which order they stand."""

from collections.abc import Collection, Iterable

from keyless.effective.asking import Finding
from keyless.effective.summary import Count


def counted(findings: Collection[Finding]) -> str:
    return _counted(len(findings), len({finding.thing for finding in findings}))


def summed(counts: Collection[Count]) -> str:
    things = {count.thing: count.things for count in counts}
    return _counted(sum(count.things for count in counts), sum(things.values()))


def _counted(privileges: int, things: int) -> str:
    return f"{_number(privileges, 'privilege')} on {_number(things, 'thing')}" if privileges else "nothing"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Whoever can at once first, and last who lacks something."""
    return sorted(findings, key=lambda finding: (bool(finding.lacks), not finding.directly, finding.role))
