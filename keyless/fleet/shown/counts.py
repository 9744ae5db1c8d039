"""How many clusters are in which state."""

from collections import Counter
from collections.abc import Iterable, Sequence

from db_access import wording
from db_access.wording import and_more, quoted
from keyless.fleet.found import Found, Result, State


def counts(results: Iterable[Result]) -> dict[str, int]:
    """By the state's name, the worst first; none is left out."""
    number = Counter(result.state for result in results)
    return {str(state): number[state] for state in State}


def counted(results: Sequence[Result]) -> str:
    """`3 clusters: 1 drift, 2 fine`."""
    named = ", ".join(f"{number:,} {state}" for state, number in counts(results).items() if number)
    return f"{len(results):,} cluster{'' if len(results) == 1 else 's'}{': ' if named else ''}{named}"


def reason(found: Found, longest: int = 1000) -> str:
    """The first one, with at most so many characters, and how many more there are."""
    if not found.reasons:
        return ""
    first = found.reasons[0]
    short = first if len(first) <= longest else f"{first[: longest - 1]}…"
    return and_more(short, len(found.reasons) - 1 + found.left_out)


def databases(result: Result) -> list[Found]:
    return sorted(result.databases, key=lambda one: (one.rank, one.database or ""))


def names(admins: Sequence[str], most: int) -> str:
    return ", ".join(wording.first(map(quoted, admins), most, len(admins)))
