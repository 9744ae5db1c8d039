"""What plans take away, for the person who is asked whether they may: first who loses what, then every line. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from db_access.plan.changes import Change, EndLogin
from db_access.plan.losses import losers
from db_access.plan.privileges import PUBLIC
from db_access.plan.render.lines import SIGNS, grouped, line
from db_access.plan.told import Told
from db_access.wording import one_line, quoted


def as_losses(plans: Mapping[str, Sequence[Change | Told]]) -> str:
    """`plans`: of each database, only what takes away. Nobody is left out of the names, however many there are."""
    return "\n".join(["this takes away:", *_by_loser(chain(*plans.values())), *_by_database(plans)]) + "\n"


def _by_loser(changes: Iterable[Change | Told]) -> Iterator[str]:
    lost: dict[str, list[Change | Told]] = {}
    for change in changes:
        for name in losers(change):
            lost.setdefault(name, []).append(change)
    for name in sorted(lost, key=lambda name: (_login(lost[name]) is None, name == PUBLIC, name)):
        yield f"  from {'PUBLIC' if name == PUBLIC else quoted(name)}: {_counted(lost[name])}"


def _counted(changes: Sequence[Change | Told]) -> str:
    """`its login (not in the spec any more: 2 sessions end); roles: 1; privileges: 3`."""
    counts: dict[str, int] = {}
    for change in changes:
        if not isinstance(change, EndLogin):
            group = line(change).group
            counts[group] = counts.get(group, 0) + 1
    end = _login(changes)
    login = [] if end is None else [f"its login ({one_line(end.why)})"]
    return "; ".join([*login, *(f"{group}: {count}" for group, count in counts.items())])


def _login(changes: Iterable[Change | Told]) -> EndLogin | None:
    return next((change for change in changes if isinstance(change, EndLogin)), None)


def _by_database(plans: Mapping[str, Sequence[Change | Told]]) -> Iterator[str]:
    for database, plan in plans.items():
        if plan:
            yield f"database {one_line(database)}"
        for group, lines in grouped(plan).items():
            yield f"  {group}"
            yield from (f"    {SIGNS[entry.action]} {entry.what}  -- {entry.reason}" for entry in lines)
