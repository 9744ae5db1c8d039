"""What others have on what the spec declares, and what views and routines hand out. Told, and never taken away.
Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from db_access.mysql import names
from db_access.mysql.planning import Managed, leaving
from db_access.mysql.planning.strangers import is_system
from db_access.mysql.proof.matching import reaches
from db_access.mysql.state import Definer, Flavor, Who
from db_access.mysql.statements import on as where
from db_access.wording import cited, listed

_WRITING: Final = frozenset({"INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "TRIGGER"})
"""Whoever has these in the schema `mysql` can come to everything."""
_OF_ACCOUNTS: Final = ("mysql",)
_HARMLESS: Final = frozenset({"SHOW DATABASES"})


def outsiders(managed: Managed) -> tuple[list[str], list[str]]:
    """Who the spec doesn't manage and has rights here: those that aren't acknowledged, and those that are."""
    told: list[str] = []
    noted: list[str] = []
    for who, account in sorted(managed.state.accounts.items()):
        if (account.role and not _stands_in(managed, who)) or who == managed.state.server.master:
            continue
        if is_system(managed.state, who) or _ours(managed, who):
            continue
        for sentence in _sentences(managed, who):
            (noted if who.name in managed.desired.acknowledged else told).append(sentence)
    return told, noted


def _stands_in(managed: Managed, who: Who) -> bool:
    """For a user of the spec, from its host: also in sessions that are open."""
    return who.name in managed.desired.logins and who in managed.state.before(who.name)


def _sentences(managed: Managed, who: Who) -> Iterator[str]:
    state, schemas = managed.state, managed.desired.schemas
    own = {role for role in state.closure(who) if role in managed.roles}
    own |= managed.markers & state.roles_of.get(who, frozenset())
    if own:
        yield f"{who} has {listed([cited(role.name) for role in sorted(own)])}, which the spec gives to others"
    found = [
        f"{', '.join(sorted(privileges - _HARMLESS))} on {where(on).removeprefix('TABLE ')}"
        for holder in [*sorted(state.closure(who) - own - managed.markers), *state.strays(who.name)]
        for on, privileges in sorted(state.held(holder).items())
        if privileges - _HARMLESS
        and (reaches(state, on, schemas) or (privileges & _WRITING and reaches(state, on, _OF_ACCOUNTS)))
    ]
    if found:
        yield f"{who}, which the spec doesn't manage, has {listed(found, separator='; ')}"
    if [each for each in state.proxies if each.by == who and (each.who == state.server.master or not each.who.name)]:
        yield f"{who} may act as the master {state.server.master}, or as anybody (GRANT PROXY); run REVOKE PROXY"


def unread(managed: Managed) -> Iterator[str]:
    """Others' accounts that are in the tables alone."""
    if others := sorted(managed.state.unread.keys() - {*managed.unread}):
        yield (
            f"{listed(list(map(str, others)))} are in mysql.user, and the server doesn't read them: nobody logs in as "
            "them; DROP USER removes them"
        )


def _ours(managed: Managed, who: Who) -> bool:
    others = {e.role for e in managed.state.edges if e.member == who and names.is_marker(e.role.name)}
    return who.name in managed.accounts and managed.accounts[who.name].who == who and bool(others)


def handed_out(managed: Managed) -> Iterator[str]:
    """Views and routines run with their definer's rights, unless they say SQL SECURITY INVOKER, and triggers always."""
    for definer, several in _by_definer(managed).items():
        if (role := _role(managed, definer)) and leaving.stays(managed, role):
            yield _left(role, several)
            continue
        several = [each for each in several if each.runs]
        if role and several:
            yield from _as_role(managed, role, several)
            continue
        found = [each for each in several if each.kind != "EVENT"]  # which nobody uses
        if found and not _without_rights(managed, definer):
            it, does = ("them", "they do") if len(found) > 1 else ("it", "it does")
            yield (
                f"{_running(found, definer)}: who may use {it} has what {does} beside the spec; SQL SECURITY INVOKER "
                "ends that"
            )


def _as_role(managed: Managed, role: Who, found: Sequence[Definer]) -> Iterator[str]:
    """Made with DEFINER=CURRENT_ROLE, on MariaDB: nobody's of its own."""
    running = _running(found, role.name)
    if role not in managed.state.accounts:
        yield f"{running}, a role that is there no more, so that nothing of that works; make it anew, or drop it"
        return
    logins = managed.desired.logins.items()
    users = [cited(name) for name, login in logins if role.name in (login.profile, *login.groups)]
    yield (
        f"{running}, the role of {listed(users) or 'nobody'}: who may use that has what it does beside the spec, and "
        "an event goes on by itself; allowed: SQL SECURITY INVOKER for views and routines, and triggers and events "
        "that the master makes"
    )


def _left(role: Who, found: Sequence[Definer]) -> str:
    """On MySQL, which drops nobody from under what it is the definer of."""
    named = listed([f"{each.kind.lower()} {each.schema}.{each.name}" for each in found])
    return (
        f"role {cited(role.name)} is the spec's no more and stays, without any right and with nobody in it: it is the "
        f"definer of {named}, which works no more with its rights, and keeps MySQL from dropping it; drop "
        f"{'those' if len(found) > 1 else 'that'}, or make {'them' if len(found) > 1 else 'it'} anew with another "
        "DEFINER"
    )


def _role(managed: Managed, definer: str) -> Who | None:
    name, _, host = definer.rpartition("@")
    role = managed.state.server.role(name)
    return role if host == role.host and (role in managed.roles or name.startswith(names.PREFIXES)) else None


def failing(managed: Managed) -> Iterator[str]:
    """What users of the spec have made on MariaDB with their own rights, of which it counts those by a role for nobody
    but themselves."""
    for definer, several in _by_definer(managed).items():
        found = [each for each in several if each.runs]
        if found and _without_rights(managed, definer):
            yield (
                f"{_running(found, definer)}, and MariaDB counts none that it has by a role: whoever uses "
                f"{'them' if len(found) > 1 else 'it'} is refused, as is who writes to a table with such a trigger; "
                "allowed: SQL SECURITY INVOKER for views and routines, and triggers and events that the master makes"
            )


def _by_definer(managed: Managed) -> dict[str, list[Definer]]:
    found: dict[str, list[Definer]] = {}
    for each in sorted(managed.state.definers, key=lambda each: each.definer):
        found.setdefault(each.definer, []).append(each)
    return found


def _without_rights(managed: Managed, definer: str) -> bool:
    ours = {f"{who.name}@{who.host}" for who in map(managed.state.server.user, managed.desired.logins)}
    return managed.state.server.flavor is Flavor.MARIADB and definer in ours


def _running(found: Sequence[Definer], definer: str) -> str:
    named = listed([f"{each.kind.lower()} {each.schema}.{each.name}" for each in found])
    return f"{named} {'run' if len(found) > 1 else 'runs'} with the rights of {definer}"
