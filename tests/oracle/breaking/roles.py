"""What roles are: their memberships, also in predefined roles, and their attributes."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection, errors
from psycopg.sql import SQL, Identifier

from tests.oracle.asking.things import Thing
from tests.oracle.breaking.hand import Hand


def member(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """In a group, an owner or another user. Only some of it can be granted, and a run may not take it back."""
    role, member = hand.someone(*hand.meaning.owners), hand.someone()
    options = ""
    if hand.meaning.version >= 160000:
        options = hand.chance.choice(["", " WITH INHERIT FALSE", " WITH INHERIT TRUE", " WITH ADMIN TRUE"])
    if role == member or _is_member(superuser, role, member):
        return
    try:
        hand.do(superuser, SQL("GRANT {} TO {}{}").format(Identifier(role), Identifier(member), SQL(options)))
    except errors.InvalidGrantOperation:  # a cycle
        return
    hand.undo.append(SQL("REVOKE {} FROM {} CASCADE").format(Identifier(role), Identifier(member)))


def _is_member(superuser: Connection[Any], role: str, member: str) -> bool:
    asked = superuser.execute(
        "SELECT FROM pg_auth_members WHERE pg_get_userbyid(roleid) = %s AND pg_get_userbyid(member) = %s",
        [role, member],
    )
    return asked.fetchone() is not None


def not_a_member(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    """Of what the spec says it is a member of: its groups, its owner, the groups that hold grants for it."""
    member = hand.someone()
    grantor = "grantor" if hand.meaning.version >= 160000 else "NULL::oid"
    held = superuser.execute(
        SQL(
            "SELECT pg_get_userbyid(roleid), pg_get_userbyid({}) FROM pg_auth_members "
            "WHERE pg_get_userbyid(member) = %s AND pg_get_userbyid(roleid) <> 'rds_iam' ORDER BY 1"
        ).format(SQL(grantor)),
        [member],
    ).fetchall()
    if held:
        role, by = hand.chance.choice(held)
        granted_by = SQL(" GRANTED BY {}").format(Identifier(by)) if hand.meaning.version >= 160000 else SQL("")
        hand.do(superuser, SQL("REVOKE {} FROM {}{} CASCADE").format(Identifier(role), Identifier(member), granted_by))


def predefined(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    new = ["pg_maintain"] if hand.meaning.version >= 170000 else []
    role, member = hand.chance.choice(["pg_read_all_data", "pg_write_all_data", *new]), hand.someone()
    hand.do(superuser, SQL("GRANT {} TO {}").format(Identifier(role), Identifier(member)))
    hand.undo.append(SQL("REVOKE {} FROM {}").format(Identifier(role), Identifier(member)))


def attribute(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    who, attribute = hand.someone(), hand.chance.choice(["NOINHERIT", "NOINHERIT", "SUPERUSER"])
    hand.do(superuser, SQL("ALTER ROLE {} {}").format(Identifier(who), SQL(attribute)))
    if attribute == "SUPERUSER":
        hand.undo.append(SQL("ALTER ROLE {} NOSUPERUSER").format(Identifier(who)))
