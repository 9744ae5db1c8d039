"""Findings as lines for a terminal. No name in them speaks to it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from db_access.wording import listed, one_line, quoted
from keyless.effective.asking import Finding
from keyless.effective.shown.counted import counted, ordered, summed
from keyless.effective.summary import Count


def who(findings: Sequence[Finding], question: str) -> str:
    """By login, with each route and what makes it."""
    return "".join(f"{one_line(line)}\n" for line in _who(findings, question))


def _who(findings: Sequence[Finding], question: str) -> Iterator[str]:
    count = len({finding.role for finding in findings if finding.certain})
    yield f"{question}: {count} login{'' if count == 1 else 's'} can"
    for finding in ordered(findings):
        yield f"  {_verdict(finding)}"
        if finding.asked:
            yield f"    {finding.asked}"
        for route in finding.routes:
            yield f"    {route.way}: {route.sentence}"
            yield from (f"        {statement}" for statement in route.made_by)


def _verdict(finding: Finding) -> str:
    of = f" on {finding.thing.shown}" if finding.thing.column else ""
    lacks = f", but lacks {listed(finding.lacks)}" if finding.lacks else ""
    return f"{quoted(finding.role)}{of}{'' if finding.directly else ', through something else'}{lacks}"


def what(findings: Sequence[Finding], question: str) -> str:
    """By thing; what is had by the same routes stands in one line."""
    lines = [f"{question}: {counted(findings)}"]
    for thing, of_thing in groupby(findings, lambda finding: finding.thing):
        by_routes: dict[tuple[str, ...], list[Finding]] = {}
        for finding in of_thing:
            by_routes.setdefault(tuple(route.sentence for route in finding.routes), []).append(finding)
        for routes, several in by_routes.items():
            lacks = f"; lacks {listed(several[0].lacks)}" if several[0].lacks else ""
            privileges = ", ".join(finding.privilege for finding in several)
            lines.append(f"  {thing.shown}: {privileges} ({'; '.join(routes)}{lacks})")
    return "".join(f"{one_line(line)}\n" for line in lines)


def matrix(counts: Sequence[Count], question: str) -> str:
    """By login and schema: on how many things of a kind it can use a privilege."""
    lines = [f"{question}: {summed(counts)}"]
    for role, of_role in groupby(counts, lambda count: count.role):
        lines.append(f"  {quoted(role)}")
        for place, cells in _cells(of_role).items():
            lines.append(f"    {place}: {', '.join(cells)}")
    return "".join(f"{one_line(line)}\n" for line in lines)


def _cells(counts: Iterable[Count]) -> dict[str, list[str]]:
    found: dict[str, dict[str, int]] = {}
    for count in counts:
        thing = count.thing
        place = f"{thing.kind}s in {quoted(thing.schema)}" if thing.schema else thing.shown
        of_place = found.setdefault(place, {})
        of_place[count.privilege] = of_place.get(count.privilege, 0) + count.things
    return {
        place: [f"{privilege} {count}" if " in " in place else privilege for privilege, count in of.items()]
        for place, of in found.items()
    }
