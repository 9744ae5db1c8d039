"""One sentence for each role of others that has rights here, with what it has and what takes it away. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from db_access.postgresql.others import Stranger
from db_access.postgresql.outsiders import holdings
from db_access.postgresql.outsiders.chains import Chains
from db_access.postgresql.outsiders.holdings import Holding
from db_access.postgresql.state import Current, Desired
from db_access.spec.model.names import nameable
from db_access.wording import listed

_MOST: Final = 50
"""A sentence each; the others are counted."""


@dataclass(frozen=True)
class Outsiders:
    told: tuple[str, ...] = ()
    """Drift, for nobody has acknowledged them."""
    acknowledged: tuple[str, ...] = ()
    """Notes."""


def outsiders_of(desired: Desired, current: Current, master: str) -> Outsiders:
    """Every role of others with rights on what `desired` declares, or with means to come to them."""
    chains = Chains(desired, current, master)
    held = _by_role(desired, current, chains)
    known = [name for name in sorted(held) if name in desired.acknowledged]
    unknown = [name for name in sorted(held) if name not in desired.acknowledged]
    return Outsiders(
        _bounded((_told(current.strangers[name], held[name], chains) for name in unknown), len(unknown)),
        (*_bounded((_note(name, held[name], desired) for name in known), len(known)), *_absent(desired, current)),
    )


def _absent(desired: Desired, current: Current) -> Iterator[str]:
    for name in sorted(desired.acknowledged.keys() - current.strangers.keys()):
        yield (
            f"{name!r} is acknowledged, and there is no such role here but perhaps a superuser; whoever makes one of "
            "that name finds it acknowledged"
        )


def _by_role(desired: Desired, current: Current, chains: Chains) -> Mapping[str, Sequence[Holding]]:
    found: dict[str, list[Holding]] = {}
    for holding in _all(desired, current, chains):
        found.setdefault(holding.role, []).append(holding)
    return found


def _all(desired: Desired, current: Current, chains: Chains) -> Iterator[Holding]:
    yield from chains.holdings()
    if desired.additive:  # which is about nobody else's rights
        return
    yield from holdings.attributes(current)
    yield from holdings.on_objects(desired, current)
    yield from holdings.on_future_objects(desired, current)


def _told(who: Stranger, held: Sequence[Holding], chains: Chains) -> str:
    whose = f"{who.managed_by!r} manages" if who.managed_by else "nobody manages"
    ways = [
        _taking(held),
        *(["its name and the reason under `acknowledged` in the spec"] if nameable(who.name) else []),
    ]
    return (
        f"role {who.name!r}, which {whose}, has {_what(held)}{chains.through(who.name)}; no run takes that away; "
        f"allowed: {', or '.join(ways)}"
    )


def _taking(held: Sequence[Holding]) -> str:
    """The statements by who runs them."""
    by: dict[str | None, list[str]] = {}
    for holding in held:
        by.setdefault(holding.by, []).append(holding.take_away)
    return "; ".join(
        f"{'as a superuser' if who is None else f'as {who!r}'} run {'; '.join(statements)}"
        for who, statements in by.items()
    )


def _note(name: str, held: Sequence[Holding], desired: Desired) -> str:
    return f"role {name!r} is acknowledged ({desired.acknowledged[name]}): it has {_what(held)}"


def _what(held: Sequence[Holding]) -> str:
    return listed([holding.what for holding in held], separator=" and ")


def _bounded(sentences: Iterable[str], total: int) -> tuple[str, ...]:
    more = f"{total - _MOST:,} more roles that the spec doesn't manage have rights here"
    return (*islice(sentences, _MOST), *([more] if total > _MOST else []))
