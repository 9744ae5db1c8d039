"""What others have on what the spec declares, and what views and routines hand out. Told, and never taken away.
Pure."""

from collections.abc import Iterator
from typing import Final

from db_access.mysql import names
from db_access.mysql.planning import Managed
from db_access.mysql.planning.strangers import is_system
from db_access.mysql.proof.matching import reaches
from db_access.mysql.state import Who
from db_access.mysql.statements import on as where
from db_access.wording import cited, listed

_HARMLESS: Final = frozenset({"SHOW DATABASES"})


def outsiders(managed: Managed) -> tuple[list[str], list[str]]:
    """Who the spec doesn't manage and has rights here: those that aren't acknowledged, and those that are."""
    told: list[str] = []
    noted: list[str] = []
    for who, account in sorted(managed.state.accounts.items()):
        if account.role or who == managed.state.server.master or is_system(managed.state, who) or _ours(managed, who):
            continue
        for sentence in _sentences(managed, who):
            (noted if who.name in managed.desired.acknowledged else told).append(sentence)
    return told, noted


def _sentences(managed: Managed, who: Who) -> Iterator[str]:
    state, schemas = managed.state, managed.desired.schemas
    own = {role for role in state.closure(who) if role in managed.roles}
    own |= {managed.marker} & state.roles_of.get(who, frozenset())
    if own:
        yield f"{who} has {listed([cited(role.name) for role in sorted(own)])}, which the spec gives to others"
    found = [
        f"{', '.join(sorted(privileges - _HARMLESS))} on {where(on).removeprefix('TABLE ')}"
        for holder in sorted(state.closure(who) - own - {managed.marker})
        for on, privileges in sorted(state.held(holder).items())
        if privileges - _HARMLESS and reaches(state, on, schemas)
    ]
    if found:
        yield f"{who}, which the spec doesn't manage, has {listed(found, separator='; ')}"


def _ours(managed: Managed, who: Who) -> bool:
    others = {e.role for e in managed.state.edges if e.member == who and names.is_marker(e.role.name)}
    return who.name in managed.accounts and managed.accounts[who.name].who == who and bool(others)


def handed_out(managed: Managed) -> Iterator[str]:
    """Views and routines run with their definer's rights, unless they say SQL SECURITY INVOKER."""
    found: dict[str, list[str]] = {}
    for each in managed.state.definers:
        found.setdefault(each.definer, []).append(f"{each.kind.lower()} {each.schema}.{each.name}")
    for definer, objects in sorted(found.items()):
        yield (
            f"{listed(objects)} {'run' if len(objects) > 1 else 'runs'} with the rights of {definer}: who may use "
            f"{'them' if len(objects) > 1 else 'it'} has what {'they do' if len(objects) > 1 else 'it does'} beside "
            "the spec; SQL SECURITY INVOKER ends that"
        )
