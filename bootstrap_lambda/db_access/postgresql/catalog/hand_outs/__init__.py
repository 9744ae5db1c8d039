"""Ask what views, rules and SECURITY DEFINER routines hand out to the spec's users beyond their own rights. Reads only.

Asks without locks: a view that somebody is changing stops nobody.
"""

from typing import Any, Final

from psycopg import Connection, Cursor

from db_access.plan.privileges import Kind
from db_access.postgresql.answer import Answer
from db_access.postgresql.catalog.hand_outs.relations import RELATIONS
from db_access.postgresql.catalog.hand_outs.routines import ROUTINES
from db_access.postgresql.hand_outs import Called, Fired, HandOuts, Names, Through, ThroughRule
from db_access.postgresql.state import Desired

_MOST: Final = 50
"""A sentence each; the others are counted."""


def ask(connection: Connection[Any], desired: Desired, *, managed_by: str, master: str) -> Answer[HandOuts]:
    """Within a pipeline: ask for it."""
    users = {role.name: role.acts_as or role.name for role in desired.roles.values() if role.login}
    here = next((objects.names[0] for objects in desired.objects if objects.kind is Kind.DATABASE), None)
    parameters = {
        "here": here,
        "logins": list(users),
        "subjects": list(users.values()),
        "mark": f"[managed by {managed_by}]",
        "adopted": sorted(role.name for role in desired.roles.values() if role.adopt),
        "master": master,
        "set": "SET" if connection.info.server_version >= 160000 else "MEMBER",
        "most": _MOST,
        "additive": False,
    }
    routines, relations = connection.execute(ROUTINES, parameters), connection.execute(RELATIONS, parameters)
    return Answer(lambda: _parsed(routines, relations))


def _parsed(routines: Cursor[Any], relations: Cursor[Any]) -> HandOuts:
    by_routines, by_relations = routines.fetchall(), relations.fetchall()
    total = sum(rows[0][-1] for rows in (by_routines, by_relations) if rows)
    found = [*map(_by_routine, by_routines), *map(_by_relation, by_relations)][:_MOST]
    return HandOuts(tuple(found), total - len(found))


def _by_routine(row: Any) -> Called | Fired:
    _, routine, owner, users, user_count, objects, count, _ = row
    who, what = Names(tuple(users), user_count), Names(tuple(objects), count)
    return Called(what, owner, who) if routine is None else Fired(routine, what, owner, who)


def _by_relation(row: Any) -> Through | ThroughRule:
    stored, rule, relation, owner, users, user_count, bases, count, letters, _ = row
    who, what = Names(tuple(users), user_count), Names(tuple(bases), count)
    if rule is not None:
        return ThroughRule(rule, relation, letters, what, owner, who)
    return Through(relation, stored, letters, what, owner, who)
