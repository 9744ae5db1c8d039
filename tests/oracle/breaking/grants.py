"""Rights given and taken: to users, groups and PUBLIC, on objects, columns and system columns, and passed on."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection, errors
from psycopg.sql import SQL, Identifier

from tests.conftest import MASTER
from tests.oracle.asking.probes import WHOLE
from tests.oracle.asking.things import SYSTEM_COLUMNS, Thing
from tests.oracle.breaking.hand import KINDS, Hand
from tests.oracle.breaking.naming import named, revoke_all_from_public, role_

_ON_COLUMNS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


def grant(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    thing, who = hand.chance.choice(things), hand.someone("")
    option = SQL(" WITH GRANT OPTION" if who and hand.chance.random() < 0.2 else "")
    grant = SQL("GRANT {} ON {} TO {}{}")
    hand.do(superuser, grant.format(hand.privileges(thing.kind), named(thing), role_(who), option))


def grant_on_column(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    thing, who = hand.chance.choice([t for t in things if t.kind == "table"] or [None]), hand.someone("")
    if thing is None:
        return
    column = hand.chance.choice([column for column in thing.columns if column != WHOLE])
    privilege = "SELECT" if column in SYSTEM_COLUMNS else hand.chance.choice(_ON_COLUMNS)
    grant = SQL("GRANT {} ({}) ON {} TO {}")
    hand.do(superuser, grant.format(SQL(privilege), Identifier(column), named(thing), role_(who)))


def revoke(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """Of what somebody really has: what comes through groups, too."""
    thing = hand.chance.choice([thing for thing in things if thing.acl] or [None])
    if thing is None:
        return
    held = superuser.execute(
        "SELECT DISTINCT pg_get_userbyid(grantee) FROM aclexplode(%s::aclitem[]) WHERE grantee <> 0 "
        "AND pg_get_userbyid(grantee) NOT IN (%s, %s) ORDER BY 1",
        [thing.acl, thing.owner, MASTER],
    ).fetchall()
    if held:
        who = hand.chance.choice(held)[0]
        revoke = SQL("REVOKE {} ON {} FROM {} CASCADE")
        hand.do(superuser, revoke.format(hand.privileges(thing.kind), named(thing), role_(who)))


def from_public(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    thing = hand.chance.choice(things)
    hand.done.append(f"REVOKE ALL ON {thing.shown} FROM PUBLIC")
    revoke_all_from_public(superuser, thing)


def option_for_who_rules(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """A grant option for an owner or the master, as whom the engine acts."""
    thing, who = hand.chance.choice(things), hand.chance.choice(sorted({*hand.meaning.owners, MASTER}))
    grant = SQL("GRANT {} ON {} TO {} WITH GRANT OPTION")
    hand.do(superuser, grant.format(hand.privileges(thing.kind), named(thing), role_(who)))


def pass_on(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """Somebody with a grant option uses it."""
    thing, giver, taker = hand.chance.choice(things), hand.someone(), hand.someone("")
    privilege = SQL(hand.chance.choice(KINDS[thing.kind]))
    give, on, to = SQL("GRANT {} ON {} TO {}"), named(thing), role_(giver)
    if giver == taker or (thing.inside and _owner_of(superuser, thing) == giver):
        return
    hand.do(superuser, give.format(privilege, on, to) + SQL(" WITH GRANT OPTION"))
    try:
        with superuser.transaction():
            superuser.execute(SQL("SET LOCAL ROLE {}").format(Identifier(giver)))
            hand.do(superuser, give.format(privilege, on, role_(taker)))
    except errors.InsufficientPrivilege:
        pass  # may not use the schema
    # the last to be undone: from a member of the owner PostgreSQL doesn't cascade
    hand.undo.insert(0, SQL("REVOKE GRANT OPTION FOR {} ON {} FROM {} CASCADE").format(privilege, on, to))


def _owner_of(superuser: Connection[Any], thing: Thing) -> str:
    """By now."""
    catalog, column = {
        "table": ("pg_class", "relowner"),
        "sequence": ("pg_class", "relowner"),
        "function": ("pg_proc", "proowner"),
        "type": ("pg_type", "typowner"),
    }[thing.kind]
    asked = SQL("SELECT pg_get_userbyid({}) FROM {} WHERE oid = %s").format(Identifier(column), Identifier(catalog))
    row = superuser.execute(asked, [thing.oid]).fetchone()
    assert row is not None
    return str(row[0])
